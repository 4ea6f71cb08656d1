"""Laboratories with known clocks: the method finds them, and the network is better for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from conftest import make_walk
from myoshift import metrics
from myoshift.methods.source_delays import SourceDelays
from myoshift.methods.source_only import SourceOnly
from myoshift.predictor import Problem
from myoshift.training import Clock, TrainingConfig, fit
from myoshift.types import Split

PROBLEM = Problem(
    inputs=("hip_flexion", "knee_angle", "ankle_angle"),
    outputs=("tibialis_anterior", "gastrocnemius_medialis", "soleus"),
    rate=50.0,
)
CONFIG = TrainingConfig(steps=300, batch=8)
FRAMES = 3  # 60 ms


def lab(name, seed, early):
    """A lab whose EMG is `early` frames ahead of the motion."""
    walk = make_walk(subject=f"{name}{seed}", institution=name, seed=seed, seconds=20)
    kept = slice(10 + early, len(walk.motion) - 10 + early)
    return replace(walk.window(10, len(walk.motion) - 10), activation=walk.activation[kept])


@pytest.fixture(scope="module")
def split():
    labs = [lab("a", 0, FRAMES), lab("a", 1, FRAMES), lab("b", 2, -FRAMES), lab("b", 3, -FRAMES)]
    return Split(name="clocks", source=tuple(labs))


@pytest.fixture(scope="module")
def fitted(split):
    method = SourceDelays()
    return method, fit(method, PROBLEM, split, CONFIG, seed=0)


def test_the_difference_between_the_clocks_is_found_for_each_output(fitted):
    delays = fitted[0].clock.delays().detach()
    assert torch.allclose(delays[0] - delays[1], torch.tensor(2 * FRAMES / 50), atol=0.04)


def test_delays_are_bounded_and_have_mean_0(fitted):
    delays = fitted[0].clock.delays().detach()
    assert torch.allclose(delays.mean(dim=0), torch.zeros(3), atol=1e-6)
    assert delays.abs().max() <= 0.15


def test_a_new_lab_on_the_mean_clock_is_predicted_better_than_without_delays(fitted, split):
    target = lab("c", 9, 0)
    plain = fit(SourceOnly(), PROBLEM, split, CONFIG, seed=0)
    missed = {}
    for name, predictor in (("delays", fitted[1]), ("plain", plain)):
        values, names = predictor.predict_recording(target)
        columns = [target.activation_names.index(n) for n in names]
        missed[name] = 1 - metrics.r(values, target.activation[:, columns], 50.0).mean()
    assert missed["delays"] < 0.5 * missed["plain"]


def test_three_clocks_stay_within_150_ms_and_a_lone_laboratory_has_none():
    clock = Clock(torch.tensor([[True, True], [True, False], [True, False], [True, False]]))
    with torch.no_grad():
        clock.raw[:, 0] = torch.tensor([9.0, -9.0, -9.0, -9.0])
        clock.raw[:, 1] = 9.0
    delays = clock.delays().detach()
    assert delays[:, 0].abs().max() <= 0.15
    assert torch.equal(delays[:, 1], torch.zeros(4))
