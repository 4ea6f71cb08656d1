"""The shipped model as a row of a benchmark."""

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.errors import ConfigError
from myoshift.estimators.shipped import Shipped
from myoshift.predictor import Predictor, Problem, shipped
from myoshift.types import Split

NOTHING = Split(name="nobody", source=())
WALK = make_walk(seconds=5, rate=50.0)
OWN = Predictor.load(shipped.folder())
ASKED = Problem(("ankle_angle", "pelvis_tilt", "hip_flexion", "knee_angle"), ("soleus", "hamstrings"), 50.0)


@pytest.mark.parametrize("causal", [False, True])
def test_what_is_asked_for_is_what_the_folder_says_in_that_order(causal):
    made, names = Shipped(ASKED, causal=causal).fit(NOTHING).predict_recording(WALK)
    own, known = Predictor.load(shipped.folder(causal)).predict_recording(WALK)
    assert names == ("soleus_r", "hamstrings_r", "soleus_l", "hamstrings_l")
    np.testing.assert_array_equal(made, own[:, [known.index(name) for name in names]])


def test_muscles_and_features_are_those_of_the_folder():
    predictor = Shipped(ASKED).fit(NOTHING)
    made, names = predictor.muscles(WALK)
    own, known = OWN.muscles(WALK)
    assert set(names) < set(known)
    np.testing.assert_array_equal(made, own[:, [known.index(name) for name in names]])
    motion = OWN.problem.legs([WALK])[0].motion
    given = ASKED.legs([WALK])[0].motion
    np.testing.assert_array_equal(predictor.model.features(given), OWN.model.features(motion))


def test_the_source_changes_nothing():
    shown = Split(name="somebody", source=(WALK,))
    made, again = (Shipped(ASKED).fit(split).predict_recording(WALK)[0] for split in (shown, NOTHING))
    np.testing.assert_array_equal(made, again)


def test_an_output_that_it_does_not_have_is_nan():
    predictor = Shipped(replace(ASKED, outputs=("soleus", "adductor_longus"))).fit(NOTHING)
    values, names = predictor.predict_recording(WALK)
    assert predictor.trained == ("soleus",)
    assert [bool(np.isnan(values[:, k]).all()) for k in range(len(names))] == [False, True] * 2


def test_an_input_that_is_not_asked_for_is_missing():
    made, names = Shipped(replace(ASKED, inputs=("knee_angle",))).fit(NOTHING).predict_recording(WALK)
    kept = [k for k, name in enumerate(WALK.motion_names) if name.startswith("knee_angle")]
    knee = replace(WALK, motion=WALK.motion[:, kept], motion_names=tuple(WALK.motion_names[k] for k in kept))
    own, known = OWN.predict_recording(knee)
    np.testing.assert_array_equal(made, own[:, [known.index(name) for name in names]])


@pytest.mark.parametrize(
    ("change", "why"),
    [({"rate": 100.0}, "100 Hz asked for, the model has 50 Hz"), ({"inputs": ("wrist_flexion",)}, "needs some of")],
)
def test_another_rate_and_other_joints_are_refused(change, why):
    with pytest.raises(ConfigError, match=why):
        Shipped(replace(ASKED, **change)).fit(NOTHING)
