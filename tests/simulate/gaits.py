"""A walk of known speed, as a laboratory measures it."""

from __future__ import annotations

import numpy as np

from myoshift.simulate.model import COORDINATES
from myoshift.simulate.motion import Motion
from myoshift.simulate.movements import Movement
from myoshift.types import Array

RATE = 100.0
SAGITTAL = tuple(f"{joint}_{side}" for side in "rl" for joint in ("hip_flexion", "knee_angle", "ankle_angle"))


def walk(seconds: float = 6.0, **style: object) -> Motion:
    """The mean walk, every cycle the same."""
    return Movement(kind="walk", variability=0.0, **style).motion(seconds, RATE)


def columns(motion: Motion, names: tuple[str, ...]) -> Array:
    """Those coordinates of a motion, (T, C)."""
    return motion.values[:, [COORDINATES.index(name) for name in names]]


def one(motion: Motion, name: str) -> Array:
    """One coordinate of a motion, (T,)."""
    return columns(motion, (name,))[:, 0]


def acceleration(motion: Motion, name: str) -> Array:
    """Second derivative of a coordinate, (T,), the ends cut off."""
    return np.gradient(np.gradient(one(motion, name), 1 / RATE), 1 / RATE)[30:-30]
