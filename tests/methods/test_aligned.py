"""What every alignment does: strata, the ramp, domains of too few frames, features that are not finite."""

from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.errors import AccessError, MyoshiftError
from myoshift.methods.aligned import Aligned
from myoshift.models.motion_norm import span
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Batch, Pool, TrainingConfig, Windows, fit, search_space
from myoshift.types import Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "gastrocnemius", "soleus"), 50.0
)
METHODS = (
    "coral",
    "mmd",
    "dare_gram",
    "sliced_wasserstein",
    "sinkhorn",
    "rsd",
    "mean_covariance",
    "joint_transport",
)
STRATA = ("none", "phase", "activation")


def windows(seed: int, gain: float = 1.0) -> Windows:
    pool = Pool(PROBLEM.legs([make_walk(seed=seed, subject=f"s{seed}")]))
    drawn = pool.draw(np.random.default_rng(seed), 4, 100)
    motion = drawn.motion + gain * 0.05 * torch.randn(
        drawn.motion.shape, generator=torch.Generator().manual_seed(seed)
    )
    return replace(drawn, motion=motion, span=span(motion))


def network() -> TCN:
    torch.manual_seed(0)
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0).eval()
    torch.nn.init.normal_(model.head.weight, std=0.1)
    return model


def begun(name: str, model: TCN, **settings: object) -> Aligned:
    method = registry.load("methods", name)(**settings)
    method.modules(model, Pool(PROBLEM.legs([make_walk()])))
    return method


@pytest.mark.parametrize("strata", STRATA)
@pytest.mark.parametrize("name", METHODS)
def test_the_distance_reaches_the_encoder_and_rises_over_a_fifth(name, strata):
    model, batch = network(), Batch(windows(0), windows(1, 10.0))
    method = begun(name, model, strata=strata)
    values = []
    for progress in (0.0, 0.1, 0.2, 1.0):
        torch.manual_seed(1)
        values.append(method.loss(model, batch, progress)[name])
    assert [(each / values[-1]).item() for each in values] == pytest.approx([0, 0.5, 1, 1])
    assert values[-1] > 0
    gradient = torch.autograd.grad(values[-1], model.layers[0].weight)[0]
    assert gradient.isfinite().all()
    assert gradient.abs().max() > 0


@pytest.mark.parametrize("name", METHODS)
def test_a_method_costs_no_more_than_fifteen_lines(name):
    source = inspect.getsource(registry.load("methods", name))
    code = source.replace(inspect.getdoc(registry.load("methods", name)) or "", "")
    parts = code.split('"""')[::2]
    assert len([line for part in parts for line in part.splitlines() if line.strip()]) <= 15
    assert {"weight", "strata"} <= set(search_space(registry.load("methods", name)))


@pytest.mark.parametrize("strata", STRATA)
@pytest.mark.parametrize("frames", [0, 1])
@pytest.mark.parametrize("name", METHODS)
def test_a_batch_with_hardly_a_target_frame_has_a_distance_of_0(name, frames, strata):
    model, target = network(), windows(1)
    motion = torch.full_like(target.motion, torch.nan)
    motion[0, :frames] = target.motion[0, :frames]
    terms = begun(name, model, strata=strata).loss(model, Batch(windows(0), replace(target, motion=motion)), 1.0)
    assert terms[name] == 0
    assert terms[name].requires_grad
    assert terms["task"] > 0


def test_features_that_are_not_finite_are_the_loops_to_count():
    model = network()
    with torch.no_grad():
        model.layers[0].weight.fill_(torch.inf)
    terms = begun("mmd", model).loss(model, Batch(windows(0), windows(1)), 1.0)
    assert not terms["mmd"].isfinite()


def test_a_split_without_target_motion_is_refused_before_training():
    source = (make_walk(),)
    nothing = make_walk(subject="t", institution="t").hidden()
    empty = replace(nothing, motion=np.full_like(nothing.motion, np.nan))
    steps = []
    for unlabelled, error in (((), AccessError), ((empty,), MyoshiftError)):
        split = Split(name="x", source=source, unlabelled=unlabelled)
        with pytest.raises(error):
            fit(
                registry.load("methods", "mmd")(),
                PROBLEM,
                split,
                TrainingConfig(steps=2),
                on_step=lambda *a: steps.append(a),
            )
    assert not steps


@pytest.mark.parametrize("name", METHODS)
def test_it_trains(name):
    source = tuple(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=6) for i in range(2))
    target = make_walk(subject="t", institution="t", seed=9, seconds=6)
    split = Split(name="x", source=source, unlabelled=(target.hidden(),), unlabelled_scope="test_people")
    method = registry.load("methods", name)()
    predictor = fit(method, PROBLEM, split, TrainingConfig(steps=12, batch=4))
    values, _ = predictor.predict_recording(target.hidden())
    assert np.isfinite(values).all()
    assert predictor.card["skipped_steps"] == 0
