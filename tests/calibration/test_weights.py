"""Calibrations that change a network's weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift.calibration.base import Outputs
from myoshift.calibration.weights import Adapters, FineTune
from myoshift.errors import ConfigError
from myoshift.estimators.constant import ConstantModel
from myoshift.predictor import Problem
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "gastrocnemius", "soleus"), 50.0
)


@pytest.fixture(scope="module")
def person():
    """A network, and the legs of somebody whose amplitudes are half of what it learned."""
    source = tuple(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=4.0) for i in range(2))
    model = Trained("source_only", PROBLEM, TrainingConfig(steps=60)).fit(Split(name="toy", source=source)).model
    legs = PROBLEM.legs([make_walk(subject="new", seed=9, seconds=4.0, gain=0.5)])
    seen = [Outputs(PROBLEM.outputs, model(leg.motion), model.features(leg.motion), leg.motion) for leg in legs]
    return model, seen, [leg.activation.astype(np.float64) for leg in legs]


def off(model, seen, measured):
    return np.mean([np.nanmean((model(s.motion) - y) ** 2) for s, y in zip(seen, measured, strict=True)])


@pytest.mark.parametrize("tuner", [FineTune(steps=40), Adapters(steps=40)])
def test_the_person_is_predicted_better_and_the_model_given_is_left_alone(person, tuner):
    model, seen, measured = person
    before = {name: array.copy() for name, array in model.arrays().items()}
    tuned = tuner.tune(model, seen, measured)
    assert off(tuned, seen, measured) < off(model, seen, measured)
    assert all(np.array_equal(before[name], array) for name, array in model.arrays().items())
    assert set(tuned.arrays()) == set(before)


def test_weights_that_help_nowhere_are_those_of_the_beginning(person):
    model, seen, _ = person
    same = FineTune(steps=20).tune(model, seen, [model(each.motion).astype(np.float64) for each in seen])
    assert off(same, seen, [model(each.motion) for each in seen]) < 1e-4


def test_it_is_reproducible_and_leaves_the_random_numbers_alone(person):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    first, second = (Adapters(steps=10).tune(*person).arrays() for _ in range(2))
    assert torch.equal(torch.rand(2), expected)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_what_is_no_network_is_refused(person):
    _, seen, measured = person
    with pytest.raises(ConfigError, match="last_layer"):
        FineTune().tune(ConstantModel(np.zeros(3, np.float32)), seen, measured)
