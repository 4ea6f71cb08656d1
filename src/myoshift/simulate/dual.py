"""Semismooth Newton on the dual of static optimisation, a column for each frame.

With the price `lambda` of each moment, every muscle decides alone: `z = A' lambda`, and its activation minimises
`c a^p - z a` between its bounds. What is left are as many unknowns as there are moments, and a convex function of
them whose gradient is the imbalance of the moments. Semismooth Newton: Qi & Sun 1993, Math Program 58:353.

Tensors here have the frames last, so that a moment or a muscle is a run of memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-12}
"""Largest imbalance of a solved frame, relative to one plus its largest moment."""
STEPS = 40
BISECTIONS = 30
ACCEPTED = 0.1
"""Part of the initial slope that a full step may leave."""
FARTHEST = 16.0
"""How many times a step may be lengthened."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dual:
    """Frames to solve.

    Parameters
    ----------
    arms : (d, m, B) moments of each muscle at full activation
    moments : (d, B) to be balanced
    exponent : p, more than 1
    weights, low, high : c and the bounds of activation, (m, B) or (m, 1)
    slack : w ** 2 / 2, what a price of one buys of reserve
    """

    arms: Tensor
    moments: Tensor
    exponent: float
    weights: Tensor
    low: Tensor
    high: Tensor
    slack: float

    def pull(self, prices: Tensor) -> Tensor:
        """What a unit of activation is worth: `A' lambda`, (m, B)."""
        return (self.arms * prices.unsqueeze(1)).sum(dim=0)

    def activation(self, worth: Tensor) -> Tensor:
        """The best activation of each muscle at this worth, (m, B)."""
        ratio = worth / (self.exponent * self.weights)
        if self.exponent != 2:
            ratio = ratio.clamp(min=0).pow(1 / (self.exponent - 1))
        return torch.minimum(torch.maximum(ratio, self.low), self.high)

    def imbalance(self, prices: Tensor, activation: Tensor) -> Tensor:
        """Gradient of the dual: moments given less moments asked for, (d, B)."""
        return (self.arms * activation).sum(dim=1) + self.slack * prices - self.moments

    def softness(self, worth: Tensor, activation: Tensor) -> Tensor:
        """Derivative of activation by worth, (m, B): 0 at a bound."""
        inside = (activation > self.low) & (activation < self.high)
        if self.exponent == 2:
            return inside / (2 * self.weights)
        return torch.where(inside, activation / ((self.exponent - 1) * worth), 0)

    def curvature(self, softness: Tensor) -> Tensor:
        """Hessian of the dual: `A D A' + slack`, (d, d, B); its upper half is left alone."""
        count = len(self.arms)
        out = self.arms.new_empty(count, count, self.arms.shape[2])
        soft = self.arms * softness
        for row in range(count):
            out[row:, row] = (soft[row] * self.arms[row:]).sum(dim=1)
            out[row, row] += self.slack
        return out

    def take(self, columns: Tensor) -> Dual:
        """Only these frames."""

        def some(values: Tensor) -> Tensor:
            return values if values.shape[-1] == 1 else values.index_select(-1, columns)

        return Dual(
            arms=self.arms.index_select(-1, columns),
            moments=self.moments.index_select(-1, columns),
            exponent=self.exponent,
            weights=some(self.weights),
            low=some(self.low),
            high=some(self.high),
            slack=self.slack,
        )

    def double(self) -> Dual:
        """The same frames in float64."""
        return Dual(
            arms=self.arms.double(),
            moments=self.moments.double(),
            exponent=self.exponent,
            weights=self.weights.double(),
            low=self.low.double(),
            high=self.high.double(),
            slack=self.slack,
        )


def solve(dual: Dual, tolerance: float) -> tuple[Tensor, Tensor, Tensor]:
    """Prices (d, B) at which the moments balance, the steps each frame took (B,), and the imbalance left (B,).

    The imbalance is relative to one plus the largest moment, at the prices returned. A frame that is solved is left
    alone while its neighbours go on, so that it does not matter in whose company it is solved.
    """
    prices = _first(dual)
    steps = torch.zeros_like(dual.moments[0], dtype=torch.long)
    left = torch.full_like(dual.moments[0], torch.inf)
    open_, here, scale = torch.arange(len(left), device=left.device), dual, 1 + dual.moments.abs().amax(dim=0)
    now = prices.clone()
    for step in range(STEPS + 1):
        worth = here.pull(now)
        activation = here.activation(worth)
        slope = here.imbalance(now, activation)
        residual = slope.abs().amax(dim=0) / scale
        left[open_], prices[:, open_] = residual, now
        undone = (residual > tolerance).nonzero().squeeze(1)
        if not len(undone) or step == STEPS:
            break
        if len(undone) < len(open_):
            open_, scale, here = open_[undone], scale[undone], here.take(undone)
            now, worth, activation, slope = (x.index_select(-1, undone) for x in (now, worth, activation, slope))
        steps[open_] += 1
        move = -_divide(here.curvature(here.softness(worth, activation)), slope)
        now = now + _length(here, now, worth, move, slope) * move
    return prices, steps, left


def _first(dual: Dual) -> Tensor:
    """Prices at which the moments would balance if no muscle had a bound and all were quadratic."""
    softness = (1 / (2 * dual.weights)).expand(dual.arms.shape[1:])
    return _divide(dual.curvature(softness), dual.moments)


def _length(dual: Dual, prices: Tensor, worth: Tensor, move: Tensor, slope: Tensor) -> Tensor:
    """How far to go along a step, (B,): where the slope of the dual along it vanishes.

    Only slopes are compared, never values: near the solution values differ by less than their rounding.
    """
    change = dual.pull(move)
    straight = ((dual.slack * prices - dual.moments) * move).sum(dim=0)
    bend = dual.slack * move.square().sum(dim=0)

    def along(length: Tensor) -> Tensor:
        return (change * dual.activation(worth + length * change)).sum(dim=0) + straight + length * bend

    one = torch.ones_like(bend)
    full = along(one)
    good = full.abs() <= ACCEPTED * (slope * move).sum(dim=0).abs()
    if bool(good.all()):
        return one
    short = full > 0
    near, far = torch.where(short, 0.0, one), torch.where(short, one, FARTHEST)
    for _ in range(BISECTIONS):
        middle = (near + far) / 2
        up = along(middle) > 0
        near, far = torch.where(up, near, middle), torch.where(up, middle, far)
    return torch.where(good, one, (near + far) / 2)


def _divide(matrix: Tensor, vector: Tensor) -> Tensor:
    """Solve positive definite systems by Cholesky, (d, d, B) and (d, B); a pivot lost to rounding is held up."""
    count, least = len(matrix), torch.finfo(matrix.dtype).tiny
    factor, out = matrix.clone(), vector.clone()
    for row in range(count):
        pivot = factor[row, row].clamp(min=least).rsqrt()
        factor[row:, row] *= pivot
        out[row] *= pivot
        below = factor[row + 1 :, row]
        factor[row + 1 :, row + 1 :] -= below.unsqueeze(1) * below
        out[row + 1 :] -= below * out[row]
        factor[row, row] = pivot
    for row in reversed(range(count)):
        out[row] *= factor[row, row]
        out[:row] -= factor[row, :row] * out[row]
    return out
