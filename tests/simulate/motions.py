"""Smooth motions with known derivatives."""

from __future__ import annotations

import numpy as np
import torch

from myoshift import anatomy
from myoshift.simulate.model import COORDINATES, Segment, sided
from myoshift.simulate.table import load

KNEES = [COORDINATES.index(name) for name in ("knee_angle_r", "knee_angle_l")]


def body() -> tuple[Segment, ...]:
    """The embedded body."""
    return load().segments


def waves(seed: int = 0, frames: int = 40, rate: float = 100.0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Every coordinate a sum of two sines: values, speeds and accelerations (T, 37)."""
    random = np.random.default_rng(seed)
    time = np.arange(frames)[:, None] / rate
    q, speed, acceleration = (np.zeros((frames, len(COORDINATES))) for _ in range(3))
    for pulse in (2.0, 5.0):
        size, phase = random.uniform(0.05, 0.25, len(COORDINATES)), random.uniform(0, 6, len(COORDINATES))
        q += size * np.sin(pulse * time + phase)
        speed += size * pulse * np.cos(pulse * time + phase)
        acceleration -= size * pulse**2 * np.sin(pulse * time + phase)
    q[:, KNEES] += 0.7
    return torch.tensor(q), torch.tensor(speed), torch.tensor(acceleration)


def still(frames: int = 12, **values: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A posture held."""
    q = torch.zeros(frames, len(COORDINATES), dtype=torch.float64)
    for name, value in values.items():
        q[:, COORDINATES.index(name)] = value
    return q, torch.zeros_like(q), torch.zeros_like(q)


def mirror(values: torch.Tensor) -> torch.Tensor:
    """Coordinates, or their moments, of the same motion with left and right exchanged: (T, 37)."""
    swap = {**dict(zip(sided(_SIDED, "r"), sided(_SIDED, "l"), strict=True))}
    swap |= {left: right for right, left in swap.items()}
    order = [COORDINATES.index(swap.get(name, name)) for name in COORDINATES]
    signs = [1.0 if name in swap else float(anatomy.coordinate(name).mirror) for name in COORDINATES]
    return values[:, order] * torch.tensor(signs, dtype=values.dtype)


_SIDED = tuple(name[:-2] for name in COORDINATES if name.endswith("_r"))
