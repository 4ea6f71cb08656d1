from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from myoshift import anatomy
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.physiology import advance
from myoshift.simulate import engine
from myoshift.simulate.engine import Objective
from myoshift.simulate.identify import identify
from myoshift.simulate.movements import Movement
from myoshift.simulate.objective import Evidence
from myoshift.simulate.static import solve_static
from myoshift.simulate.table import load

SITES = ("soleus", "vastus_lateralis", "tibialis_anterior")


@pytest.fixture(scope="module")
def task():
    motion = Movement.draw(np.random.default_rng(0), "walk", height=1.70).motion(3.0, 50.0)
    found = engine.demands(load(), motion)[0]["r"]
    return found.arms.double(), found.moments.double()


def seen(task, *, strength=1.0, delay=0.04, gains=(1.0, 1.0, 1.0), baselines=(0.0, 0.0, 0.0)):
    arms, moments = task
    activation = solve_static(arms * strength, moments).activation @ torch.from_numpy(anatomy.montage(SITES)).T
    shown = advance(activation[None], torch.full((1, 3), delay, dtype=torch.float64), 50.0)[0]
    envelopes = torch.tensor(gains) * shown + torch.tensor(baselines)
    return Evidence(arms=arms, moments=moments, envelopes=envelopes, sites=SITES, rate=50.0, institution="somewhere")


def by_name(found):
    return {parameter.name: parameter for parameter in found}


def test_delay_gain_and_baseline_are_found(task):
    leg = seen(task, delay=0.08, gains=(2.0, 1.0, 1.5), baselines=(0.0, 0.05, 0.0))
    found = by_name(identify([leg], noise=0.01))
    assert found["delay"].value == pytest.approx(0.08, abs=0.005)
    assert found["delay"].identifiable
    ratio = found["log_gain_soleus"].value - found["log_gain_vastus_lateralis"].value
    assert np.exp(ratio) == pytest.approx(2.0, rel=0.1)
    assert found["baseline_vastus_lateralis"].value == pytest.approx(0.05, abs=0.02)


def test_strength_is_found_within_its_spread_and_its_product_with_the_gain_better(task):
    found = by_name(identify([seen(task, strength=0.8)]))
    strength = found["log_strength"]
    assert abs(strength.value - np.log(0.8)) < 2 * strength.sd
    product = found["log_gain_soleus"].value - found["log_strength"].value
    assert product == pytest.approx(-np.log(0.8), abs=0.1)


def test_what_nobody_measured_keeps_its_prior(task):
    leg = seen(task)
    gone = torch.where(torch.arange(3) == 1, torch.nan, leg.envelopes)
    found = by_name(identify([replace(leg, envelopes=gone)]))
    assert not found["log_gain_vastus_lateralis"].identifiable
    assert found["log_gain_vastus_lateralis"].value == pytest.approx(0.0, abs=1e-3)
    assert found["log_gain_vastus_lateralis"].sd == pytest.approx(0.5, rel=0.01)


def test_more_seconds_narrow_the_delay(task):
    leg = seen(task)
    half = replace(leg, arms=leg.arms[:75], moments=leg.moments[:75], envelopes=leg.envelopes[:75])
    assert by_name(identify([leg]))["delay"].sd < by_name(identify([half]))["delay"].sd


def test_the_same_evidence_gives_the_same_and_the_objective_is_heard(task):
    leg = seen(task)
    assert identify([leg]) == identify([leg])
    assert identify([leg]) != identify([leg], objective=Objective(exponent=3.0))


def test_without_emg_there_is_nobody_to_identify(task):
    leg = seen(task)
    with pytest.raises(DataRefused, match="no envelope"):
        identify([replace(leg, envelopes=torch.full_like(leg.envelopes, torch.nan))])
    with pytest.raises(DataRefused, match="no envelope"):
        identify([])
    with pytest.raises(UnknownNameError):
        identify([replace(leg, sites=("soleus", "vastus_lateralis", "nowhere"))])
