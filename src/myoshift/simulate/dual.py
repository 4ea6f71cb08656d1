"""Semismooth Newton on the dual of static optimisation, a column for each frame.

With the price `lambda` of each moment, every muscle decides alone: its activation minimises `c a^p - z a` between its
bounds, where `z = A' lambda` is what activation is worth. What is left are as many unknowns as there are moments, and
a convex function of them whose gradient is the imbalance of the moments (Qi & Sun 1993, Math Program 58:353).

Tensors here have the frames last, so that a moment or a muscle is a run of memory, and of the moment arms only the
muscles are kept that move a joint in some frame.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

AIM = {torch.float32: 5e-7, torch.float64: 1e-11}
"""The imbalance at which the steps end, relative to one plus the largest moment."""
ACCEPTED, EXACT = 0.3, 0.01
"""Part of the initial slope that a full step may leave, and one whose length was sought."""
TRIALS = 30
FARTHEST = 16.0
"""How many times a step may be lengthened."""
ROUNDING = {torch.float32: 1e-4, torch.float64: 1e-8}
"""Below this imbalance a step that does not halve it has met rounding."""


@dataclass(frozen=True, kw_only=True, eq=False)
class At:
    """The dual at prices (d, B): worth, wish and activation of the muscles (m, B), and its slope (d, B)."""

    prices: Tensor
    worth: Tensor
    wish: Tensor
    activation: Tensor
    slope: Tensor

    def take(self, columns: Tensor) -> At:
        """Only these frames."""
        return At(**{field.name: getattr(self, field.name).index_select(1, columns) for field in fields(self)})

    def put(self, columns: Tensor, other: At) -> None:
        """Overwrite these frames."""
        for field in fields(self):
            getattr(self, field.name).index_copy_(1, columns, getattr(other, field.name))


@dataclass(frozen=True, kw_only=True, eq=False)
class Dual:
    """B frames to solve, of d moments and m muscles.

    Parameters
    ----------
    arms : for each moment (n, B), what the muscles of its span give at full activation
    spans : for each moment the first muscle that moves it, and one past the last
    moments : (d, B) to be balanced
    exponent : p, more than 1
    rate : 1 / (p c), a number, (m, 1) or (m, B)
    low, high : bounds of activation, numbers, (m, 1) or (m, B)
    slack : w ** 2 / 2, what a price of one buys of reserve
    muscles : m
    """

    arms: tuple[Tensor, ...]
    spans: tuple[tuple[int, int], ...]
    moments: Tensor
    exponent: float
    rate: Tensor | float
    low: Tensor | float
    high: Tensor | float
    slack: float
    muscles: int

    def worth(self, prices: Tensor) -> Tensor:
        """What activation is worth, in units of its cost: `A' lambda / (p c)`, (m, B)."""
        out = prices.new_zeros(self.muscles, prices.shape[1])
        for arm, (start, stop), price in zip(self.arms, self.spans, prices, strict=True):
            out[start:stop].addcmul_(arm, price)
        return out.mul_(self.rate)

    def wish(self, worth: Tensor) -> Tensor:
        """The best activation of each muscle at this worth if it had no upper bound and no floor, (m, B)."""
        return worth if self.exponent == 2 else worth.clamp(min=0).pow_(1 / (self.exponent - 1))

    def bounded(self, wish: Tensor) -> Tensor:
        """Activation within its bounds, (m, B)."""
        if isinstance(self.low, float) and isinstance(self.high, float):
            return wish.clamp(self.low, self.high)
        low, high = (torch.as_tensor(x, dtype=wish.dtype, device=wish.device) for x in (self.low, self.high))
        return torch.minimum(torch.maximum(wish, low), high)

    def activation(self, worth: Tensor) -> Tensor:
        """The best activation of each muscle at this worth, (m, B)."""
        return self.bounded(self.wish(worth))

    def imbalance(self, prices: Tensor, activation: Tensor) -> Tensor:
        """Gradient of the dual: moments given less moments asked for, (d, B)."""
        out = torch.addcmul(-self.moments, prices, prices.new_tensor(self.slack))
        for row, arm, (start, stop) in zip(out, self.arms, self.spans, strict=True):
            row += (arm * activation[start:stop]).sum(dim=0)
        return out

    def at(self, prices: Tensor) -> At:
        """Everything at these prices."""
        worth = self.worth(prices)
        wish = self.wish(worth)
        activation = self.bounded(wish)
        slope = self.imbalance(prices, activation)
        return At(prices=prices, worth=worth, wish=wish, activation=activation, slope=slope)

    def softness(self, at: At) -> Tensor:
        """Derivative of activation by `A' lambda`, (m, B): 0 at a bound."""
        inside = (at.activation - at.wish).abs_().sign_().neg_().add_(1).mul_(self.rate)
        if self.exponent == 2:
            return inside
        number = torch.finfo(inside.dtype)
        slope = at.activation / at.worth.clamp(min=number.tiny).mul_(self.exponent - 1)
        return inside.mul_(slope.clamp_(max=number.eps**-2))

    def curvature(self, softness: Tensor) -> Tensor:
        """Hessian of the dual: `A D A' + slack`, (d, d, B); its upper half is left alone."""
        count, frames = self.moments.shape
        out = self.moments.new_zeros(count, count, frames)
        for i, (arm, (start, stop)) in enumerate(zip(self.arms, self.spans, strict=True)):
            soft = arm * softness[start:stop]
            for j in range(i, count):
                first, last = max(start, self.spans[j][0]), min(stop, self.spans[j][1])
                if first < last:
                    other = self.arms[j][first - self.spans[j][0] : last - self.spans[j][0]]
                    torch.sum(soft[first - start : last - start] * other, dim=0, out=out[j, i])
            out[i, i] += self.slack
        return out

    def take(self, columns: Tensor) -> Dual:
        """Only these frames."""

        def some(values: Tensor | float) -> Tensor | float:
            return values if isinstance(values, float) or values.shape[1] == 1 else values.index_select(1, columns)

        return replace(
            self,
            arms=tuple(arm.index_select(1, columns) for arm in self.arms),
            moments=self.moments.index_select(1, columns),
            rate=some(self.rate),
            low=some(self.low),
            high=some(self.high),
        )


def first(dual: Dual) -> Tensor:
    """Prices (d, B) at which the moments would balance if no muscle had a bound and all costs were quadratic."""
    rate = torch.as_tensor(dual.rate, dtype=dual.moments.dtype, device=dual.moments.device)
    return _divide(dual.curvature(rate.expand(dual.muscles, dual.moments.shape[1])), dual.moments, dual.slack)


def solve(dual: Dual, prices: Tensor, limit: int) -> tuple[Tensor, Tensor, Tensor]:
    """Prices (d, B) at which the moments balance, the steps each frame took (B,), and the imbalance left (B,).

    The imbalance is relative to one plus the largest moment, at the prices returned. A frame that is solved is left
    alone while its neighbours go on, so that it does not matter in whose company it is solved. A frame that takes
    more than `limit` steps, or that rounding keeps from the aim, is returned as far as it came.
    """
    aim, rounding = AIM[prices.dtype], ROUNDING[prices.dtype]
    best, steps, left = prices.clone(), torch.zeros_like(prices[0], dtype=torch.long), torch.zeros_like(prices[0])
    here, columns = dual, torch.arange(len(left), device=left.device)
    scale = 1 / (1 + dual.moments.abs().amax(dim=0))
    at = here.at(prices)
    residual = at.slope.abs().amax(dim=0) * scale
    going = residual > aim
    taken = torch.zeros_like(steps)
    for _ in range(limit):
        count = int(going.sum())
        if count == 0:
            break
        if 2 * count < len(columns):
            best[:, columns], left[columns], steps[columns] = at.prices, residual, taken
            keep = going.nonzero().squeeze(1)
            here, at, columns = here.take(keep), at.take(keep), columns[keep]
            scale, residual, taken, going = scale[keep], residual[keep], taken[keep], going[keep]
        move = _divide(here.curvature(here.softness(at)), -at.slope, here.slack).nan_to_num_(0, 0, 0) * going
        at = _step(here, at, move)
        taken += going
        before, residual = residual, at.slope.abs().amax(dim=0) * scale
        going &= residual > aim
        going &= (residual > rounding) | (residual < before / 2)
    best[:, columns], left[columns], steps[columns] = at.prices, residual, taken
    return best, steps, left


def _step(dual: Dual, at: At, move: Tensor) -> At:
    """Go along a step to where the slope of the dual nearly vanishes: mostly its end.

    Only slopes are compared, never values: near the solution values differ by less than their rounding.
    """
    end = dual.at(at.prices + move)
    begin, final = (at.slope * move).sum(dim=0), (end.slope * move).sum(dim=0)
    wrong = (~(final.abs() <= ACCEPTED * begin.abs())).nonzero().squeeze(1)
    if len(wrong):
        part, some = dual.take(wrong), at.take(wrong)
        length = _length(part, some, move[:, wrong], begin[wrong], final[wrong])
        end.put(wrong, part.at(some.prices + length.nan_to_num_(0, 0, 0) * move[:, wrong]))
    return end


def _length(dual: Dual, at: At, move: Tensor, begin: Tensor, final: Tensor) -> Tensor:
    """Where along a step the slope vanishes, (B,): by false position (Illinois), and halves where that is slow."""
    change = dual.worth(move)
    weight = change / dual.rate
    straight = ((dual.slack * at.prices - dual.moments) * move).sum(dim=0)
    bend = dual.slack * move.square().sum(dim=0)

    def along(length: Tensor) -> Tensor:
        return (
            (weight * dual.activation(torch.addcmul(at.worth, length, change))).sum(dim=0) + straight + length * bend
        )

    beyond = final < 0
    near, near_slope = beyond.to(begin.dtype), torch.where(beyond, final, begin)
    far = torch.where(beyond, FARTHEST, torch.ones_like(begin))
    far_slope = torch.where(beyond, along(far), final)
    length = torch.where(far_slope < 0, far, near)
    open_ = (far_slope > 0) & (near_slope < 0)
    for trial in range(TRIALS):
        false = (near * far_slope - far * near_slope) / (far_slope - near_slope)
        middle = (near + far) / 2 if trial % 4 == 3 else false
        length = torch.where(open_, middle, length)
        slope = along(length)
        open_ = open_ & (slope.abs() > EXACT * begin.abs())
        if not bool(open_.any()):
            break
        up = slope > 0
        far_slope = torch.where(up, slope, far_slope / 2)
        near_slope = torch.where(up, near_slope / 2, slope)
        near, far = torch.where(up, near, length), torch.where(up, length, far)
    return length


def _divide(matrix: Tensor, vector: Tensor, least: float) -> Tensor:
    """Solve systems (d, d, B) whose eigenvalues are `least` or more for (d, B), by Cholesky.

    No pivot can be below `least`; one that rounding took there is put back. The lower half of `matrix` is lost.
    """
    count, out = len(matrix), vector.clone()
    for row in range(count):
        pivot = matrix[row, row].clamp_(min=least).rsqrt_()
        matrix[row + 1 :, row] *= pivot
        out[row] *= pivot
        below = matrix[row + 1 :, row]
        for column in range(row + 1, count):
            matrix[column:, column].addcmul_(below[column - row - 1 :], below[column - row - 1], value=-1)
        out[row + 1 :].addcmul_(below, out[row], value=-1)
    for row in reversed(range(count)):
        out[row] *= matrix[row, row]
        out[:row].addcmul_(matrix[row, :row], out[row], value=-1)
    return out
