"""Risks of the institutions apart, and what is asked of them: IRM, V-REx, GroupDRO."""

from __future__ import annotations

import torch
from torch import Tensor

from myoshift.losses.regression import masked_mse


def measured_institutions(measured: Tensor, institution: Tensor) -> Tensor:
    """Numbers (E,), rising, of the institutions (B,) that have a measured sample in (B, T, M)."""
    told = institution[measured.isfinite().flatten(1).any(dim=1)]
    return torch.tensor(sorted(set(told.tolist())), dtype=torch.int64)


def risks(predicted: Tensor, measured: Tensor, institution: Tensor) -> Tensor:
    """Mean squared error of each institution, averaged over its outputs: unequal sets of muscles count the same.

    Parameters
    ----------
    predicted, measured : (B, T, M), `measured` NaN where not measured
    institution : (B,) numbers

    Returns
    -------
    (E,), in the order of `measured_institutions`; a single 0, attached to the graph, without anything measured.
    """
    rows = [institution == number for number in measured_institutions(measured, institution)]
    apart = [masked_mse(predicted[here], measured[here]) for here in rows]
    return torch.stack(apart or [masked_mse(predicted, measured)])


def irm_penalty(predicted: Tensor, measured: Tensor, institution: Tensor) -> Tensor:
    """Mean over the institutions of (dR(w f) / dw)^2 at w = 1 (Arjovsky et al. 2019, arXiv 1907.02893, IRMv1).

    The plain form, with the derivative of the squared error written out, so that no graph of a gradient is needed:
    dR/dw = 2 mean f (f - y). It is biased upwards by the variance of the mean, unlike the product over two halves of
    the paper's appendix D: a batch has too few windows of an institution to be halved.

    Parameters
    ----------
    predicted, measured : (B, T, M), `measured` NaN where not measured
    institution : (B,) numbers

    Returns
    -------
    A scalar, 0 where every institution's best common scale of the outputs is 1; 0 without anything measured.
    """
    slopes = []
    for number in measured_institutions(measured, institution):
        f, y = predicted[institution == number], measured[institution == number]
        here = y.isfinite()
        count = here.sum(dim=(0, 1))
        per_output = (2 * f * (f - y.nan_to_num(0.0)) * here).sum(dim=(0, 1)) / count.clamp(min=1)
        slopes.append(per_output.sum() / (count > 0).sum())
    return torch.stack(slopes).square().mean() if slopes else 0.0 * predicted.sum()


def risk_variance(each: Tensor) -> Tensor:
    """Variance of risks (E,) (V-REx: Krueger et al. 2021, arXiv 2003.00688); 0 for a single one."""
    return (each - each.mean()).square().mean()


def dro_weights(weights: Tensor, each: Tensor, here: Tensor, step: float) -> Tensor:
    """Group weights after a step of exponentiated ascent (Sagawa et al. 2020, arXiv 1911.08731, algorithm 1).

    Parameters
    ----------
    weights : (G,) of all groups, sum 1
    each : (E,) risks of the groups that were seen
    here : (E,) their numbers
    step : learning rate, of risks relative to their mean: squared errors of activations are far below 1

    Returns
    -------
    (G,), sum 1, detached.
    """
    relative = each.detach() / each.detach().mean().clamp(min=1e-12)
    # A group that was not seen moves as if its risk were the mean one: to be absent is not to be easy.
    grown = weights.clone()
    grown[here] = weights[here] * (step * (relative - 1)).exp()
    return grown / grown.sum()
