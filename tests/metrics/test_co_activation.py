"""Co-activation of two muscles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from myoshift import metrics

ACTIVATIONS = arrays(float, (20, 3), elements=st.floats(0, 10, allow_subnormal=False))


def test_values_by_hand():
    first, second = np.array([[1.0], [0.0], [2.0]]), np.array([[1.0], [1.0], [1.0]])
    assert metrics.falconer_winter(first, second) == pytest.approx(100 * 2 * (1 + 0 + 1) / 6)
    assert metrics.rudolph(first, second) == pytest.approx((1 * 2 + 0 + 0.5 * 3) / 3)


@given(ACTIVATIONS, ACTIVATIONS, st.floats(0.01, 100))
def test_both_are_symmetric_and_the_first_knows_no_unit(first, second, gain):
    for index, scale in ((metrics.falconer_winter, 1.0), (metrics.rudolph, gain)):
        found = index(first, second)
        np.testing.assert_allclose(index(second, first), found)
        np.testing.assert_allclose(index(gain * first, gain * second), scale * found, rtol=1e-9)
    share = metrics.falconer_winter(first, second)
    assert ((share >= 0) & (share <= 100 + 1e-9) | np.isnan(share)).all()


def test_the_same_activation_twice_is_all_in_common():
    values = np.random.default_rng(0).random((50, 2))
    np.testing.assert_allclose(metrics.falconer_winter(values, values), 100.0)
    np.testing.assert_allclose(metrics.rudolph(values, values), 2 * values.mean(axis=0))


def test_muscles_that_never_work_share_nothing_that_can_be_said():
    assert np.isnan(metrics.falconer_winter(np.zeros((5, 1)), np.zeros((5, 1)))).all()
    assert metrics.rudolph(np.zeros((5, 1)), np.zeros((5, 1))) == 0.0


def test_frames_that_one_lacks_are_left_out():
    first, second = np.array([[1.0], [np.nan], [1.0]]), np.array([[1.0], [5.0], [np.nan]])
    assert metrics.falconer_winter(first, second) == pytest.approx(100.0)
    assert metrics.rudolph(first, second) == pytest.approx(2.0)
    assert np.isnan(metrics.rudolph(np.full((3, 1), np.nan), second)).all()
