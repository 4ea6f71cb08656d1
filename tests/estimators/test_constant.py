from dataclasses import replace

import numpy as np

from conftest import make_walk
from myoshift.estimators.constant import Constant
from myoshift.predictor import Problem
from myoshift.types import Recording, Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus", "tibialis_anterior"), 50.0)


def level(recording: Recording, value: float) -> Recording:
    return replace(recording, activation=np.full_like(recording.activation, value))


def test_institutions_count_alike_then_people():
    source = (
        level(make_walk(institution="A", subject="1", seconds=30), 1.0),
        level(make_walk(institution="B", subject="1", seconds=2), 2.0),
        level(make_walk(institution="B", subject="2", seconds=2), 4.0),
        level(make_walk(institution="B", subject="2", seconds=9, seed=1), 4.0),
    )
    values = Constant(PROBLEM).fit(Split(name="x", source=source)).predict(np.zeros((4, 3), np.float32))
    np.testing.assert_allclose(values, (1.0 + (2.0 + 4.0) / 2) / 2)


def test_only_those_who_measured_an_output_count_for_it():
    without = make_walk(institution="B")
    activation = level(without, 9.0).activation
    activation[:, [n.startswith("soleus") for n in without.activation_names]] = np.nan
    source = (level(make_walk(institution="A"), 1.0), replace(without, activation=activation))
    values = Constant(PROBLEM).fit(Split(name="x", source=source)).predict(np.zeros((1, 3), np.float32))
    np.testing.assert_allclose(values, [[1.0, 5.0]])
