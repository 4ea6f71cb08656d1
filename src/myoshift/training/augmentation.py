"""The same walk, measured a little differently."""

from __future__ import annotations

from dataclasses import replace

import torch

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
