"""Adversaries: who sees from the features where they come from (Ganin et al. 2016, arXiv 1505.07818)."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN = 128
"""Width of a discriminator's two hidden layers."""
SMOOTHING = 0.1
"""Share of the label that is spread over all classes, so that a sure discriminator gives no extreme gradients."""
STEEPNESS = 10.0
"""Of the rise of the coefficient; the paper's gamma."""


class _Reversal(torch.autograd.Function):
    """Nothing on the way there, minus `coefficient` times the gradient on the way back."""

    reverses = True

    @staticmethod
    def forward(ctx: Any, values: Tensor, coefficient: float) -> Tensor:
        ctx.coefficient = coefficient
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None]:
        return -ctx.coefficient * gradients[0], None


def reverse(values: Tensor, coefficient: float) -> Tensor:
    """The same values, whose gradient is multiplied with `-coefficient`."""
    reversed_: Tensor = _Reversal.apply(values, coefficient)  # type: ignore[no-untyped-call]
    return reversed_


def coefficient(progress: float) -> float:
    """2 / (1 + exp(-10 p)) - 1: from 0 at the start of a training (p = 0) to nearly 1."""
    return 2 / (1 + math.exp(-STEEPNESS * progress)) - 1


def standardised(values: Tensor) -> Tensor:
    """Columns of (n, D) with mean 0 and SD 1, by detached statistics; constant ones stay near 0."""
    fixed = values.detach()
    return (values - fixed.mean(dim=0)) / (fixed.std(dim=0, correction=0) + 1e-4)


def domain_cross_entropy(logits: Tensor, labels: Tensor, possible: Tensor | None = None) -> Tensor:
    """Cross-entropy with smoothed labels, averaged over the rows.

    Parameters
    ----------
    logits : (n, K)
    labels : (n,) from 0 to K - 1
    possible : (n, K) True where a class is possible at all, the label's among them; None for all of them

    Returns
    -------
    A scalar. A row with one possible class has the loss 0.
    """
    possible = torch.ones_like(logits, dtype=torch.bool) if possible is None else possible
    log = logits.masked_fill(~possible, -torch.inf).log_softmax(dim=1).masked_fill(~possible, 0.0)
    spread = possible.to(logits.dtype) / possible.sum(dim=1, keepdim=True)
    wanted = (1 - SMOOTHING) * functional.one_hot(labels, logits.shape[1]) + SMOOTHING * spread
    return -(wanted * log).sum(dim=1).mean()


def advantage(logits: Tensor, labels: Tensor, possible: Tensor | None = None) -> Tensor:
    """How much better than chance the classes are told apart: 0 by guessing, 1 without an error, a scalar.

    (accuracy - chance) / (1 - chance) over the rows with two possible classes or more; 0.1 for an accuracy of
    55 % among two classes. 0 where there is no such row.
    """
    possible = torch.ones_like(logits, dtype=torch.bool) if possible is None else possible
    right = (logits.masked_fill(~possible, -torch.inf).argmax(dim=1) == labels).to(logits.dtype)
    choices = possible.sum(dim=1)
    open_ = choices > 1
    beyond = (right - 1 / choices) * open_
    room = (1 - 1 / choices) * open_
    return beyond.sum() / room.sum() if open_.any() else room.sum()


class Discriminator(nn.Sequential):
    """Logits (n, K) of K domains for vectors (n, D): two hidden layers."""

    def __init__(self, width: int, classes: int) -> None:
        layers = [nn.Linear(width, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU()]
        super().__init__(*layers, nn.Linear(HIDDEN, classes))


class MultilinearMap(nn.Module):
    """Features and outputs in one vector, by fixed random projections (Long et al. 2018, arXiv 1705.10667).

    (R f) * (Q y) / sqrt(D), element by element, R (D, D) and Q (D, M) standard normal: inner products are in
    expectation those of the outer products of f and y.
    """

    first: Tensor
    second: Tensor

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("first", torch.randn(features, features))
        self.register_buffer("second", torch.randn(outputs, features))

    def forward(self, features: Tensor, outputs: Tensor) -> Tensor:
        """Vectors (n, D) of features (n, D) and outputs (n, M)."""
        return (features @ self.first) * (outputs @ self.second) / math.sqrt(features.shape[1])
