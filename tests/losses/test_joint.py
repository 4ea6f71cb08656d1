import sys

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment

from myoshift.errors import ConfigError
from myoshift.losses import joint_transport
from myoshift.losses.joint import entropic_plan, exact_plan, label_costs
from myoshift.testing.losses import shifted


def labels(n, m, outputs=3, seed=0):
    random = torch.Generator().manual_seed(seed)
    return torch.rand(n, outputs, generator=random), torch.rand(m, outputs, generator=random)


def test_labels_cost_their_mean_square_where_measured():
    measured, predicted = labels(5, 4)
    measured[1, 0] = measured[2] = torch.nan
    expected = (measured[:, None] - predicted).square().nanmean(dim=2).nan_to_num(0.0)
    assert torch.allclose(label_costs(measured, predicted), expected, atol=1e-6)


def test_the_entropic_plan_is_near_the_exact_one():
    source, target = shifted(30, 30, 3, seed=0)
    cost = torch.cdist(source, target).square()
    best = float(cost[linear_sum_assignment(cost.numpy())].mean())
    assert float((entropic_plan(cost) * cost).sum()) == pytest.approx(best, rel=0.15)
    assert entropic_plan(cost).sum() == pytest.approx(1, rel=1e-3)


def test_the_exact_plan_is_the_best_assignment():
    pytest.importorskip("ot")
    source, target = shifted(20, 20, 3, seed=1)
    cost = torch.cdist(source, target).square()
    plan = np.zeros((20, 20))
    plan[linear_sum_assignment(cost.numpy())] = 1 / 20
    np.testing.assert_allclose(exact_plan(cost).numpy(), plan, atol=1e-9)


def test_without_pot_the_exact_plan_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ot", None)
    source, target = shifted(6, 6, 3, seed=2)
    with pytest.raises(ConfigError, match=r"exact plan needs POT.*myoshift\[ot\]"):
        joint_transport(source, target, *labels(6, 6), plan="exact")


def test_its_own_descent_gives_target_frames_the_activation_of_their_like():
    """Two movements with other activations; the target's frames are a little off, their predictions all alike."""
    random = torch.Generator().manual_seed(3)
    which = torch.arange(40) % 2
    source = which[:, None] * 4.0 + 0.1 * torch.randn(40, 2, generator=random)
    target = which[:, None] * 4.0 + 0.5 + 0.1 * torch.randn(40, 2, generator=random)
    measured = which[:, None].float()
    predicted = torch.full((40, 1), 0.5, requires_grad=True)
    optimiser = torch.optim.Adam([predicted], lr=0.05)
    for _ in range(60):
        optimiser.zero_grad()
        joint_transport(source, target, measured, predicted, features=1.0).backward()
        optimiser.step()
    assert (predicted.detach() - measured).abs().max() < 0.1


def test_missing_labels_give_no_gradient_and_no_nan():
    source, target = shifted(8, 8, 3, seed=4)
    measured, predicted = labels(8, 8)
    predicted.requires_grad_()
    measured[:, 1] = torch.nan
    joint_transport(source, target, measured, predicted).backward()
    assert torch.equal(predicted.grad[:, 1], torch.zeros(8))
    assert (predicted.grad[:, 0] != 0).all()
