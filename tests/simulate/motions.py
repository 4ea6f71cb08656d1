"""Smooth motions with known derivatives."""

from __future__ import annotations

import numpy as np
import torch

from myoshift import anatomy
from myoshift.simulate.model import COORDINATES, Segment, sided
from myoshift.simulate.table import load
from myoshift.types import Recording

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


def knee_recording(posture: str | None, *, subject: str = "s1", seconds: float = 4.0) -> Recording:
    """A knee that bends and stretches, and envelopes that follow the load: flexors standing, extensors sitting.

    Whichever works, the others work along at a tenth.
    """
    time = np.arange(round(50 * seconds)) / 50
    knee = 0.8 - 0.6 * np.cos(2 * np.pi * time / 2)
    burden = np.sin(knee) if posture == "thigh vertical" else np.cos(knee)
    works = {"vastus_medialis": posture != "thigh vertical", "hamstrings_medial": posture == "thigh vertical"}
    return Recording(
        motion=knee[:, None].astype(np.float32),
        motion_names=("knee_angle_r",),
        activation=np.stack([(1.0 if works[name] else 0.1) * burden for name in works], axis=1).astype(np.float32),
        activation_names=tuple(f"{name}_r" for name in works),
        rate=50.0,
        dataset="knees",
        domain="knees/healthy-exercise",
        institution="knees",
        subject=subject,
        task="exercise",
        trial=str(posture),
        segment_orientation=posture,
    )
