"""Force curves of the families of muscles beside the default one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.physiology import curves
from myoshift.physiology.curves import DeGrooteFregly, Millard, Thelen
from myoshift.physiology.muscle import Muscles, active_force

LENGTHS = torch.linspace(0.3, 1.88, 300, dtype=torch.float64)
SPEEDS = torch.linspace(-1.0, 1.0, 301, dtype=torch.float64)
FAMILIES = [Millard(shortest=0.25, shoulder=0.77, longest=1.9, shallow=0.75), Thelen(), DeGrooteFregly()]


@pytest.mark.parametrize("fibre", FAMILIES, ids=lambda fibre: type(fibre).__name__)
def test_every_family_gives_its_force_at_the_optimum_and_at_rest(fibre):
    one, still = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    assert float(curves.active_length(fibre)(one)) == pytest.approx(1, abs=0.02)
    assert float(curves.velocity(fibre)(still)) == pytest.approx(1, abs=0.02)
    assert float(curves.velocity(fibre)(-one)) == pytest.approx(0, abs=0.02)
    assert bool((curves.velocity(fibre)(SPEEDS).diff() >= -1e-12).all())


def test_the_ends_of_millards_curve_can_be_moved():
    opensim = pytest.importorskip("opensim")
    theirs = opensim.ActiveForceLengthCurve(0.25, 0.77, 1.9, 0.75, 0.0)
    expected = torch.tensor([theirs.calcValue(float(x)) for x in LENGTHS], dtype=torch.float64)
    torch.testing.assert_close(curves.active_length(FAMILIES[0])(LENGTHS), expected, atol=2e-5, rtol=0)


def test_thelens_velocity_is_that_of_his_equation():
    """V = (F - 1) / b, b = 1 + F / Af when shortening, (2 + 2 / Af)(Fm - F) / (Fm - 1) when lengthening."""
    fibre = Thelen(width=0.5, curvature=0.3, most=1.8)
    force = curves.velocity(fibre)(SPEEDS)
    shorter, longer = 1 + force / 0.3, (2 + 2 / 0.3) * (1.8 - force) / 0.8
    torch.testing.assert_close((force - 1) / torch.where(SPEEDS < 0, shorter, longer), SPEEDS, atol=1e-5, rtol=0)
    bell = curves.active_length(fibre)(torch.tensor([1.5], dtype=torch.float64))
    assert float(bell) == pytest.approx(np.exp(-0.25 / 0.5), abs=1e-6)


@pytest.mark.parametrize("width", [1.0, 1.5])
def test_de_groote_and_fregly_are_those_of_opensim(width):
    opensim = pytest.importorskip("opensim")
    muscle = opensim.DeGrooteFregly2016Muscle()
    muscle.set_active_force_width_scale(width)
    expected = torch.tensor([muscle.calcActiveForceLengthMultiplier(float(x)) for x in LENGTHS], dtype=torch.float64)
    torch.testing.assert_close(curves.active_length(DeGrooteFregly(width))(LENGTHS), expected, atol=2e-5, rtol=0)
    expected = torch.tensor([muscle.calcForceVelocityMultiplier(float(x)) for x in SPEEDS], dtype=torch.float64)
    torch.testing.assert_close(curves.velocity(DeGrooteFregly())(SPEEDS), expected.clamp(min=0), atol=2e-5, rtol=0)


def test_a_muscle_keeps_its_family_in_single_precision():
    values = {name: torch.full((1,), 0.1, dtype=torch.float64) for name in ("optimal_length", "pennation")}
    values |= {name: torch.full((1,), 0.02, dtype=torch.float64) for name in ("tendon_slack", "minimum_length")}
    values |= {"maximum_force": torch.full((1,), 1000.0), "maximum_velocity": torch.full((1,), 10.0)}
    length, still = torch.full((1, 1), 0.16), torch.zeros(1, 1)
    found = [float(active_force(Muscles(**values, fibre=fibre), length, still)) for fibre in FAMILIES]
    assert len({round(force) for force in found}) == 3
