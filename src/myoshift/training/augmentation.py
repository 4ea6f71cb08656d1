"""The same walk, measured a little differently."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from myoshift.models.motion_norm import MotionNorm
from myoshift.training.batch import Windows
from myoshift.training.config import TrainingConfig


def augment(windows: Windows, norm: MotionNorm, config: TrainingConfig) -> Windows:
    """Windows whose normalised motion has another gain and offset (per window and coordinate) and some noise.

    The span stays: it is the recording that was measured differently in this window, not the person who moved
    differently all along, which the normalisation would undo.
    """
    angles = norm(windows.motion, windows.span)
    per_window = torch.Size((angles.shape[0], 1, angles.shape[2]))
    gain = 1 + config.gain * torch.randn(per_window)
    offset = config.offset * torch.randn(per_window)
    noise = config.noise * torch.randn(angles.shape)
    return replace(windows, motion=norm.invert(gain * angles + offset + noise, windows.span))


def warped(windows: Windows, strength: float) -> Windows:
    """Windows whose pace changes within, up to `strength` (relative) faster and slower, over one slow wave.

    Motion and activation are resampled alike; the first and the last frame stay.
    """
    count, length = windows.present.shape
    along = torch.linspace(0, 1, length)
    size = strength * (2 * torch.rand(count, 1) - 1)
    position = (length - 1) * (along + size * torch.sin(2 * torch.pi * along) / (2 * torch.pi))
    low = position.floor().long().clamp(0, max(length - 2, 0))
    share = (position - low).unsqueeze(-1)

    def at(values: Tensor) -> Tensor:
        first, then = (values.gather(1, (low + k).clamp(max=length - 1)[..., None].expand_as(values)) for k in (0, 1))
        return torch.where(share > 0, torch.lerp(first, then, share), first)

    return replace(windows, motion=at(windows.motion), activation=at(windows.activation))


def dropped(windows: Windows, chance: float) -> Windows:
    """Windows in which each coordinate is missing with this chance, but never all of them."""
    count, _, coordinates = windows.motion.shape
    gone = torch.rand(count, coordinates) < chance
    gone[torch.arange(count), torch.randint(coordinates, (count,))] = False
    return replace(windows, motion=windows.motion.masked_fill(gone.unsqueeze(1), torch.nan))


def hidden(windows: Windows, share: float) -> tuple[Windows, Tensor]:
    """Windows in which a span of each coordinate stands at its mean over the window, and where that is (B, T, C).

    Every coordinate has a span of its own, `share` of the window long.
    """
    count, length, coordinates = windows.motion.shape
    width = max(1, round(share * length))
    start = torch.randint(max(length - width, 0) + 1, (count, 1, coordinates))
    frame = torch.arange(length).view(1, -1, 1)
    gone = (frame >= start) & (frame < start + width) & windows.motion.isfinite()
    mean = windows.motion.nanmean(dim=1, keepdim=True)
    return replace(windows, motion=torch.where(gone, mean, windows.motion)), gone
