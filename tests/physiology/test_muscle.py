from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.physiology.curves import DeGrooteFregly, Millard, Thelen
from myoshift.physiology.muscle import Muscles, active_force, passive_force


def muscles(**changes: float) -> Muscles:
    values = {
        "maximum_force": 1000.0,
        "optimal_length": 0.1,
        "tendon_slack": 0.2,
        "pennation": 0.0,
        "maximum_velocity": 10.0,
        "minimum_length": 0.0444,
    } | changes
    return Muscles(**{name: torch.tensor([value], dtype=torch.float64) for name, value in values.items()})


def force(own: Muscles, length: float, speed: float = 0.0, **options: bool) -> float:
    at = torch.tensor([[length]], dtype=torch.float64)
    return float(active_force(own, at, torch.full_like(at, speed), **options))


def test_a_muscle_at_its_optimum_gives_its_maximum_force():
    assert force(muscles(), 0.3) == pytest.approx(1000.0, rel=1e-4)


def test_pennation_projects_the_force():
    own = muscles(pennation=0.5)
    assert force(own, 0.2 + 0.1 * np.cos(0.5)) == pytest.approx(1000.0 * np.cos(0.5), rel=1e-4)
    assert force(own, 0.2 + 0.1 * np.cos(0.5), opensim_pennation=True) > 1000.0 * np.cos(0.5)


def test_shortening_weakens_and_lengthening_strengthens():
    own = muscles()
    assert force(own, 0.3, -0.5) < force(own, 0.3) < force(own, 0.3, 0.5)
    assert force(own, 0.3, -1.0) == pytest.approx(0.0, abs=1e-6)
    assert force(own, 0.3, 2.0) == pytest.approx(1400.0, rel=1e-4)


def test_a_fibre_that_is_too_short_or_too_long_gives_nothing():
    assert force(muscles(), 0.24) == 0.0
    assert force(muscles(), 0.1) == 0.0


def test_passive_force_needs_a_stretch():
    at = torch.tensor([[0.3], [0.37]], dtype=torch.float64)
    slack, tight = passive_force(muscles(), at)[:, 0].tolist()
    assert slack == pytest.approx(0.0, abs=1e-9)
    assert tight == pytest.approx(1000.0, rel=1e-4)


def test_single_precision_stays_single_and_gradients_are_right():
    own = muscles(pennation=0.3)
    at = torch.tensor([[0.31]], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(active_force(own, at, torch.zeros_like(at)).sum(), at)
    assert float(gradient) == pytest.approx((force(own, 0.311) - force(own, 0.309)) / 0.002, rel=0.1)
    assert active_force(own, at.detach().float(), torch.zeros(1, 1)).dtype == torch.float32


def test_a_muscle_keeps_its_family_in_single_precision():
    values = {name: torch.full((1,), 0.1, dtype=torch.float64) for name in ("optimal_length", "pennation")}
    values |= {name: torch.full((1,), 0.02, dtype=torch.float64) for name in ("tendon_slack", "minimum_length")}
    values |= {"maximum_force": torch.full((1,), 1000.0), "maximum_velocity": torch.full((1,), 10.0)}
    length, still = torch.full((1, 1), 0.16), torch.zeros(1, 1)
    found = [
        float(active_force(Muscles(**values, fibre=fibre), length, still))
        for fibre in (Millard(), Thelen(), DeGrooteFregly())
    ]
    assert len({round(force) for force in found}) == 3
