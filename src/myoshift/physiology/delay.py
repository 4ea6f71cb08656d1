"""Fractional delay: 50 ms are 2.5 frames at 50 Hz."""

from __future__ import annotations

import torch
from torch import Tensor

TAPS = 8


def advance(values: Tensor, seconds: Tensor, rate: float) -> Tensor:
    """Read a signal later by a fraction of a frame: `out(t) = values(t + seconds)`.

    With activation that comes `seconds` after the EMG (a positive delay), this turns activation into the EMG that
    preceded it. Interpolated by a sinc of eight taps under a squared cosine (Laakso et al. 1996, Splitting the unit
    delay, IEEE Signal Process Mag 13:30): envelopes below a quarter of the Nyquist rate keep 99 % of their amplitude.
    The gradient reaches `values` and `seconds`.

    Parameters
    ----------
    values : (B, T, M)
    seconds : (B, M), positive to look ahead
    rate : Hz

    Returns
    -------
    (B, T, M); beyond its ends the signal keeps its last value.
    """
    count = values.shape[1]
    frames = torch.arange(count, dtype=values.dtype, device=values.device)
    position = frames[None, :, None] + (seconds * rate)[:, None, :]
    whole = position.detach().floor()
    taps = torch.arange(1 - TAPS // 2, 1 + TAPS // 2, dtype=values.dtype, device=values.device)
    distance = (position - whole).unsqueeze(-1) - taps
    weight = torch.sinc(distance) * torch.cos(torch.pi * distance / TAPS).square()
    weight = weight / weight.sum(dim=-1, keepdim=True)
    index = (whole.unsqueeze(-1) + taps).long().clamp(0, count - 1)
    neighbours = values.unsqueeze(-1).expand(*values.shape, TAPS).gather(1, index)
    return (neighbours * weight).sum(dim=-1)
