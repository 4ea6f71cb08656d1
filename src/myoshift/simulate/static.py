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
from myoshift.simulate.dual import TOLERANCE, Dual, solve

CHUNK = 4096


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
        converged=residual <= TOLERANCE[arms.dtype],
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
        parts = []
        for start in range(0, max(len(arms), 1), CHUNK):
            rows = slice(start, start + CHUNK)
            costs = (x[rows] if x.ndim == 2 else x for x in (weights, low, high))
            parts.append(_chunk(arms[rows], moments[rows], float(exponent), *costs, reserve))
        activation, prices, steps, residual = (torch.cat(part) for part in zip(*parts, strict=True))
        ctx.save_for_backward(arms, activation, prices, exponent, weights, low, high)
        ctx.slack = reserve**2 / 2
        ctx.mark_non_differentiable(steps, residual)
        return activation, ctx.slack * prices, steps, residual

    @staticmethod
    @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, by_activation: Tensor, by_reserve: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:
        """With `u = H^-1 (A D v + slack v_r)`, everything follows from `q = v - A' u`; see `docs/concepts.md`."""
        arms, activation, prices, exponent, weights, low, high = ctx.saved_tensors
        inside, beneath = (activation > low) & (activation < high), activation <= low
        power, safe = float(exponent), activation.clamp(min=torch.finfo(arms.dtype).tiny)
        steep = power * (power - 1) * weights * safe ** (power - 2)
        softness = inside / steep
        soft = arms * softness.unsqueeze(1)
        hessian = soft @ arms.mT + ctx.slack * torch.eye(arms.shape[1], dtype=arms.dtype, device=arms.device)
        seen = (soft @ by_activation.unsqueeze(2)).squeeze(2) + ctx.slack * by_reserve
        pull = torch.linalg.solve(hessian, seen)
        left = by_activation - (arms.mT @ pull.unsqueeze(2)).squeeze(2)
        by_arms = prices.unsqueeze(2) * (softness * left).unsqueeze(1) - pull.unsqueeze(2) * activation.unsqueeze(1)
        moved = inside * left * activation / (power - 1)
        by_exponent = -(moved * (1 / power + safe.log())).sum()
        fit = lambda grad, like: grad if like.ndim == 2 else grad.sum(dim=0)
        return (
            by_arms,
            pull,
            by_exponent,
            fit(-moved / weights, weights),
            fit(beneath * left, low),
            fit((activation >= high) * ~beneath * left, high),
            None,
        )


def _chunk(
    arms: Tensor, moments: Tensor, exponent: float, weights: Tensor, low: Tensor, high: Tensor, reserve: float
) -> tuple[Tensor, ...]:
    """Solve some frames; on float32, once more in float64 those that do not converge."""
    whole = arms.isfinite().flatten(1).all(dim=1) & moments.isfinite().all(dim=1)
    dual = Dual(
        arms=torch.where(whole[:, None, None], arms, 0).permute(1, 2, 0).contiguous(),
        moments=torch.where(whole[:, None], moments, 0).T.contiguous(),
        exponent=exponent,
        weights=_column(weights),
        low=_column(low),
        high=_column(high),
        slack=reserve**2 / 2,
    )
    prices, steps, left = solve(dual, TOLERANCE[arms.dtype])
    activation = dual.activation(dual.pull(prices))
    again = (left > TOLERANCE[arms.dtype]).nonzero().squeeze(1)
    if arms.dtype == torch.float32 and len(again):
        fine = dual.take(again).double()
        found, more, rest = solve(fine, TOLERANCE[arms.dtype])
        prices[:, again], left[again] = found.float(), rest.float()
        activation[:, again] = fine.activation(fine.pull(found)).float()
        steps[again] += more
    missing = ~whole
    activation[:, missing], prices[:, missing], left[missing] = torch.nan, torch.nan, torch.nan
    return activation.T.contiguous(), prices.T.contiguous(), steps, left


def _column(values: Tensor) -> Tensor:
    return values.T.contiguous() if values.ndim == 2 else values.unsqueeze(1)


def _per_muscle(name: str, value: float | Tensor, arms: Tensor) -> Tensor:
    """A cost or bound as (m,) or (B, m)."""
    values = torch.as_tensor(value, dtype=arms.dtype, device=arms.device)
    frames, _, muscles = arms.shape
    if values.ndim == 0:
        values = values.expand(muscles)
    if values.shape not in {(muscles,), (frames, muscles)}:
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
    if arms.dtype not in TOLERANCE or moments.dtype != arms.dtype or moments.device != arms.device:
        raise DataRefused(
            "`arms` and `moments` must both be float32 or both float64, on one device",
            why=f"they are {arms.dtype} on {arms.device} and {moments.dtype} on {moments.device}",
        )
