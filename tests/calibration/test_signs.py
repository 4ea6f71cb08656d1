"""Signs: what is unlike the source, unsure, flat or irregular reads worse; labels are not looked at."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.calibration.signs import SIGNS, Familiar, familiar, person_signs
from myoshift.estimators.ensemble import average
from myoshift.estimators.knn import Knn
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Predictor, Problem
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)


def source():
    people = [
        make_walk(subject=f"{place}{k}", institution=place, seed=10 * i + k)
        for i, place in enumerate("abc")
        for k in range(2)
    ]
    return Split(name="source", source=tuple(people))


@pytest.fixture(scope="module")
def fitted():
    split = source()
    members = [Knn(PROBLEM, neighbours=5, samples=400).fit(split), Ridge(PROBLEM).fit(split)]
    return average(PROBLEM, members), familiar(split, PROBLEM)


@pytest.fixture(scope="module")
def usual(fitted):
    return person_signs(fitted[0], [make_walk(subject="new", institution="d", seed=77)], fitted[1])


def moved(change, seed=77):
    walk = make_walk(subject="new", institution="d", seed=seed)
    return replace(walk, motion=change(walk.motion.astype(np.float64)).astype(np.float32))


def test_all_signs_of_a_familiar_walk_are_there_and_small(usual):
    assert tuple(usual) == SIGNS
    assert np.isfinite(list(usual.values())).all()
    assert abs(usual["distance"]) < 1.0
    assert abs(usual["flatness"]) < 0.5
    assert usual["irregularity"] < 0.2
    assert usual["shortness"] == pytest.approx(-np.log(24.0))


def test_motion_unlike_what_was_learned_from(fitted, usual):
    random = np.random.default_rng(0)
    strange = person_signs(fitted[0], [moved(lambda x: random.normal(size=x.shape))], fitted[1])
    for name in ("disagreement", "distance", "posture", "irregularity"):
        assert strange[name] > usual[name] + 0.3, name


def test_an_offset_is_seen_in_the_posture_alone(fitted, usual):
    offset = person_signs(fitted[0], [moved(lambda x: x + 0.5)], fitted[1])
    assert offset["posture"] > usual["posture"] + 1.0
    assert offset["distance"] == pytest.approx(usual["distance"], abs=0.01)


def test_labels_are_not_looked_at(fitted, usual):
    walk = make_walk(subject="new", institution="d", seed=77)
    assert person_signs(fitted[0], [walk.hidden()], fitted[1]) == usual


def test_a_flat_prediction_and_a_model_without_members(fitted, usual):
    ensemble, known = fitted

    class Flat:
        kind = "flat"

        def __call__(self, motion):
            return 0.1 * ensemble.model(motion)

    flat = person_signs(Predictor(PROBLEM, Flat()), [make_walk(subject="new", institution="d", seed=77)], known)
    assert flat["flatness"] == pytest.approx(usual["flatness"] + np.log(10), abs=0.05)
    assert np.isnan(flat["disagreement"])


def test_gaps_count_as_seconds_that_are_not_there(fitted, usual):
    def half(x):
        x[: len(x) // 2] = np.nan
        return x

    gappy = person_signs(fitted[0], [moved(half)], fitted[1])
    assert gappy["shortness"] == pytest.approx(usual["shortness"] + np.log(2), abs=0.01)
    short = person_signs(fitted[0], [make_walk(seconds=0.6, seed=3)], fitted[1])
    assert np.isnan(short["irregularity"])
    assert np.isfinite(short["distance"])


def test_what_is_familiar_survives_json(fitted):
    ensemble, known = fitted
    again = Familiar.restore(json.loads(json.dumps(known.config(), allow_nan=False)))
    walk = [make_walk(subject="new", institution="d", seed=77)]
    before, after = (person_signs(ensemble, walk, each) for each in (known, again))
    assert after == pytest.approx(before, abs=1e-3)


def test_one_institution_is_enough(fitted):
    split = source()
    alone = replace(split, source=split.source[:2])
    known = familiar(alone, PROBLEM)
    assert np.isfinite(list(person_signs(fitted[0], [make_walk(seed=5)], known).values())).all()


def test_an_output_that_nobody_measured_has_no_say(fitted):
    problem = Problem(PROBLEM.inputs, (*PROBLEM.outputs, "gluteus_maximus"), 50.0)
    split = source()
    known = familiar(split, problem)
    assert np.isnan(known.activity[2])
    found = person_signs(Knn(problem, samples=400).fit(split), [make_walk(seed=5)], known)
    assert np.isfinite(found["flatness"])
