"""Errors by part of the gait cycle."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import metrics

PHASE = (np.arange(1000) % 100 + 0.5) / 100


def test_an_error_in_one_tenth_is_found_in_that_tenth():
    measured = np.random.default_rng(0).random((1000, 2))
    predicted = measured.copy()
    predicted[(PHASE >= 0.3) & (PHASE < 0.4), 1] += 0.5
    found = metrics.phase_errors(predicted, measured, PHASE)
    assert found.rmse.shape == found.bias.shape == (10, 2)
    np.testing.assert_array_equal(found.rmse[:, 0], 0.0)
    np.testing.assert_allclose(found.bias[:, 1], np.where(np.arange(10) == 3, 0.5, 0.0))


def test_the_tenths_together_are_the_whole():
    predicted, measured = np.random.default_rng(0).random((2, 1000, 2))
    found = metrics.phase_errors(predicted, measured, PHASE)
    np.testing.assert_allclose(np.sqrt((found.rmse**2).mean(axis=0)), metrics.rmse(predicted, measured))
    np.testing.assert_allclose(found.bias.mean(axis=0), (predicted - measured).mean(axis=0))


def test_what_does_not_cycle_has_no_phase():
    found = metrics.phase_errors(*np.ones((2, 50, 1)), np.full(50, np.nan))
    assert np.isnan(found.rmse).all()
    assert np.isnan(found.bias).all()


def test_frames_without_a_phase_or_a_measurement_belong_to_no_part():
    predicted, measured = np.ones((40, 1)), np.zeros((40, 1))
    phase = np.where(np.arange(40) < 20, 0.05, np.nan)
    measured[10:] = np.nan
    found = metrics.phase_errors(predicted, measured, phase, parts=4)
    assert found.bias[0] == pytest.approx(1.0)
    assert np.isnan(found.bias[1:]).all()
