"""Mixtures, mean weights, more augmentation, and questions without labels."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.methods.c_mixup import mixed
from myoshift.methods.pretext import MaskedMotion, PhasePretext
from myoshift.methods.weight_averaging import WeightAveraging
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Pool, TrainingConfig, fit
from myoshift.training.augmentation import dropped, hidden, warped
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
SOURCE = tuple(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=6) for i in range(2))
TARGET = make_walk(subject="t", institution="new", seed=5, seconds=6)
SPLIT = Split(name="x", source=SOURCE, unlabelled=(TARGET.hidden(),), unlabelled_scope="test_people")
POOL = Pool(PROBLEM.legs(SOURCE))


@pytest.fixture
def windows():
    torch.manual_seed(0)
    return POOL.draw(np.random.default_rng(0), 6, 80)


def test_a_mixture_lies_between_and_lacks_what_either_lacks(windows):
    windows.activation[1, :, 0] = torch.nan
    other, share = torch.tensor([1, 0, 3, 2, 5, 5]), torch.full((6, 1, 1), 0.25)
    made = mixed(windows, other, share)
    expected = 0.25 * windows.activation[2] + 0.75 * windows.activation[3]
    torch.testing.assert_close(made.activation[2], expected)
    assert made.activation[0, :, 0].isnan().all()
    torch.testing.assert_close(made.motion[5], windows.motion[5])
    torch.testing.assert_close(made.motion.mean(dim=1), windows.motion.mean(dim=1), atol=1e-4, rtol=0)


def test_the_whole_of_a_window_is_itself(windows):
    made = mixed(windows, torch.arange(6).flip(0), torch.ones(6, 1, 1))
    torch.testing.assert_close(made.motion, windows.motion)
    torch.testing.assert_close(made.activation, windows.activation)


def test_mean_weights_are_the_mean_of_every_step_from_the_start_on():
    method, model = WeightAveraging(start=0.5), TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0)
    method.modules(model, POOL)
    for progress, value in ((0.0, 9.0), (0.5, 1.0), (0.6, 2.0), (0.7, 6.0)):
        torch.nn.init.constant_(model.head.bias, value)
        method.after_step(model, progress)
    kept = method.finish(model, POOL)
    torch.testing.assert_close(kept.head.bias, torch.full_like(kept.head.bias, 3.0))
    assert kept.head.bias.requires_grad


def test_an_uneven_pace_warps_motion_and_activation_alike(windows):
    ramp = torch.linspace(0, 1, 80).view(1, -1, 1)
    windows.motion[:], windows.activation[:] = ramp, 2 * ramp
    made = warped(windows, 0.3)
    torch.testing.assert_close(made.activation, 2 * made.motion[..., :2])
    torch.testing.assert_close(made.motion[:, [0, -1]], windows.motion[:, [0, -1]])
    pace = made.motion[:, 1:, 0] - made.motion[:, :-1, 0]
    assert pace.min() > 0.69 / 79
    assert pace.max() < 1.31 / 79
    assert pace.std() > 0


def test_warping_by_nothing_changes_nothing_and_keeps_gaps(windows):
    windows.motion[2, 60:] = torch.nan
    made = warped(windows, 0.0)
    torch.testing.assert_close(made.motion, windows.motion, equal_nan=True, atol=1e-5, rtol=1e-5)


def test_coordinates_fail_with_their_chance_and_never_all(windows):
    made = dropped(windows, 0.999).motion.isnan().all(dim=1)
    assert made.sum(dim=1).tolist() == [2] * 6
    assert not dropped(windows, 0.0).motion.isnan().any()


def test_a_hidden_span_is_flat_and_the_rest_is_seen(windows):
    seen, gone = hidden(windows, 0.25)
    assert gone.sum(dim=1).unique().tolist() == [20]
    torch.testing.assert_close(seen.motion[~gone], windows.motion[~gone])
    assert seen.motion[0][gone[0, :, 0], 0].std() < 1e-6


def test_answers_are_the_hidden_motion_and_the_phase(windows):
    _, gone = hidden(windows, 0.25)
    wanted = MaskedMotion().wanted(windows, gone)
    assert torch.equal(wanted.isfinite(), gone)
    turn = PhasePretext().wanted(windows, gone)[:, 1:-1]
    torch.testing.assert_close(turn.square().sum(dim=-1), torch.ones(turn.shape[:2]))


@pytest.mark.parametrize("kind", [MaskedMotion, PhasePretext])
def test_the_question_is_learned_to_be_answered(kind):
    told = []
    fit(
        kind(weight=1.0),
        PROBLEM,
        SPLIT,
        TrainingConfig(steps=80, batch=8, window=60),
        on_step=lambda step, terms: told.append(terms[kind.name]),
    )
    assert np.mean(told[-10:]) < 0.75 * np.mean(told[:10])


@pytest.mark.parametrize("name", ["c_mixup", "weight_averaging", "augmented", "masked_motion", "phase_pretext"])
@pytest.mark.parametrize("causal", [False, True])
def test_it_trains(name, causal):
    config = TrainingConfig(steps=20, batch=8, window=40, causal=causal)
    predictor = fit(registry.load("methods", name)(), PROBLEM, SPLIT, config)
    assert np.isfinite(predictor.predict_recording(TARGET)[0]).all()
