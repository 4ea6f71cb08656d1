"""The observation model after calibration."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.base import Outputs
from myoshift.calibration.sensor import FITTED, LEARNED, SIMULATED, Sensor, observation, priors, shown

SITES = ("tibialis_anterior", "gastrocnemius", "soleus")
RATE = 50.0


def sensor(**values):
    known = {n: np.full(len(SITES) if p.per_site else 1, p.mean) for n, p in LEARNED.items()} | values
    return Sensor(SITES, known, {n: 0.1 * np.ones_like(v) for n, v in known.items()}, SITES)


def test_simulated_activation_comes_later_than_a_learned_prediction():
    assert priors(True)["offset"].mean == pytest.approx(0.055)
    assert priors(False)["offset"].mean == 0.0
    assert set(SIMULATED) == set(LEARNED) == {*FITTED, "noise"}


def test_without_anything_to_correct_slow_predictions_stay():
    time = np.arange(200) / RATE
    slow = 0.5 + 0.3 * np.sin(2 * np.pi * 0.9 * time)[:, None] * np.ones(3)
    np.testing.assert_allclose(shown(observation(SITES, False), slow, RATE)[25:-25], slow[25:-25], atol=2e-3)


def test_a_site_beside_another_takes_a_share_of_it():
    values = np.zeros((100, 3))
    values[:, 2] = 1.0
    model = observation(SITES, False)
    model.assign({"crosstalk": 0.2})
    seen = shown(model, values, RATE)
    assert seen[50, 1] == pytest.approx(0.2 / 1.2, abs=0.02)
    assert seen[50, 0] < 0.01


def test_gaps_stay_gaps():
    values = np.full((60, 3), 0.5)
    values[10:20, 0] = np.nan
    assert np.isnan(
        sensor().apply(Outputs(SITES, values, values, np.zeros((60, 1), np.float32)), RATE)[10:20, 0]
    ).all()


def test_a_parameter_at_its_bound_is_flagged():
    changes = sensor(offset=np.array([0.12])).changes(SITES)
    assert [c.verdict for c in changes if c.parameter == "offset"] == ["at its bound"]


def test_a_parameter_as_vague_as_its_prior_is_not_identifiable():
    verdicts = {c.parameter: c.verdict for c in sensor().changes(SITES)}
    assert verdicts["offset"] == "not identifiable"
    assert verdicts["log_gain"] == "identifiable"
