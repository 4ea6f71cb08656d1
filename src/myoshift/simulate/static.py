"""Static optimisation: the least activation that balances the moments of the joints, many frames at once.

Per frame, with d moments and m muscles (Crowninshield & Brand 1981, J Biomech 14:793):

    minimise  sum_i c_i a_i^p + sum_j (r_j / w)^2     such that  A a + r = tau,  low <= a <= high

Solved through its dual in d unknowns (`simulate.dual`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from myoshift.errors import DataRefused
from myoshift.simulate import dual
from myoshift.simulate.dual import AIM, Dual

TOLERANCE = 1e-6
"""Largest imbalance of a solved frame, relative to one plus its largest moment."""
CHUNK = {"cpu": 8192, "cuda": 1 << 18}
"""Frames at a time: what the caches of a core hold, and what fills a graphics card."""
FEW, MANY = 4, 40
"""Newton steps that all frames may take, and those that remain."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """What static optimisation found for B frames of d moments and m muscles.

    Parameters
    ----------
    activation : (B, m), within its bounds exactly
    reserve : (B, d) what the muscles could not give, in the unit of the moments
    iterations : (B,) Newton steps
    converged : (B,) whether the moments balance; never for a frame with a value that is not finite
    residual : (B,) largest imbalance relative to one plus the largest moment, at the prices returned
    """

    activation: Tensor
    reserve: Tensor
    iterations: Tensor
    converged: Tensor
    residual: Tensor


def solve_static(
    arms: Tensor,
    moments: Tensor,
    *,
    exponent: float | Tensor = 2.0,
    weights: Tensor | None = None,
    low: float | Tensor = 0.01,
    high: float | Tensor = 1.0,
    reserve: float = 1.0,
) -> Solution:
    """Activations and reserves that balance the moments of each frame at the least cost.

    The gradient of a loss on `activation` and `reserve` reaches `arms`, `moments`, `weights`, `low`, `high` and
    `exponent` by the implicit function theorem; a frame in which a muscle has just reached a bound has one-sided
    derivatives, of which one is taken. On float32, frames that do not converge are repeated in float64.

    Parameters
    ----------
    arms : (B, d, m) moments that each muscle gives at full activation, float32 or float64
    moments : (B, d) to be balanced, of the same kind
    exponent : p, more than 1
    weights : c, (m,) or (B, m), positive; None for ones
    low, high : bounds of the activation, numbers or (m,) or (B, m), `0 <= low <= high`
    reserve : w, the price scale of a moment that no muscle gives: the larger, the cheaper

    Returns
    -------
    The solution. A frame with a value that is not finite is NaN and not converged. Whether the muscles could do it
    at all is told by `reserve`: the solver always converges, and the reserves fill what is missing.

    Raises
    ------
    DataRefused
        For shapes or kinds that do not belong together, and for costs and bounds that make no sense.
    """
    _refuse(arms, moments)
    power = torch.as_tensor(exponent, dtype=arms.dtype, device=arms.device)
    price = _per_muscle("weights", 1.0 if weights is None else weights, arms)
    floor, ceiling = _per_muscle("low", low, arms), _per_muscle("high", high, arms)
    if not power.ndim == 0 or not power > 1 or not power.isfinite():
        raise DataRefused("the exponent of the objective must be one number above 1", why=f"it is {exponent}")
    if not (reserve > 0 and reserve < float("inf")):
        raise DataRefused("the reserve must have a positive price", why=f"it is {reserve}")
    if not bool((price > 0).all()) or not bool(price.isfinite().all()):
        raise DataRefused("the weights of the objective must be positive and finite")
    if not bool(((floor >= 0) & (floor <= ceiling)).all()) or not bool(ceiling.isfinite().all()):
        raise DataRefused("the bounds of activation must be finite, with 0 <= low <= high")
    found = _Static.apply(arms, moments, power, price, floor, ceiling, reserve)  # type: ignore[no-untyped-call]
    activation, given, iterations, residual = found
    return Solution(
        activation=activation,
        reserve=given,
        iterations=iterations,
        converged=residual <= TOLERANCE,
        residual=residual,
    )


class _Static(torch.autograd.Function):
    """The solution, and its derivative by implicit differentiation."""

    @staticmethod
    def forward(
        ctx: Any,
        arms: Tensor,
        moments: Tensor,
        exponent: Tensor,
        weights: Tensor,
        low: Tensor,
        high: Tensor,
        reserve: float,
    ) -> tuple[Tensor, ...]:
        """Solve; the arguments are those of `solve_static`, costs and bounds as numbers, (m,) or (B, m)."""
        frames = _Frames(arms, moments, float(exponent), weights, low, high, reserve**2 / 2)
        frames.solve()
        ctx.save_for_backward(arms, frames.activation, frames.prices, exponent, weights, low, high)
        ctx.slack = frames.slack
        ctx.mark_non_differentiable(frames.steps, frames.left)
        return frames.activation, frames.slack * frames.prices, frames.steps, frames.left

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, by_activation: Tensor, by_reserve: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:
        """Everything follows from `u = H^-1 (A D v + slack v_r)` and `q = v - A' u`, with v the gradient of a.

        As `H d(lambda) = d(tau) - dA a - A D dA' lambda - A e` for a change e of the activations at given prices, the
        loss changes by `u' (d(tau) - dA a) + q' (D dA' lambda + e)`.
        """
        arms, activation, prices, exponent, weights, low, high = ctx.saved_tensors
        whole = activation.isfinite().all(dim=1, keepdim=True)
        if not bool(whole.all()):  # a frame that is not finite has no derivative, and spoils no sum
            arms = torch.where(whole.unsqueeze(2), arms, 0)
            activation, by_activation, prices, by_reserve = (
                torch.where(whole, values, 0) for values in (activation, by_activation, prices, by_reserve)
            )
        power = float(exponent)
        inside, beneath = (activation > low) & (activation < high), activation <= low
        safe = torch.where(inside, activation, 1)
        softness = inside / (power * (power - 1) * weights * safe ** (power - 2))
        soft = arms * softness.unsqueeze(1)
        hessian = soft @ arms.mT + ctx.slack * torch.eye(arms.shape[1], dtype=arms.dtype, device=arms.device)
        seen = (soft @ by_activation.unsqueeze(2)).squeeze(2) + ctx.slack * by_reserve
        u = torch.linalg.solve(hessian, seen)
        q = by_activation - (arms.mT @ u.unsqueeze(2)).squeeze(2)
        moved = inside * q * safe / (power - 1)
        return (
            prices.unsqueeze(2) * (softness * q).unsqueeze(1) - u.unsqueeze(2) * activation.unsqueeze(1),
            u,
            -(moved * (1 / power + safe.log())).sum(),
            (-moved / weights).sum_to_size(weights.shape),
            (beneath * q).sum_to_size(low.shape),
            (((activation >= high) & ~beneath) * q).sum_to_size(high.shape),
            None,
        )


class _Frames:
    """Frames in the order of the caller, solved chunk by chunk: a few steps for all, more for those that need them,
    and on float32 once more in float64 for those that rounding keeps from the tolerance.
    """

    def __init__(
        self,
        arms: Tensor,
        moments: Tensor,
        exponent: float,
        weights: Tensor,
        low: Tensor,
        high: Tensor,
        slack: float,
    ) -> None:
        self.arms, self.moments, self.exponent, self.slack = arms, moments, exponent, slack
        self.rate, self.low, self.high = 1 / (exponent * weights), low, high
        self.activation = arms.new_empty(arms.shape[0], arms.shape[2])
        self.prices, self.left = torch.empty_like(moments), arms.new_empty(len(arms))
        self.steps = torch.zeros(len(arms), dtype=torch.long, device=arms.device)
        self.broken = torch.zeros(len(arms), dtype=torch.bool, device=arms.device)

    def solve(self) -> None:
        """Fill `activation`, `prices`, `steps` and `left`."""
        size = CHUNK.get(self.arms.device.type, CHUNK["cuda"])
        for start in range(0, len(self.arms), size):
            self._solve(slice(start, start + size), self.arms.dtype, FEW)
        for dtype in dict.fromkeys((self.arms.dtype, torch.float64)):
            unsolved = (self.left > AIM[self.arms.dtype]).nonzero().squeeze(1)
            for start in range(0, len(unsolved), size):
                self._solve(unsolved[start : start + size], dtype, MANY)

        for values in (self.activation, self.prices, self.left):
            values[self.broken] = torch.nan

    def _solve(self, rows: slice | Tensor, dtype: torch.dtype, limit: int) -> None:
        """Solve these frames, from the prices they have, or from scratch where they are a slice."""
        problem, order = self._columns(rows, dtype)
        start = dual.first(problem) if isinstance(rows, slice) else self.prices[rows].T.to(dtype).contiguous()
        prices, steps, left = dual.solve(problem, start, limit)
        activation = problem.activation(problem.worth(prices))
        self.activation[rows] = activation[order.argsort()].T.to(self.arms.dtype)
        self.prices[rows] = prices.T.to(self.arms.dtype)
        self.steps[rows] += steps
        self.left[rows] = left.to(self.arms.dtype)

    def _columns(self, rows: slice | Tensor, dtype: torch.dtype) -> tuple[Dual, Tensor]:
        """These frames side by side, and the muscles in the order in which they stand there.

        They are sorted by the moments that they give, so that those of one moment stand nearly together.
        """
        arms = self.arms[rows].permute(1, 2, 0).to(dtype).contiguous()
        moments = self.moments[rows].T.to(dtype).contiguous()
        largest = arms.abs().amax(dim=2)
        if not bool(largest.isfinite().all()) or not bool(moments.isfinite().all()):
            whole = arms.isfinite().all(dim=0).all(dim=0) & moments.isfinite().all(dim=0)
            arms, moments = torch.where(whole, arms, 0), torch.where(whole, moments, 0)
            largest = arms.abs().amax(dim=2)
            self.broken[rows] = ~whole
        moving = [column.nonzero().squeeze(1).tolist() for column in largest.T.cpu()]
        order = sorted(range(len(moving)), key=lambda muscle: (moving[muscle][:1], moving[muscle][-1:]))
        spans = []
        for moment in range(len(arms)):
            own = [place for place, muscle in enumerate(order) if moment in moving[muscle]]
            spans.append((own[0], own[-1] + 1) if own else (0, 0))
        index = torch.tensor(order, device=arms.device)
        problem = Dual(
            arms=tuple(arm[index[start:stop]] for arm, (start, stop) in zip(arms, spans, strict=True)),
            spans=tuple(spans),
            moments=moments,
            exponent=self.exponent,
            rate=_cost(self.rate, rows, index, dtype),
            low=_cost(self.low, rows, index, dtype),
            high=_cost(self.high, rows, index, dtype),
            slack=self.slack,
            muscles=len(order),
        )
        return problem, index


def _cost(values: Tensor, rows: slice | Tensor, order: Tensor, dtype: torch.dtype) -> Tensor | float:
    """A cost or bound as a `Dual` has it."""
    if values.ndim == 0:
        return float(values)
    return (values[rows].T if values.ndim == 2 else values.unsqueeze(1))[order].to(dtype)


def _per_muscle(name: str, value: float | Tensor, arms: Tensor) -> Tensor:
    """A cost or bound: a number, (m,) or (B, m)."""
    values = torch.as_tensor(value, dtype=arms.dtype, device=arms.device)
    frames, _, muscles = arms.shape
    if values.shape not in {(), (muscles,), (frames, muscles)}:
        raise DataRefused(
            f"`{name}` has the wrong shape",
            why=f"{tuple(values.shape)}, neither ({muscles},) nor ({frames}, {muscles})",
        )
    return values


def _refuse(arms: Tensor, moments: Tensor) -> None:
    if arms.ndim != 3 or moments.shape != arms.shape[:2]:
        raise DataRefused(
            "`arms` must be (frames, moments, muscles) and `moments` (frames, moments)",
            why=f"they are {tuple(arms.shape)} and {tuple(moments.shape)}",
        )
    if arms.dtype not in AIM or moments.dtype != arms.dtype or moments.device != arms.device:
        raise DataRefused(
            "`arms` and `moments` must both be float32 or both float64, on one device",
            why=f"they are {arms.dtype} on {arms.device} and {moments.dtype} on {moments.device}",
        )
