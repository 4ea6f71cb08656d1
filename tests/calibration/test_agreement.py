"""Correlation of a channel with predictions at lags."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.agreement import CEILING, correlations, fisher, lags

RATE = 50.0


def wave(seconds=6.0, late=0.0):
    time = np.arange(round(seconds * RATE)) / RATE - late
    return np.sin(2 * np.pi * time) + 0.3 * np.sin(7.3 * time)


def test_lags_are_whole_frames_within_the_bound():
    assert lags(RATE, 0.05).tolist() == [-2, -1, 0, 1, 2]


def test_a_late_prediction_fits_at_a_positive_lag():
    shifts = lags(RATE, 0.2)
    r = correlations([wave(late=0.1)[:, None]], [wave()], shifts)[:, 0]
    assert shifts[r.argmax()] / RATE == pytest.approx(0.1)
    assert r.max() == pytest.approx(1.0, abs=1e-9)


def test_it_is_pearsons_r_of_the_pieces_together():
    random = np.random.default_rng(0)
    p, y = random.random((2, 80))
    y[5:9] = np.nan
    there = np.isfinite(y)
    both = correlations([p[:30, None], p[30:, None]], [y[:30], y[30:]], np.zeros(1, np.intp))
    assert both[0, 0] == pytest.approx(np.corrcoef(p[there], y[there])[0, 1])


def test_nothing_is_said_of_constants_and_of_little_overlap():
    y = wave(1.0)
    assert np.isnan(correlations([np.ones((50, 1))], [y], np.zeros(1, np.intp))).all()
    far = correlations([y[:, None]], [y], np.array([15, 25], np.intp))
    assert np.isfinite(far).tolist() == [[True], [False]]


def test_fishers_transform_has_a_ceiling():
    assert fisher(np.array([0.0, 1.0])).tolist() == [0.0, pytest.approx(np.arctanh(CEILING))]
