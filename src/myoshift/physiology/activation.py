"""Activation dynamics: a muscle is switched on faster than off, and its activation comes after its excitation.

The form of De Groote et al. 2016 (doi 10.1007/s10439-016-1591-9), whose switch between rise and fall is smooth::

    da/dt = [ w / (rise s) + (1 - w) s / fall ] (e - a),    s = 0.5 + 1.5 a,    w = sigmoid(2 sharpness (e - a))
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

RISE, FALL = 0.015, 0.060
"""Seconds; time constants of De Groote et al. 2016."""
SHARPNESS = 10.0
CORRECTIONS = 4


def activate(
    excitation: Tensor, rate: float, *, rise: float = RISE, fall: float = FALL, sharpness: float = SHARPNESS
) -> Tensor:
    """Activation that an excitation leads to, from the steady state of its first frame on.

    Each step solves the equation with its time constant held, so that it is stable and stays between the bounds of
    the excitation whatever the rate; frames further apart than `rise / 2` are divided, the excitation interpolated.

    Parameters
    ----------
    excitation : (B, T, M), 0 to 1
    rate : Hz
    rise, fall : s, time constants of activation and deactivation
    sharpness : of the switch between them; infinite for a step

    Returns
    -------
    (B, T, M)
    """
    steps = max(1, math.ceil(2 / (rise * rate) - 1e-9))
    activation, frames = excitation[:, 0], [excitation[:, 0]]
    for before, after in zip(excitation[:, :-1].unbind(1), excitation[:, 1:].unbind(1), strict=True):
        for step in range(steps):
            wanted = torch.lerp(before, after, (step + 0.5) / steps)
            speed = _speed(wanted - activation, activation, rise, fall, sharpness)
            activation = activation - torch.expm1(-speed / (steps * rate)) * (wanted - activation)
        frames.append(activation)
    return torch.stack(frames, dim=1)


def excite(
    activation: Tensor, rate: float, *, rise: float = RISE, fall: float = FALL, sharpness: float = SHARPNESS
) -> Tensor:
    """Excitation that leads to an activation: the inverse of `activate`, clipped to 0..1.

    Where an activation falls faster than a muscle can let go, or rises faster than it can be switched on, no
    excitation leads to it, and the nearest is given. The gradient reaches `activation`.

    Parameters
    ----------
    activation : (B, T, M), 0 to 1, of at least three frames
    rate, rise, fall, sharpness : as in `activate`

    Returns
    -------
    (B, T, M)
    """
    slope = _slope(activation) * rate
    scale = 0.5 + 1.5 * activation
    lead = slope * torch.where(slope > 0, rise * scale, fall / scale)
    if math.isfinite(sharpness):  # the switch is not a step: the same equation, solved for e - a
        for _ in range(CORRECTIONS):
            lead = slope / _speed(lead, activation, rise, fall, sharpness)
    return (activation + lead).clamp(0.0, 1.0)


def _speed(lead: Tensor, activation: Tensor, rise: float, fall: float, sharpness: float) -> Tensor:
    """1/s; how fast activation closes the gap to an excitation that is ahead by `lead`."""
    scale = 0.5 + 1.5 * activation
    on = torch.sigmoid(2 * sharpness * lead) if math.isfinite(sharpness) else (lead > 0).to(lead.dtype)
    return on / (rise * scale) + (1 - on) * scale / fall


def _slope(values: Tensor) -> Tensor:
    """Change per frame (B, T, M), by five points: 1 % low at an eighth of the rate. Odd about both ends."""
    first, last = values[:, :1], values[:, -1:]
    ahead, behind = 2 * first - values[:, 1:3].flip(1), 2 * last - values[:, -3:-1].flip(1)
    padded = torch.cat([ahead, values, behind], dim=1)
    return (8 * (padded[:, 3:-1] - padded[:, 1:-3]) - (padded[:, 4:] - padded[:, :-4])) / 12
