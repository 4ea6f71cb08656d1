import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment

from myoshift.losses import sinkhorn, sliced_wasserstein, transport
from myoshift.losses.transport import costs, potentials, regularisation
from myoshift.testing.losses import shifted


def doubles(*shape, seed):
    return tuple(each.double() for each in shifted(*shape, seed=seed))


def test_in_one_dimension_sliced_is_the_sorted_difference():
    source, target = doubles(30, 30, 1, seed=0)
    expected = (source.sort(dim=0).values - target.sort(dim=0).values).square().mean()
    assert torch.allclose(sliced_wasserstein(source, target), expected)


def test_a_shift_counts_its_square_over_the_features():
    torch.manual_seed(0)
    source = torch.randn(200, 6)
    shift = torch.tensor([3.0, 0, 0, 0, 0, 0])
    values = torch.stack([sliced_wasserstein(source, source + shift) for _ in range(30)])
    assert values.mean() == pytest.approx(9 / 6, rel=0.05)
    assert sinkhorn(source, source + shift) == pytest.approx(9 / 6, rel=0.02)


def test_samples_of_unequal_size_are_compared_at_their_quantiles():
    source = torch.arange(64.0)[:, None]
    halved = (source[::2] + source[1::2]) / 2
    assert sliced_wasserstein(source, halved) < 1e-2
    assert sliced_wasserstein(halved, source) < 1e-2


def test_a_plan_has_uniform_marginals_and_is_the_one_of_pot():
    ot = pytest.importorskip("ot")
    source, target = doubles(20, 14, 4, seed=1)
    cost = costs(source, target)
    level = regularisation(cost)
    f, g = potentials(cost, level)
    plan = ((f[:, None] + g - cost) / level).exp() / cost.numel()
    assert torch.allclose(plan.sum(dim=1), torch.full((20,), 1 / 20).double(), atol=1e-7)
    assert torch.allclose(plan.sum(dim=0), torch.full((14,), 1 / 14).double(), atol=1e-7)
    expected = ot.sinkhorn([], [], cost.numpy(), float(level), method="sinkhorn_log", numItermax=5000, stopThr=1e-12)
    np.testing.assert_allclose(plan.numpy(), expected, rtol=1e-4, atol=1e-9)


def test_the_divergence_is_that_of_pot():
    ot = pytest.importorskip("ot")
    source, target = doubles(20, 14, 4, seed=2)
    level = float(regularisation(costs(source, target)))

    def entropic(x, y):
        cost = costs(x, y).numpy()
        plan = ot.sinkhorn([], [], cost, level, method="sinkhorn_log", numItermax=5000, stopThr=1e-12)
        return (plan * cost).sum() + level * (plan * np.log(plan * plan.size)).sum()

    expected = entropic(source, target) - (entropic(source, source) + entropic(target, target)) / 2
    assert float(sinkhorn(source, target)) == pytest.approx(expected, rel=1e-6)


def test_the_gradient_at_fixed_potentials_is_the_whole_gradient():
    """Central differences of the value, solved anew at each end, at the regularisation of the middle."""
    source, target = doubles(10, 8, 3, seed=3)
    level = regularisation(costs(source, target))
    along = torch.randn(10, 3, generator=torch.Generator().manual_seed(0)).double()

    def value(x):
        cost = costs(x, target)
        between = transport._dual(cost, *potentials(cost, level, 1e-12), level)
        return between - transport._alone(costs(x, x), level) / 2

    x = source.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(value(x), x)
    measured = (value(source + 1e-5 * along) - value(source - 1e-5 * along)) / 2e-5
    assert float((gradient * along).sum()) == pytest.approx(float(measured), rel=1e-6)


def test_far_outliers_and_single_precision_leave_it_finite_and_near_the_exact_cost():
    source, target = shifted(40, 40, 3, seed=4)
    target[0] += 1e3
    value = sinkhorn(source, target)
    assert value.isfinite()
    cost = costs(source, target).numpy()
    exact = cost[linear_sum_assignment(cost)].mean()
    assert float(value) == pytest.approx(exact, rel=0.05)
