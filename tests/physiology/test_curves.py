from __future__ import annotations

import pytest
import torch

from myoshift.physiology import curves

LENGTHS = torch.linspace(0.3, 1.88, 300, dtype=torch.float64)
SPEEDS = torch.linspace(-1.2, 1.2, 300, dtype=torch.float64)


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
