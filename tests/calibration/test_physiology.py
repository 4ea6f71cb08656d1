"""The observation model of a person, fitted."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.base import Outputs
from myoshift.calibration.physiology import Physiology
from myoshift.calibration.sensor import LEARNED, observation, shown
from myoshift.testing.calibrators import LATE, NAMES, RATE, toy


def planted(seconds, seed=0, **values):
    """Predictions and what an observation model with these values shows of them, with a little noise."""
    seen, _ = toy(seconds)
    model = observation(NAMES, simulated=False)
    model.assign(values)
    random = np.random.default_rng(seed)
    clean = [shown(model, each.prediction, RATE) for each in seen]
    return seen, [each + 0.02 * random.normal(size=each.shape) for each in clean]


def test_planted_parameters_are_found():
    gains, own = np.log([0.6, 1.0, 1.5, 0.8]), np.array([0.01, -0.01, 0.0, 0.005])
    found = Physiology().fit(*planted(8.0, offset=0.03, delay=own, log_gain=gains), RATE)
    np.testing.assert_allclose(found.values["offset"] + found.values["delay"], 0.03 + own, atol=0.006)
    np.testing.assert_allclose(found.values["log_gain"], gains, atol=0.12)


def test_the_derivatives_are_those_of_the_errors():
    """What is found is a minimum: no parameter moved a little either way fits better."""
    seen, measured = planted(4.0, offset=0.03, log_gain=np.log([0.6, 1.0, 1.5, 0.8]))
    found = Physiology().fit(seen, measured, RATE)

    def cost(values):
        model = observation(NAMES, simulated=False)
        model.assign(values)
        left = np.concatenate([shown(model, s.prediction, RATE) - y for s, y in zip(seen, measured, strict=True)])
        prior = sum(
            ((v - LEARNED[n].mean) ** 2 / LEARNED[n].sd ** 2).sum() for n, v in values.items() if n != "noise"
        )
        return np.square(left / Physiology().noise).sum() * 12 / RATE + prior

    best = cost(found.values)
    for name, step in (("offset", 0.004), ("log_gain", 0.04), ("baseline", 0.01), ("delay", 0.004)):
        for sign in (-1, 1):
            moved = {**found.values, name: found.values[name] + sign * step}
            assert cost(moved) > best - 1e-6, name


def test_little_data_stays_near_the_priors_and_says_so():
    short, long = (Physiology().fit(*planted(s, offset=0.05), RATE) for s in (0.6, 12.0))
    assert long.spread["offset"][0] < short.spread["offset"][0] < LEARNED["offset"].sd
    assert abs(long.values["offset"][0] - 0.05) <= abs(short.values["offset"][0] - 0.05) + 0.002


def test_an_output_that_was_not_measured_is_moved_by_what_all_share():
    seen, measured = toy(6.0)
    found = Physiology().fit(seen, measured, RATE)
    assert found.measured == NAMES[:3]
    assert found.values["offset"][0] + found.values["delay"][:3].mean() == pytest.approx(LATE, abs=0.015)
    assert found.values["delay"][3] == LEARNED["delay"].mean
    named = {change.output for change in found.changes(NAMES)}
    assert "hamstrings" not in named
    assert {"all", "soleus"} <= named


def test_too_few_frames_leave_the_priors():
    seen, measured = toy()
    few = [np.where(np.arange(len(y))[:, None] < 3, y, np.nan) for y in measured]
    found = Physiology().fit(seen, few, RATE)
    assert found.measured == ()
    for name, value in found.values.items():
        np.testing.assert_array_equal(value, LEARNED[name].mean)


def test_intervals_hold_what_was_planted():
    held = []
    for seed in range(12):
        delay = np.random.default_rng(seed).normal(0.0, 0.03)
        found = Physiology().fit(*planted(3.0, seed, offset=np.clip(delay, -0.1, 0.1)), RATE)
        change = next(c for c in found.changes(NAMES) if c.parameter == "offset")
        held.append(change.low <= delay <= change.high)
    assert np.mean(held) >= 0.8


def test_parameters_that_are_not_asked_for_stay_where_they_were():
    found = Physiology(fitted=("log_gain", "baseline")).fit(*toy(), RATE)
    for name in ("offset", "delay", "crosstalk", "exponent", "cutoff"):
        np.testing.assert_array_equal(found.values[name], LEARNED[name].mean)


def test_outputs_that_are_no_sites_of_the_leg_can_be_calibrated():
    names = ("flexor_carpi_radialis", "biceps_brachii")
    values = np.abs(np.random.default_rng(0).normal(size=(100, 2)))
    found = Physiology().fit([Outputs(names, values, values, np.zeros((100, 1), np.float32))], [0.5 * values], RATE)
    assert found.values["log_gain"].mean() < 0
