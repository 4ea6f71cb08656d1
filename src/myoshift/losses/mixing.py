"""Which windows may be mixed: those whose labels are alike (C-Mixup: Yao et al. 2022, arXiv 2210.05775)."""

from __future__ import annotations

import torch
from torch import Tensor


def alike(activation: Tensor, bandwidth: float) -> Tensor:
    """Chance (B, B), rows summing to 1, that a window is mixed with another: exp(-d^2 / 2 bandwidth^2).

    d^2 is the mean squared difference over the samples and outputs that both windows have. A window that shares none
    with any other is mixed with itself, which changes nothing.

    Parameters
    ----------
    activation : (B, T, M), NaN where not measured
    bandwidth : in units of activation
    """
    here = activation.isfinite().flatten(1).to(activation.dtype)
    values = activation.nan_to_num(0.0).flatten(1)
    common = here @ here.T
    square = (values.square() @ here.T + here @ values.square().T - 2 * values @ values.T).clamp(min=0)
    near = torch.exp(-square / common.clamp(min=1) / (2 * bandwidth**2)) * (common > 0)
    near.fill_diagonal_(0)
    alone = near.sum(dim=1, keepdim=True) < torch.finfo(near.dtype).tiny
    near = torch.where(alone, torch.eye(len(near)).to(near), near)
    return near / near.sum(dim=1, keepdim=True)
