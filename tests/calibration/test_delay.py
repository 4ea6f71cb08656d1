"""Delays of a person."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.base import Outputs
from myoshift.calibration.delay import CommonDelay, Delay, FreeDelay, shifted

RATE = 50.0


def bursts(late, seconds=6.0):
    time = np.arange(round(seconds * RATE)) / RATE
    peaks = np.array([0.1, 0.5, 0.8])
    return np.exp(3 * (np.cos(2 * np.pi * (time[:, None] - late) / 1.1 - 2 * np.pi * peaks) - 1))


def seen(prediction):
    names = ("tibialis_anterior", "gastrocnemius", "soleus")
    return Outputs(names, prediction, prediction, np.zeros((len(prediction), 3), np.float32))


def noisy(values, seed=0):
    return values + 0.02 * np.random.default_rng(seed).normal(size=values.shape)


def test_a_late_prediction_has_a_positive_delay_and_is_read_later():
    found = Delay().fit([seen(bursts(0.05))], [noisy(bursts(0.0))], RATE)
    np.testing.assert_allclose(found.seconds, 0.05, atol=0.01)
    assert ((found.low <= found.seconds) & (found.seconds <= found.high)).all()
    inside = slice(25, -25)
    np.testing.assert_allclose(found.apply(seen(bursts(0.05)), RATE)[inside], bursts(0.0)[inside], atol=0.1)


def test_one_delay_for_all_or_one_for_each():
    mixed = np.stack([bursts(0.03)[:, 0], bursts(0.05)[:, 1], bursts(0.07)[:, 2]], axis=1)
    common = CommonDelay().fit([seen(mixed)], [noisy(bursts(0.0))], RATE).seconds
    each = Delay().fit([seen(mixed)], [noisy(bursts(0.0))], RATE).seconds
    free = FreeDelay().fit([seen(mixed)], [noisy(bursts(0.0))], RATE).seconds
    assert np.ptp(common) == 0.0
    assert 0 < np.ptp(each) <= np.ptp(free) + 1e-9
    np.testing.assert_allclose(free, [0.03, 0.05, 0.07], atol=0.01)


def test_an_output_that_was_not_measured_has_the_common_delay():
    measured = noisy(bursts(0.0))
    measured[:, 1] = np.nan
    found = Delay().fit([seen(bursts(0.05))], [measured], RATE)
    assert found.seconds[1] == pytest.approx(0.05, abs=0.015)
    assert found.verdict[1] == "not measured"


def test_of_a_simulation_nothing_measured_means_the_delay_of_its_prior():
    measured = np.full_like(bursts(0.0), np.nan)
    measured[:, 0] = 0.3
    found = Delay(simulated=True).fit([seen(bursts(0.0))], [measured], RATE)
    assert found.seconds[1] == pytest.approx(0.055, abs=0.01)


def test_gaps_stay_gaps():
    values = bursts(0.0)
    values[:, 2] = np.nan
    assert np.isnan(shifted(values, np.full(3, 0.02), RATE)[:, 2]).all()
