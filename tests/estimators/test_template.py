from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.errors import ConfigError
from myoshift.estimators.template import OwnTemplate, Template
from myoshift.predictor import Problem
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus", "tibialis_anterior"), 50.0)
SOURCE = tuple(make_walk(subject=f"s{i}", institution=f"lab-{i % 2}", seed=i, seconds=8) for i in range(4))
SPLIT = Split(name="toy", source=SOURCE)


def correlation(predictor, recording) -> float:
    values, names = predictor.predict_recording(recording)
    measured = recording.activation[:, [recording.activation_names.index(n) for n in names]]
    return min(np.corrcoef(v, m)[0, 1] for v, m in zip(values.T, measured.T, strict=True))


def test_the_curve_follows_the_phase_of_each_leg():
    target = make_walk(subject="new", institution="new", seed=11)
    assert correlation(Template(PROBLEM).fit(SPLIT), target) > 0.97


@pytest.mark.parametrize("seconds", [1.3, 2.0])
def test_one_stride_is_enough_to_find_the_phase(seconds):
    target = make_walk(subject="new", institution="new", seed=11)
    for start in range(0, 60, 10):
        part = target.window(start, start + round(seconds * 50))
        assert correlation(Template(PROBLEM).fit(SPLIT), part) > 0.6


def test_somebody_who_stands_gets_the_mean(walk):
    predictor = Template(PROBLEM).fit(SPLIT)
    still = replace(walk, motion=np.full_like(walk.motion, 0.2))
    np.testing.assert_allclose(predictor.predict_recording(still)[0], np.tile(predictor.model.level, (600, 2)))
    short = predictor.predict_recording(walk.window(0, 10))[0]
    np.testing.assert_allclose(short, np.tile(predictor.model.level, (10, 2)))


def test_without_hip_flexion_there_is_no_phase():
    problem = replace(PROBLEM, inputs=("knee_angle",))
    with pytest.raises(ConfigError, match=r"template.*hip_flexion.*knee_angle"):
        Template(problem).fit(SPLIT)


def test_own_template_is_the_persons_curve():
    target = make_walk(subject="new", institution="new", seed=5)
    split = replace(SPLIT, calibration=(target.window(0, 150),))
    own = OwnTemplate(PROBLEM).fit(split)
    assert correlation(own, target.window(150, 600)) > 0.97
    assert own.card["people"] == 1


def test_part_of_a_stride_fills_the_rest_from_its_neighbours():
    target = make_walk(subject="new", institution="new", seed=5)
    own = OwnTemplate(PROBLEM).fit(replace(SPLIT, calibration=(target.window(0, 45),)))
    assert np.isfinite(own.predict_recording(target)[0]).all()
