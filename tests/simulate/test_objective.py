"""An objective that is known is found again in the envelopes it made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from myoshift.errors import DataRefused, UnknownNameError
from myoshift.physiology import advance
from myoshift.simulate.engine import Objective
from myoshift.simulate.objective import Evidence, Learned, ObjectiveConfig, agreement, fit
from myoshift.simulate.static import solve_static

MUSCLES = ("tibant", "gasmed", "soleus", "vaslat", "vasmed", "recfem", "bflh", "semiten", "glmax1", "iliacus")
SITES = (
    "tibialis_anterior",
    "gastrocnemius_medialis",
    "soleus",
    "vastus_lateralis",
    "vastus_medialis",
    "rectus_femoris",
    "hamstrings_lateral",
    "hamstrings_medial",
)
ARMS = torch.tensor(
    [
        [0, 0, 0, 0, 0, 35, -45, -40, -50, 40],
        [0, -25, 0, 45, 40, 40, -30, -35, 0, 0],
        [30, -40, -50, 0, 0, 0, 0, 0, 0, 0],
    ],
    dtype=torch.float64,
)
RATE = 50.0
TRUE = Objective(exponent=2.0, weights=torch.tensor([1, 2.5, 0.4, 0.5, 2, 0.3, 3, 0.5, 1, 1], dtype=torch.float64))
DELAY = 0.06
QUICK = ObjectiveConfig(steps=120, legs=4, frames=300, rate=0.08)


def leg(seed, institution="a", seconds=6.0, delay=DELAY):
    """Smooth moments of a walk of its own, and the envelopes that the true objective gives, earlier by the delay."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    size, begin, beat = random.normal(0, 10, (3, 3)), random.uniform(0, 6, (3, 3)), np.arange(1, 4)[:, None]
    waves = size / beat * np.sin(2 * np.pi * beat * time[:, None, None] + begin)
    moments = torch.tensor(waves.sum(axis=1))
    arms = ARMS * (1 + 0.1 * torch.tensor(np.sin(2 * np.pi * time + seed)))[:, None, None]
    activation = solve_static(arms, moments, weights=TRUE.weights).activation
    shift = torch.full((1, len(MUSCLES)), delay, dtype=torch.float64)
    envelopes = advance(activation.unsqueeze(0), shift, RATE)[0, :, : len(SITES)]
    return Evidence(arms=arms, moments=moments, envelopes=envelopes, sites=SITES, rate=RATE, institution=institution)


PLAIN = Learned(objective=Objective(), delays={"a": DELAY}, losses=())


def mean(legs, learned):
    return float(torch.stack([agreement(one, learned, muscles=MUSCLES) for one in legs]).nanmean())


@pytest.fixture(scope="module")
def learned():
    return fit([leg(seed) for seed in range(4)], muscles=MUSCLES, config=QUICK)


def test_the_weights_that_made_the_envelopes_are_found(learned):
    seen = slice(len(SITES))
    found, true = learned.objective.weights.log()[seen], TRUE.weights.log()[seen]
    assert np.corrcoef(found, true)[0, 1] > 0.8


def test_what_was_learned_holds_for_new_recordings(learned):
    new = [leg(seed, "elsewhere") for seed in range(10, 13)]
    assert mean(new, learned) > mean(new, PLAIN) + 0.03
    assert mean(new, learned) > 0.97


def test_the_loss_falls_and_the_delay_is_found(learned):
    assert np.mean(learned.losses[-10:]) < np.mean(learned.losses[:10])
    assert learned.delays["a"] == pytest.approx(DELAY, abs=0.01)


def test_each_institution_has_its_delay():
    legs = [leg(0, "a", delay=0.02), leg(1, "b", delay=0.10)]
    found = fit(legs, muscles=MUSCLES, config=replace(QUICK, steps=60))
    assert found.delays["a"] < 0.04
    assert found.delays["b"] > 0.08


def test_a_strong_prior_leaves_plain_static_optimisation():
    found = fit([leg(0)], muscles=MUSCLES, config=replace(QUICK, steps=20, prior=1e3))
    assert found.objective.weights.log().abs().max() < 0.2
    assert found.objective.exponent == pytest.approx(2.0, abs=0.1)


def test_the_same_seed_gives_the_same_objective():
    legs, config = [leg(0), leg(1, "b")], replace(QUICK, steps=5)
    one, other = (fit(legs, muscles=MUSCLES, config=config, seed=3) for _ in range(2))
    assert torch.equal(one.objective.weights, other.objective.weights)
    assert one.losses == other.losses


def test_what_is_missing_has_no_say():
    whole = leg(0)
    envelopes, arms = whole.envelopes.clone(), whole.arms.clone()
    envelopes[:, 2], envelopes[40:60, 0], arms[7] = torch.nan, torch.nan, torch.nan
    found = fit([replace(whole, envelopes=envelopes, arms=arms)], muscles=MUSCLES, config=replace(QUICK, steps=10))
    assert found.objective.weights.isfinite().all()
    r = agreement(replace(whole, envelopes=envelopes, arms=arms), found, muscles=MUSCLES)
    assert r[2].isnan()
    assert r[torch.arange(len(SITES)) != 2].isfinite().all()


def test_a_leg_without_emg_changes_nothing():
    silent = replace(leg(0), envelopes=torch.full((300, len(SITES)), torch.nan, dtype=torch.float64))
    found = fit([silent], muscles=MUSCLES, config=replace(QUICK, steps=3))
    assert torch.equal(found.objective.weights, torch.ones(len(MUSCLES), dtype=torch.float64))


def test_what_does_not_belong_together_is_refused():
    one = leg(0)
    with pytest.raises(DataRefused, match="no evidence"):
        fit([], muscles=MUSCLES)
    with pytest.raises(DataRefused, match="envelopes"):
        fit([replace(one, envelopes=one.envelopes[:, 1:])], muscles=MUSCLES)
    with pytest.raises(DataRefused, match="arms"):
        fit([one])
    with pytest.raises(UnknownNameError):
        fit([replace(one, sites=("elbow", *SITES[1:]))], muscles=MUSCLES, config=replace(QUICK, steps=1))
