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
    step, weight = taps((seconds * rate).to(values.dtype))
    frames = torch.arange(count, device=values.device)
    index = (frames[None, :, None, None] + step.unsqueeze(1)).clamp(0, count - 1)
    neighbours = values.unsqueeze(-1).expand(*values.shape, TAPS).gather(1, index)
    return (neighbours * weight.unsqueeze(1)).sum(dim=-1)


def taps(frames: Tensor) -> tuple[Tensor, Tensor]:
    """Which frames about a frame are read, and what each weighs, (..., TAPS), to read `frames` (...) later."""
    whole = frames.detach().floor()
    about = torch.arange(1 - TAPS // 2, 1 + TAPS // 2, dtype=frames.dtype, device=frames.device)
    distance = (frames - whole).unsqueeze(-1) - about
    weight = torch.sinc(distance) * torch.cos(torch.pi * distance / TAPS).square()
    return (whole.unsqueeze(-1) + about).long(), weight / weight.sum(dim=-1, keepdim=True)


def advance_exactly(values: Tensor, seconds: Tensor, rate: float) -> Tensor:
    """Read a signal later, as `advance` does, exactly where it has nothing above half the rate.

    The line through both ends is set apart; what is left is continued oddly about both, so that it repeats without a
    jump, and each frequency is turned by its own phase (Laakso et al. 1996, the ideal delay). The gradient reaches
    `values` and `seconds`. It looks at the whole signal: offline use only, where `advance` needs eight frames.

    Parameters
    ----------
    values : (B, T, M), T >= 2; B may be 1 for several delays of one signal
    seconds : (B, M), positive to look ahead
    rate : Hz

    Returns
    -------
    (B, T, M); beyond its ends the signal goes on as it does on this side, turned about the end.
    """
    count = values.shape[1]
    frames = torch.arange(count, dtype=values.dtype, device=values.device)[None, :, None]
    first, slope = values[:, :1], (values[:, -1:] - values[:, :1]) / (count - 1)
    rest = values - first - slope * frames
    period = torch.cat([rest, -rest[:, 1:-1].flip(1)], dim=1)
    frequency = torch.fft.rfftfreq(period.shape[1], 1 / rate, dtype=values.dtype, device=values.device)
    angle = 2 * torch.pi * frequency[None, :, None] * seconds[:, None, :]
    turned = torch.fft.rfft(period, dim=1) * torch.polar(torch.ones_like(angle), angle)
    moved: Tensor = torch.fft.irfft(turned, n=period.shape[1], dim=1)[:, :count]
    return first + slope * (frames + seconds[:, None, :] * rate) + moved
