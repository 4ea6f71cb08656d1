from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.physiology import curves
from myoshift.physiology.curves import DeGrooteFregly, Millard, Thelen

LENGTHS = torch.linspace(0.3, 1.88, 300, dtype=torch.float64)
SPEEDS = torch.linspace(-1.2, 1.2, 300, dtype=torch.float64)
PACES = torch.linspace(-1.0, 1.0, 301, dtype=torch.float64)
FAMILIES = [Millard(shortest=0.25, shoulder=0.77, longest=1.9, shallow=0.75), Thelen(), DeGrooteFregly()]


def test_they_pass_the_points_that_define_them():
    at = torch.tensor([0.4441, 1.0, 1.8123], dtype=torch.float64)
    torch.testing.assert_close(curves.active_length()(at), torch.tensor([0.0, 1.0, 0.0]).double(), atol=2e-4, rtol=0)
    at = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    torch.testing.assert_close(curves.velocity()(at), torch.tensor([0.0, 1.0, 1.4]).double(), atol=2e-3, rtol=0)
    at = torch.tensor([0.9, 1.7, 1.8], dtype=torch.float64)
    expected = torch.tensor([0.0, 1.0, 1.0 + 0.1 * 2 / 0.7]).double()
    torch.testing.assert_close(curves.passive_length()(at), expected, atol=1e-6, rtol=0)


def test_force_grows_with_speed_and_falls_when_far_from_the_optimum():
    assert bool((curves.velocity()(SPEEDS).diff() >= 0).all())
    force = curves.active_length()(LENGTHS)
    assert float(LENGTHS[force.argmax()]) == pytest.approx(1.0, abs=0.05)
    assert bool((force <= 1).all())
    assert bool((force >= 0).all())


def test_single_precision_and_gradients():
    at = torch.tensor([0.8], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(curves.active_length()(at).sum(), at)
    both = curves.active_length()(torch.tensor([0.7995, 0.8005], dtype=torch.float64))
    assert float(gradient) == pytest.approx(float(both.diff()) / 0.001, abs=0.02)
    assert curves.active_length()(at.detach().float()).dtype == torch.float32


@pytest.mark.parametrize("name", ["active_length", "velocity", "passive_length"])
def test_they_are_those_of_opensim(name):
    opensim = pytest.importorskip("opensim")
    theirs = {
        "active_length": opensim.ActiveForceLengthCurve,
        "velocity": opensim.ForceVelocityCurve,
        "passive_length": opensim.FiberForceLengthCurve,
    }[name]()
    if name == "active_length":
        theirs.setMinValue(0.0)
    at = SPEEDS if name == "velocity" else LENGTHS
    expected = torch.tensor([theirs.calcValue(float(x)) for x in at], dtype=torch.float64)
    torch.testing.assert_close(getattr(curves, name)()(at), expected, atol=2e-5, rtol=0)


@pytest.mark.parametrize("fibre", FAMILIES, ids=lambda fibre: type(fibre).__name__)
def test_every_family_gives_its_force_at_the_optimum_and_at_rest(fibre):
    one, still = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    assert float(curves.active_length(fibre)(one)) == pytest.approx(1, abs=0.02)
    assert float(curves.velocity(fibre)(still)) == pytest.approx(1, abs=0.02)
    assert float(curves.velocity(fibre)(-one)) == pytest.approx(0, abs=0.02)
    assert bool((curves.velocity(fibre)(PACES).diff() >= -1e-12).all())


def test_the_ends_of_millards_curve_can_be_moved():
    opensim = pytest.importorskip("opensim")
    theirs = opensim.ActiveForceLengthCurve(0.25, 0.77, 1.9, 0.75, 0.0)
    expected = torch.tensor([theirs.calcValue(float(x)) for x in LENGTHS], dtype=torch.float64)
    torch.testing.assert_close(curves.active_length(FAMILIES[0])(LENGTHS), expected, atol=2e-5, rtol=0)


def test_thelens_velocity_is_that_of_his_equation():
    """V = (F - 1) / b, b = 1 + F / Af when shortening, (2 + 2 / Af)(Fm - F) / (Fm - 1) when lengthening."""
    fibre = Thelen(width=0.5, curvature=0.3, most=1.8)
    force = curves.velocity(fibre)(PACES)
    shorter, longer = 1 + force / 0.3, (2 + 2 / 0.3) * (1.8 - force) / 0.8
    torch.testing.assert_close((force - 1) / torch.where(PACES < 0, shorter, longer), PACES, atol=1e-5, rtol=0)
    bell = curves.active_length(fibre)(torch.tensor([1.5], dtype=torch.float64))
    assert float(bell) == pytest.approx(np.exp(-0.25 / 0.5), abs=1e-6)


@pytest.mark.parametrize("width", [1.0, 1.5])
def test_de_groote_and_fregly_are_those_of_opensim(width):
    opensim = pytest.importorskip("opensim")
    muscle = opensim.DeGrooteFregly2016Muscle()
    muscle.set_active_force_width_scale(width)
    expected = torch.tensor([muscle.calcActiveForceLengthMultiplier(float(x)) for x in LENGTHS], dtype=torch.float64)
    torch.testing.assert_close(curves.active_length(DeGrooteFregly(width))(LENGTHS), expected, atol=2e-5, rtol=0)
    expected = torch.tensor([muscle.calcForceVelocityMultiplier(float(x)) for x in PACES], dtype=torch.float64)
    torch.testing.assert_close(curves.velocity(DeGrooteFregly())(PACES), expected.clamp(min=0), atol=2e-5, rtol=0)
