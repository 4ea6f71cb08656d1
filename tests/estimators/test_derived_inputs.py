"""Inputs that a simulation derives: learned from with their sign and size, and found again in a saved model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.anatomy import Leg
from myoshift.errors import DataRefused
from myoshift.predictor import Predictor, Problem
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Split
from simulate.motions import knee_recording

PROBLEM = Problem(("knee_angle", "moment_knee_angle"), ("vastus_medialis", "hamstrings_medial"), 50.0)
POSTURES = ("thigh vertical", "thigh horizontal")
SOURCE = Split(name="knees", source=tuple(knee_recording(posture, subject="s1") for posture in POSTURES))
LEARNERS = ["knn", "ridge", ("source_only", False), ("source_only", True)]


def learn(learner, problem=PROBLEM, **config) -> Predictor:
    if isinstance(learner, str):
        return registry.load("estimators", learner)(problem, seed=0).fit(SOURCE)
    method, causal = learner
    return Trained(method, problem, TrainingConfig(causal=causal, **{"steps": 4, **config}), 0).fit(SOURCE)


@pytest.mark.parametrize("learner", LEARNERS, ids=str)
def test_a_saved_model_predicts_alike(learner, tmp_path):
    predictor, recording = learn(learner), knee_recording("thigh vertical", seconds=3.0)
    values, names = predictor.predict_recording(recording)
    assert names == ("vastus_medialis_r", "hamstrings_medial_r")
    assert np.isfinite(values).all()
    predictor.save(tmp_path / "model")
    np.testing.assert_array_equal(Predictor.load(tmp_path / "model").predict_recording(recording)[0], values)


@pytest.mark.parametrize("learner", LEARNERS, ids=str)
def test_size_and_sign_of_a_moment_have_a_say(learner):
    predictor = learn(learner)
    (leg,) = PROBLEM.legs([knee_recording("thigh vertical", seconds=3.0)])
    motion = np.concatenate([leg.motion[:, :1], np.full_like(leg.motion[:, :1], 0.1)], axis=1)
    turned, larger = (motion * np.array([1, factor], np.float32) for factor in (-1, 3))
    with torch.no_grad():
        before = predictor.predict(motion)
    assert np.abs(predictor.predict(turned) - before).max() > 1e-4
    assert np.abs(predictor.predict(larger) - before).max() > 1e-4


@pytest.mark.parametrize("learner", ["ridge", "knn", ("source_only", False)], ids=str)
def test_the_moment_tells_which_muscle_moves_the_knee(learner):
    predictor = learn(learner, steps=60, lr=5e-3)
    for posture, works in zip(POSTURES, (1, 0), strict=True):
        level = predictor.predict_recording(knee_recording(posture, seconds=3.0))[0].mean(axis=0)
        assert level[works] > 2 * level[1 - works]


def test_a_recording_that_cannot_be_simulated_is_predicted_all_the_same():
    short = knee_recording("thigh vertical", seconds=0.3)
    for learner in LEARNERS:
        assert np.isfinite(learn(learner).predict_recording(short)[0]).all()


def test_an_optional_coordinate_may_be_missing_in_source_and_target(tmp_path):
    problem = Problem(("hip_flexion", "knee_angle"), PROBLEM.outputs, 50.0, ("hip_flexion",))
    predictor = learn(("source_only", False), problem)
    predictor.save(tmp_path / "model")
    again = Predictor.load(tmp_path / "model")
    assert again.problem == problem
    assert set(again.legs(knee_recording(None))) == {"r"}
    walk = make_walk(seconds=2.0)
    assert set(again.legs(walk)) == {"r", "l"}
    with pytest.raises(DataRefused, match="no leg"):
        again.legs(replace(walk, motion=walk.motion[:, :1], motion_names=("pelvis_list",)))


def test_one_leg_alone_is_of_its_coordinates():
    lone = PROBLEM.alone(np.ones((5, 2), np.float32))
    assert lone.motion_names == ("knee_angle_r",)
    assert lone.motion.shape == (5, 1)


def test_a_leg_keeps_the_recording_that_was_given():
    (leg,) = PROBLEM.legs(SOURCE.source[:1])
    assert isinstance(leg, Leg)
    assert leg.recording is SOURCE.source[0]
