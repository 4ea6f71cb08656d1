"""Every distance keeps its promises, and one that breaks a promise is caught."""

import pytest
import torch

from myoshift import losses
from myoshift.losses import coral, mmd
from myoshift.testing import ContractError, check_distance


@pytest.mark.parametrize("name", sorted(losses.DISTANCES))
def test_a_distance_keeps_its_promises(name):
    check_distance(name)


def constant(source, target):
    """A value without gradient, with a task's gradient beside it so that nobody sees."""
    with torch.no_grad():
        value = mmd(source, target)
    return value + 0.0 * (source.sum() + target.sum())


def half(source, target):
    """The source's part of the gradient is lost in one of two terms."""
    return coral(source, target) + (source.mean(dim=0).detach() - target.mean(dim=0)).square().sum()


def sums(source, target):
    """Scatter instead of covariance: grows with the number of rows."""
    s, t = (each - each.mean(dim=0) for each in (source, target))
    return (s.T @ s - t.T @ t).square().sum()


def rows(source, target):
    """Compares row by row."""
    n = min(len(source), len(target))
    return (source[:n] - target[:n]).square().mean() + (source.mean(dim=0) - target.mean(dim=0)).square().mean()


def root(source, target):
    """A distance instead of its square: its gradient is not finite at 0."""
    return coral(source, target).sqrt()


def away(source, target):
    """The wrong sign."""
    return 1 / (1 + coral(source, target))


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (constant, "the gradient is not zero"),
        (half, "equals central differences"),
        (sums, "the same for 512 rows and a quarter"),
        (rows, "the order of the rows does not matter"),
        (root, "finite for constant features"),
        (away, "equal samples are 0 apart"),
    ],
)
def test_a_distance_that_breaks_a_promise_is_caught(monkeypatch, broken, promise):
    monkeypatch.setattr(losses, "DISTANCES", {"broken": broken})
    with pytest.raises(ContractError, match=f"broken.*{promise}"):
        check_distance("broken")


def test_a_bias_is_caught(monkeypatch):
    monkeypatch.setattr(losses, "DISTANCES", {"broken": lambda s, t: mmd(s, t) + 6 / len(s)})
    monkeypatch.setattr(losses, "UNBIASED", {"broken"})
    with pytest.raises(ContractError, match="broken: 0 in expectation"):
        check_distance("broken")
