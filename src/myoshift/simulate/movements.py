"""Motions without files: people who walk and run, from published mean curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myoshift.simulate.curves import Gait, curve, has
from myoshift.simulate.model import LEG, SIDES
from myoshift.simulate.motion import Motion
from myoshift.simulate.posture import complete
from myoshift.types import Array


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One person's way of moving.

    Parameters
    ----------
    kind : of movement
    stride : s, of a gait cycle
    scale, offset : of each of the coordinates of `LEG`: about its mean, and in rad
    height : m
    """

    kind: Gait
    stride: float = 1.1
    scale: tuple[float, ...] = (1.0,) * len(LEG)
    offset: tuple[float, ...] = (0.0,) * len(LEG)
    height: float = 1.70

    @classmethod
    def draw(cls, random: np.random.Generator, kind: Gait) -> Movement:
        """A person's movement."""
        return cls(
            kind=kind,
            stride=float(random.normal(1.1, 0.06)) * (1.0 if kind == "walk" else 0.68),
            scale=tuple(random.normal(1.0, 0.08, len(LEG)).tolist()),
            offset=tuple(random.normal(0.0, np.radians(3.0), len(LEG)).tolist()),
        )

    def motion(self, seconds: float, rate: float) -> Motion:
        """The movement of the whole body for some seconds."""
        phase = np.arange(round(seconds * rate)) / rate / self.stride
        columns = {f"{name}_{side}": self._angle(k, phase, side) for side in SIDES for k, name in enumerate(LEG)}
        return complete(np.stack([*columns.values()], axis=1), tuple(columns), rate, height=self.height)[0].motion

    def _angle(self, joint: int, phase: Array, side: str) -> Array:
        name = LEG[joint]
        if not has(self.kind, name):
            return np.full(len(phase), self.offset[joint])
        angles = curve(self.kind, name, phase + (0.5 if side == "l" else 0.0))
        out: Array = self.scale[joint] * angles + self.offset[joint]
        return out
