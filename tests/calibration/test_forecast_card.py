"""A predictor that carries its forecast to a laboratory that has motion alone."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import make_walk
from myoshift.calibration.chain import steps
from myoshift.calibration.forecast import Experience, fit_forecaster
from myoshift.calibration.forecast_card import FORECAST, forecast, with_forecast
from myoshift.calibration.personal import calibrate
from myoshift.calibration.signs import SIGNS, familiar, person_signs
from myoshift.errors import DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Predictor, Problem
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)


@pytest.fixture(scope="module")
def carrying():
    people = tuple(
        make_walk(subject=f"{p}{k}", institution=p, seed=3 * i + k) for i, p in enumerate("ab") for k in (0, 1)
    )
    split = Split(name="source", source=people)
    predictor, known = Ridge(PROBLEM).fit(split), familiar(split, PROBLEM)
    random = np.random.default_rng(0)
    signs = np.array([list(person_signs(predictor, [person], known).values()) for person in people])
    rows = np.repeat(signs, 4, axis=0) + 0.1 * random.normal(size=(16, len(SIGNS)))
    places = tuple(f"lab{k % 8}" for k in range(16))
    experience = Experience(SIGNS, rows, np.tanh(0.7 + 0.1 * random.normal(size=16)), places)
    return predictor, with_forecast(predictor, fit_forecaster(experience), known)


def test_the_forecast_survives_the_disk(carrying, tmp_path):
    carrying[1].save(tmp_path / "model")
    walk = [make_walk(subject="new", seed=9)]
    before, after = (forecast(each, walk) for each in (carrying[1], Predictor.load(tmp_path / "model")))
    assert before == after
    assert not before.abstained
    assert before.value == pytest.approx(np.tanh(0.7), abs=0.1)
    assert forecast(carrying[1], [walk[0].hidden()]) == before


def test_a_model_without_one_says_so(carrying):
    with pytest.raises(DataRefused, match="carries no forecast"):
        forecast(carrying[0], [make_walk()])


def test_a_calibrated_model_is_another_one(carrying):
    walk = make_walk(subject="new", seed=9)
    assert FORECAST not in calibrate(carrying[1], steps("gain"), [walk]).card
