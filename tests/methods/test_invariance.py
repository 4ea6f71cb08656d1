"""What all the methods of invariance and generalisation must be able to: train, predict, bear what is missing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.errors import AccessError
from myoshift.models.motion_norm import span
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Batch, Pool, TrainingConfig, Windows, fit
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
CONFIG = TrainingConfig(steps=20, batch=8, window=40)
SOURCE = tuple(
    make_walk(subject=f"s{i}", institution=f"lab-{i // 2}", seed=i, seconds=2 + i, gain=1 + i // 2) for i in range(5)
)
SPLIT = Split(name="toy", source=SOURCE, unlabelled=(make_walk(subject="t", institution="new", seed=9).hidden(),))
NAMES = (
    "dann",
    "conditional_dann",
    "domain_adversarial",
    "subject_adversarial",
    "irm",
    "vrex",
    "group_dro",
    "mixstyle",
    "domain_norm",
    "between_coral",
)
MULTI = ("domain_adversarial", "irm", "vrex", "group_dro", "mixstyle", "domain_norm", "between_coral")


def method(name, **settings):
    return registry.load("methods", name)(**settings)


@pytest.mark.parametrize("delays", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_it_trains_and_predicts(name, delays, walk):
    told = []
    plan = fit(method(name, delays=delays), PROBLEM, SPLIT, CONFIG, 0, on_step=lambda step, terms: told.append(terms))
    assert plan.card["skipped_steps"] == 0
    assert len(told) == CONFIG.steps
    assert all(np.isfinite(list(terms.values())).all() for terms in told)
    values, _ = plan.predict_recording(walk.hidden())
    assert np.isfinite(values[:, :2]).all()
    assert values.std(axis=0)[:2].min() > 1e-3


@pytest.mark.parametrize("name", MULTI)
def test_a_single_institution_is_refused(name):
    with pytest.raises(AccessError, match=f"{name} needs a source of two institutions"):
        fit(method(name), PROBLEM, replace(SPLIT, source=SOURCE[:2]), CONFIG)


def windows(seed=0, batch=6, frames=30, kinds=3):
    generator = torch.Generator().manual_seed(seed)
    motion = torch.randn(batch, frames, 3, generator=generator)
    activation = torch.rand(batch, frames, 2, generator=generator)
    which = torch.arange(batch)
    return Windows(motion, span(motion), activation, which % kinds, which % 5, which, torch.zeros(batch, 3, 3))


def batch_for(name, source, target):
    """A batch with the parts that the method needs."""
    return Batch(source, target if "unlabelled" in method(name).needs else None)


def terms(name, batch, progress=0.5, **settings):
    """Loss terms of a fixed network, with everything random the same for every call."""
    torch.manual_seed(3)
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0).eval()
    torch.nn.init.normal_(model.head.weight)
    each = method(name, **settings)
    each.modules(model, Pool(PROBLEM.legs(SOURCE)))
    torch.manual_seed(4)
    return each.loss(model, batch, progress), model, each


@pytest.mark.parametrize("name", NAMES)
def test_frames_without_motion_have_no_say(name):
    """Padded frames change nothing: all terms are those of the short windows."""
    source, target = windows(), windows(1)
    wide = [_padded(each, 30) for each in (source, target)]
    settings = {"budget": 10_000} if hasattr(method(name), "budget") else {}
    short = terms(name, batch_for(name, source, target), **settings)[0]
    long = terms(name, batch_for(name, *wide), **settings)[0]
    for term, value in short.items():
        assert float(long[term].detach()) == pytest.approx(float(value.detach()), rel=1e-3, abs=1e-6), term


def _padded(each, count):
    nothing = torch.full((len(each.motion), count, 5), torch.nan)
    return replace(
        each,
        motion=torch.cat([each.motion, nothing[..., :3]], dim=1),
        activation=torch.cat([each.activation, nothing[..., :2]], dim=1),
    )


@pytest.mark.parametrize("name", NAMES)
def test_targets_that_are_missing_leave_all_terms_and_gradients_finite(name):
    source = windows()
    source.activation[0] = torch.nan
    source.activation[:, :, 1] = torch.nan
    source.activation[3, :7] = torch.nan
    for activation in (source.activation, torch.full_like(source.activation, torch.nan)):
        told, model, _ = terms(name, batch_for(name, replace(source, activation=activation), windows(1)))
        sum(told.values()).backward()
        assert all(value.isfinite() for value in told.values())
        assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
