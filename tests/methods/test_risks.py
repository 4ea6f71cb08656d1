"""Toys in which what IRM, V-REx and GroupDRO find can be worked out."""

import pytest
import torch

from conftest import make_walk
from myoshift.methods.group_dro import GroupDro
from myoshift.methods.irm import Irm
from myoshift.methods.vrex import Vrex
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Pool, Windows

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior",), 50.0)


def begun(method):
    source = [make_walk(subject=f"s{i}", institution=f"lab-{i}", seconds=2) for i in range(2)]
    method.modules(TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0), Pool(PROBLEM.legs(source)))
    return method


def told(activation):
    """Windows (2, T, 1) of two institutions, with nothing but activation."""
    none, number = torch.zeros(2, activation.shape[1], 3), torch.arange(2)
    return Windows(none, none[:, :2], activation, number, number, number, none[:, :3])


def descend(method, predict, parameters, source, steps=500, optimiser=torch.optim.Adam):
    """Down the method's terms at the end of a training; the parameters found."""
    optimiser = optimiser([parameters], lr=2e-2)
    for _ in range(steps):
        optimiser.zero_grad()
        sum(method.apart(predict(parameters), source, 1.0).values()).backward()
        optimiser.step()
    return parameters.detach()


def unequal():
    """Activation 0 in one institution, 0.5 or 1.5 in the other: risks c^2 and (c - 1)^2 + 0.25 of a constant c."""
    return told(torch.stack([torch.zeros(100, 1), torch.tensor([0.5, 1.5]).repeat(50)[:, None]]))


def constant(method, **how):
    start = torch.nn.Parameter(torch.tensor(0.2))
    return float(descend(begun(method), lambda c: c.expand(2, 100, 1), start, unequal(), **how))


def test_risks_alone_meet_in_the_middle():
    assert constant(Vrex(weight=0.0)) == pytest.approx(0.5, abs=0.01)


def test_vrex_makes_the_risks_equal():
    assert constant(Vrex(weight=1e3)) == pytest.approx(0.625, abs=0.01)


def test_group_dro_makes_the_largest_risk_small():
    assert constant(GroupDro(step=0.05), optimiser=torch.optim.SGD) == pytest.approx(0.625, abs=0.02)


def test_irm_leaves_out_what_predicts_differently_in_each_institution():
    """X1 causes Y, Y causes X2 (section 2 of the paper): least squares use X2, invariance asks for X1 alone."""
    generator = torch.Generator().manual_seed(0)
    spread = torch.tensor([0.3, 1.5]).reshape(2, 1, 1)
    noise = torch.randn(3, 2, 1000, 1, generator=generator)
    cause = spread * noise[0]
    effect = cause + spread * noise[1]
    seen = torch.cat([cause, effect + 0.5 * noise[2]], dim=-1)

    def found(weight):
        method, start = begun(Irm(weight=weight)), torch.nn.Parameter(torch.tensor([0.5, 0.5]))
        return descend(method, lambda w: (seen @ w)[..., None], start, told(effect))

    plain, invariant = found(0.0), found(1e4)
    assert plain[1] > 0.7
    assert invariant[1].abs() < 0.5 * plain[1]


@pytest.mark.parametrize("method", [Irm(weight=50.0), Vrex(weight=50.0)])
def test_the_weight_is_1_until_the_start(method):
    source = unequal()
    terms = {p: begun(method).apart(torch.full((2, 100, 1), 0.3), source, p)[method.name] for p in (0.1, 0.2)}
    assert float(terms[0.2]) == pytest.approx(50 * float(terms[0.1]))
    assert terms[0.1] > 0


def test_group_weights_are_equal_until_the_start():
    method = begun(GroupDro(step=0.1))
    predicted = torch.full((2, 100, 1), 0.3)
    task = method.apart(predicted, unequal(), 0.1)["task"]
    assert method.weights.tolist() == [0.5, 0.5]
    assert float(task) == pytest.approx(0.5 * (0.09 + 0.49 + 0.25), rel=1e-4)
    later = method.apart(predicted, unequal(), 0.3)["task"]
    assert method.weights[1] > method.weights[0]
    assert later > task
