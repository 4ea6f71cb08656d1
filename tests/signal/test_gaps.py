"""Short gaps are bridged by the curve around them, long ones stay."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import signal

TIME = np.arange(200) / 100
CURVE = np.stack([np.sin(2 * np.pi * TIME), np.cos(3 * TIME)], axis=1)


def with_gap(start, stop):
    values = CURVE.copy()
    values[start:stop, 0] = np.nan
    return values


def test_a_short_gap_follows_the_curve():
    filled = signal.bridge(with_gap(50, 60), 10)
    np.testing.assert_allclose(filled, CURVE, atol=0.01)
    straight = np.interp(np.arange(50, 60), [49, 60], CURVE[[49, 60], 0])
    assert np.abs(straight - CURVE[50:60, 0]).max() > 3 * np.abs(filled - CURVE)[50:60, 0].max()


def test_a_line_stays_a_line():
    line = np.arange(20.0)[:, None]
    gap = line.copy()
    gap[5:9] = np.nan
    np.testing.assert_allclose(signal.bridge(gap, 4), line, atol=1e-9)


@pytest.mark.parametrize(("start", "stop"), [(50, 61), (0, 3), (195, 200), (1, 4)])
def test_longer_gaps_and_ends_stay(start, stop):
    values = with_gap(start, stop)
    np.testing.assert_array_equal(signal.bridge(values, 10), values)


def test_a_single_sample_between_gaps_is_no_ground_for_a_bridge():
    values = with_gap(50, 54)
    values[55:58, 0] = np.nan
    np.testing.assert_array_equal(signal.bridge(values, 10), values)


def test_the_input_is_not_changed():
    values = with_gap(50, 55)
    signal.bridge(values, 10)
    assert np.isnan(values[50:55, 0]).all()
