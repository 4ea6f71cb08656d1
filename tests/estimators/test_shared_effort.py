"""From one posture to the other, for muscles that were silent in the first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import metrics
from myoshift.errors import DataRefused
from myoshift.estimators.load_aware import LoadAware
from myoshift.estimators.shared_effort import SharedEffort
from myoshift.predictor import Predictor, Problem
from myoshift.testing import check_estimator
from myoshift.training import TrainingConfig
from myoshift.types import Split
from simulate.motions import knee_recording

PROBLEM = Problem(("knee_angle",), ("vastus_medialis", "hamstrings_medial"), 50.0)
STANDING = Split(
    name="standing", source=(knee_recording("thigh vertical"), knee_recording("thigh vertical", subject="s2"))
)
SITTING = knee_recording("thigh horizontal", subject="s3")
LOADED = LoadAware(PROBLEM, config=TrainingConfig(steps=60, batch=4, window=50))


def r(predictor, recording):
    return metrics.r(predictor.legs(recording)["r"].astype(float), recording.activation.astype(float))


@pytest.mark.parametrize("estimator", [SharedEffort(PROBLEM), LOADED], ids=["shared_effort", "load_aware"])
def test_contract(estimator):
    check_estimator(estimator.name, estimator, STANDING, SITTING)


def test_the_other_posture_is_predicted_without_a_label_of_it():
    predictor = SharedEffort(PROBLEM).fit(STANDING)
    assert r(predictor, SITTING).min() > 0.8
    assert predictor.card["gains"]["agonist"] > predictor.card["gains"]["co_contraction"] > 0


def test_an_antagonist_that_rests_with_the_load_is_not_learned():
    resting = [knee_recording("thigh vertical", subject=name) for name in ("s1", "s2")]
    for recording in resting:
        recording.activation[:, 0] = 1 - recording.activation[:, 0]
    gains = SharedEffort(PROBLEM).fit(Split(name="resting", source=tuple(resting))).card["gains"]
    assert gains["co_contraction"] == 0


def test_emg_that_is_ahead_of_the_load_gives_the_delay():
    ahead = []
    for recording in STANDING.source:
        early = recording.window(3, len(recording.motion)).activation
        ahead.append(replace(recording.window(0, len(recording.motion) - 3), activation=early))
    predictor = SharedEffort(PROBLEM).fit(Split(name="ahead", source=tuple(ahead)))
    assert predictor.card["delay"] == pytest.approx(
        SharedEffort(PROBLEM).fit(STANDING).card["delay"] + 0.06, abs=0.021
    )


def test_a_source_that_cannot_be_simulated_is_refused():
    short = Split(name="short", source=(STANDING.source[0].window(0, 10),))
    with pytest.raises(DataRefused, match="no source recording can be simulated"):
        SharedEffort(PROBLEM).fit(short)


def test_what_cannot_be_simulated_is_not_predicted():
    values = SharedEffort(PROBLEM).fit(STANDING).legs(SITTING.window(0, 10))["r"]
    assert np.isnan(values).all()


def test_a_posture_that_nobody_was_learned_from_takes_the_load_and_a_known_one_the_network():
    both, effort = LOADED.fit(STANDING), SharedEffort(PROBLEM).fit(STANDING)
    np.testing.assert_array_equal(both.legs(SITTING)["r"], effort.legs(SITTING)["r"])
    standing = knee_recording("thigh vertical", subject="s3")
    network = both.model.members["familiar"]
    np.testing.assert_array_equal(both.legs(standing)["r"], network(standing.motion))
    undeclared = knee_recording(None)
    np.testing.assert_array_equal(both.legs(undeclared)["r"], network(undeclared.motion))


def test_muscles_are_given_in_either_posture(tmp_path):
    LOADED.fit(STANDING).save(tmp_path / "model")
    predictor = Predictor.load(tmp_path / "model")
    for recording in (SITTING, STANDING.source[0]):
        values, names = predictor.muscles(recording)
        assert set(names) == {"vasmed_r", "semimem_r", "semiten_r"}
        assert np.isfinite(values).all()


def test_a_walk_is_predicted_on_both_legs():
    walk = make_walk(seconds=3)
    problem = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus", "tibialis_anterior"), 50.0)
    values = SharedEffort(problem).fit(Split(name="walk", source=(walk,))).legs(make_walk(subject="s2", seconds=3))
    assert set(values) == {"r", "l"}
    assert np.isfinite(values["l"]).all()
