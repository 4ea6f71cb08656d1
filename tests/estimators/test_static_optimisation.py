from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from estimators.laboratories import PROBLEM, toy_split
from myoshift import anatomy, registry
from myoshift.estimators.static_optimisation import StaticOptimisation
from myoshift.predictor import Predictor, Problem
from myoshift.simulate import twins
from myoshift.testing import check_estimator
from myoshift.types import Split
from simulate.fakes import muscle_curve, simulator

NOTHING = Split(name="nothing", source=())


@pytest.fixture(autouse=True)
def _fake(monkeypatch):
    monkeypatch.setattr(twins, "solved", simulator)


@pytest.fixture(scope="module")
def recording():
    return toy_split()[1][0]


def test_contract(recording):
    split, _ = toy_split()
    check_estimator(
        "static_optimisation", registry.load("estimators", "static_optimisation")(PROBLEM), split, recording
    )


def test_it_needs_nobody_and_gives_what_the_montage_sees_of_the_muscles(recording):
    values, names = StaticOptimisation(PROBLEM).fit(NOTHING).predict_recording(recording)
    assert StaticOptimisation.needs == frozenset()
    muscles = [muscle_curve(recording, f"{name}_l") for name in anatomy.IPSILATERAL]
    expected = anatomy.output_weights(["hamstrings"])[0] @ muscles
    np.testing.assert_allclose(values[:, names.index("hamstrings_l")], expected, rtol=1e-5)


def test_muscles_are_those_of_the_simulation(recording):
    values, names = StaticOptimisation(PROBLEM).fit(NOTHING).muscles(recording)
    expected = muscle_curve(recording, "semimem_r")
    np.testing.assert_allclose(values[:, names.index("semimem_r")], expected, rtol=1e-5)


def test_a_delay_brings_the_prediction_forward(recording):
    plain, early = (StaticOptimisation(PROBLEM, delay=d).fit(NOTHING).legs(recording)["r"] for d in (0.0, 0.06))
    np.testing.assert_allclose(early[:-10], plain[3:-7], atol=1e-5)


def test_it_uses_every_coordinate_and_the_person(recording, monkeypatch):
    seen = []

    def watching(given, objective):
        seen.append((given.mass, given.segment_orientation, given.motion_names, objective.exponent))
        return simulator(given, objective)

    monkeypatch.setattr(twins, "solved", watching)
    known = replace(recording, mass=60.0, segment_orientation="thigh vertical")
    StaticOptimisation(PROBLEM, exponent=3.0).fit(NOTHING).legs(known)
    assert seen == [(60.0, "thigh vertical", recording.motion_names, 3.0)]


def test_measured_activations_are_hidden_from_it(recording, monkeypatch):
    def watching(given, objective):
        assert np.isnan(given.activation).all()
        return simulator(given, objective)

    monkeypatch.setattr(twins, "solved", watching)
    StaticOptimisation(PROBLEM).fit(NOTHING).legs(recording)


def test_frames_that_are_not_feasible_are_bridged_and_a_motion_without_a_twin_is_nan(recording, monkeypatch):
    def gaps(given, objective):
        found = simulator(given, objective)
        there = np.ones(len(given.motion), bool)
        there[20:25] = False
        return replace(found, activation=np.where(there[:, None], found.activation, np.nan), feasible=there)

    plain = StaticOptimisation(PROBLEM).fit(NOTHING).legs(recording)["r"]
    monkeypatch.setattr(twins, "solved", gaps)
    bridged = StaticOptimisation(PROBLEM).fit(NOTHING).legs(recording)["r"]
    assert np.isfinite(bridged).all()
    np.testing.assert_allclose(np.delete(bridged, slice(20, 25), 0), np.delete(plain, slice(20, 25), 0), atol=1e-6)
    np.testing.assert_allclose(bridged[22], (plain[19] + plain[25]) / 2, atol=1e-5)
    short = StaticOptimisation(PROBLEM).fit(NOTHING).legs(recording.window(0, 10))["r"]
    assert np.isnan(short).all()


def test_a_site_without_a_muscle_of_the_leg_is_not_predicted(recording):
    problem = Problem(PROBLEM.inputs, ("soleus", "iliocostalis"), 50.0)
    predictor = StaticOptimisation(problem).fit(NOTHING)
    assert predictor.trained == ("soleus",)
    values, names = predictor.predict_recording(recording)
    assert np.isnan(values[:, names.index("iliocostalis_r")]).all()
    assert np.isfinite(values[:, names.index("soleus_r")]).all()


def test_one_leg_alone_is_taken_for_the_right_one(recording, tmp_path):
    problem = Problem((*PROBLEM.inputs, "contralateral_hip_flexion", "pelvis_tilt"), ("soleus",), 50.0)
    predictor = StaticOptimisation(problem, delay=0.02).fit(NOTHING)
    motion = np.full((len(recording.motion), 5), np.nan, np.float32)
    motion[:, :3] = anatomy.legs(recording, PROBLEM.inputs, ())[0].motion
    alone = predictor.predict(motion)
    np.testing.assert_allclose(alone, predictor.legs(recording)["r"], atol=1e-6)
    predictor.save(tmp_path / "model")
    np.testing.assert_array_equal(Predictor.load(tmp_path / "model").predict(motion), alone)
