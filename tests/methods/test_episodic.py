"""A second of a person's EMG says more with features that were trained for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift.losses.closed_form import ridge_residual
from myoshift.methods.episodic import Episodic, InContext
from myoshift.methods.source_delays import SourceDelays
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Batch, Pool, TrainingConfig, fit
from myoshift.types import Split

PROBLEM = Problem(
    inputs=("hip_flexion", "knee_angle", "ankle_angle"),
    outputs=("tibialis_anterior", "gastrocnemius_medialis", "soleus"),
    rate=50.0,
)
CONFIG = TrainingConfig(steps=60, batch=8)
CALIBRATION = slice(0, 55)
TEST = slice(65, None)
ONE_PENALTY = torch.tensor(0.01)


def person(number):
    """Somebody whose electrodes see a mixture of what the others' see."""
    walk = make_walk(subject=f"s{number}", institution=f"lab-{number % 3}", seed=number, seconds=6)
    mixed = np.random.default_rng(number).dirichlet([0.5] * walk.activation.shape[1], walk.activation.shape[1])
    return replace(walk, activation=(walk.activation @ mixed.T).astype(np.float32))


SPLIT = Split(name="people", source=tuple(person(i) for i in range(9)))
NEW = PROBLEM.legs([person(i) for i in range(20, 26)])


def errors(predictor):
    """Root mean squared error of each new leg after ridge regression on the features of its first second."""
    found = []
    for leg in NEW:
        support, query = (
            torch.tensor(predictor.model.features(leg.motion[part])) for part in (CALIBRATION, slice(None))
        )
        told = torch.tensor(leg.activation[CALIBRATION])
        values = ridge_residual(support[None], told[None], query[None], ONE_PENALTY)[0].numpy()
        found.append(np.sqrt(np.nanmean((values - leg.activation)[TEST] ** 2)))
    return np.array(found)


def test_people_whose_electrodes_are_elsewhere_are_calibrated_better():
    plain, trained = (errors(fit(method, PROBLEM, SPLIT, CONFIG)) for method in (SourceDelays(), Episodic()))
    assert trained.mean() < 0.7 * plain.mean()
    assert (trained < plain).mean() > 0.8


def begun(method):
    torch.manual_seed(0)
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, PROBLEM.rate)
    pool = Pool(PROBLEM.legs(SPLIT.source))
    own = method.modules(model, pool)
    batch = Batch(source=pool.draw(np.random.default_rng(0), 4, 100))
    return model, own, method.loss(model, batch, 0.5)


@pytest.mark.parametrize("method", [Episodic(), InContext()], ids=lambda method: method.name)
def test_the_plain_terms_stand_beside_the_episode_and_its_number_is_learned(method):
    model, own, terms = begun(method)
    assert set(terms) == {"task", "correlation", "delay", "episode"}
    terms["episode"].backward()
    assert method.calibrated in own
    assert method.calibrated.logarithm.grad != 0
    assert model.layers[0].weight.grad.any()
    assert model.head.weight.grad is None


def test_without_weight_the_episode_has_no_say():
    assert begun(Episodic(weight=0.0))[2]["episode"] == 0
