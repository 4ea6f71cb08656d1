"""Whether a prediction could be an activation."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import metrics

RATE = 100.0


def column(*values):
    return np.array(values, float)[:, None]


def test_shares_of_frames_outside_their_bounds():
    predicted, measured = column(-0.1, 0.0, 0.5, 1.0, 1.1), np.ones((5, 1))
    assert metrics.below_zero(predicted, measured) == pytest.approx(0.2)
    assert metrics.above_one(predicted, measured) == pytest.approx(0.2)


def test_the_values_of_the_measurement_do_not_matter_but_where_it_is_does():
    predicted = column(-0.1, -0.1, 0.5, 1.1)
    assert metrics.below_zero(predicted, column(3, 1, 4, 1)) == metrics.below_zero(predicted, np.zeros((4, 1)))
    assert metrics.below_zero(predicted, column(np.nan, 1, 1, 1)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(("step", "share"), [(0.66, 0.0), (0.67, 0.5), (-0.16, 0.0), (-0.17, 0.5)])
def test_activation_rises_within_15_ms_and_decays_within_60(step, share):
    predicted = column(0.5, 0.5, 0.5 + step)
    assert metrics.too_fast(predicted, np.ones((3, 1)), RATE) == pytest.approx(share)


def test_no_step_reaches_across_a_gap():
    predicted, measured = column(0.0, 0.0, np.nan, 1.0, 1.0), np.ones((5, 1))
    assert metrics.too_fast(predicted, measured, RATE) == 0.0
    assert np.isnan(metrics.too_fast(column(0.0, np.nan, 1.0), np.ones((3, 1)), RATE)).all()


def test_first_order_activation_dynamics_is_rarely_too_fast():
    """What the bound is for: excitation that goes on and off, seen through 15 and 60 ms."""
    rate, value, course = 1000.0, 0.0, []
    for excitation in np.tile(np.repeat([1.0, 0.0], 300), 5):
        value += (excitation - value) / (0.015 if excitation > value else 0.060) / rate
        course.append(value)
    assert metrics.too_fast(column(*course), np.ones((len(course), 1)), rate) < 0.01
