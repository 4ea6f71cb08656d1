"""Force-length and force-velocity curves of muscle fibre, dimensionless.

Millard et al. (2013, J Biomech Eng 135:021005) join quintic Bezier curves, each fixed by the points and slopes at its two
ends; the numbers below are the defaults of their appendix. They are tabulated once and read with linear interpolation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from myoshift.types import Array

BERNSTEIN = np.array([1.0, 5.0, 10.0, 10.0, 5.0, 1.0])
SAMPLES = 400  # of a Bezier curve, before it is tabulated


@dataclass(frozen=True)
class Knot:
    """A point that a curve passes, and its slope there."""

    x: float
    y: float
    slope: float


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve tabulated at even steps from `low` on; constant beyond its ends unless `slope` leads on at the upper one."""

    low: float
    step: float
    values: Tensor
    slope: float = 0.0

    def __call__(self, x: Tensor) -> Tensor:
        """Value at each x, of the same shape and kind; linear between the entries of the table."""
        table = self.values.to(x)
        last = len(table) - 1
        place = (x - self.low) / self.step
        left = place.detach().clamp(0, last - 1).to(torch.int32)
        begin = table[left]
        value = torch.lerp(begin, table[left + 1], (place - left).clamp(0, 1))
        return value + self.slope * self.step * (place - last).clamp(min=0) if self.slope else value


@cache
def active_length() -> Curve:
    """Active force over fibre length in optimal lengths: 0.4441 to 1.8123, shoulder at 0.73, shallow slope 0.8616."""
    shortest, shoulder, longest, shallow, least = 0.4441, 0.73, 1.8123, 0.8616, 0.0
    half = 0.05  # half the width of the plateau
    rise = 1 - shallow * (1 - half - shoulder)
    steep = Knot((shortest + shoulder) / 2, rise / 2, 1.25 * rise / (shoulder - shortest))
    gentle = Knot((shoulder + 1 - half) / 2, (1 + rise) / 2, shallow)
    fall = Knot((1 + half + longest) / 2, 0.5, -1 / (longest - 1 - 2 * half))
    knots = (Knot(shortest, least, 0), steep, gentle, Knot(1, 1, 0), fall, Knot(longest, least, 0))
    return _tabulated(knots, (1.0,) * 5, 0.2, 1.9, 1701)


@cache
def velocity() -> Curve:
    """Force over fibre velocity in maximum velocities, lengthening positive; 1.4 when lengthening fast."""
    slow = Knot(-0.9, 0.5 * 0.25 * 0.1, 0.25)
    fast = Knot(0.9, 1.4 - 0.5 * 0.15 * 0.1, 0.15)
    knots = (Knot(-1, 0, 0), slow, Knot(0, 1, 5), fast, Knot(1, 1.4, 0))
    return _tabulated(knots, (0.6, 0.6, 0.9, 0.9), -1.5, 1.5, 3001)


@cache
def passive_length() -> Curve:
    """Passive force over fibre length: none at 1, one maximum force at 1.7, straight beyond."""
    stiff, soft, end = 2 / 0.7, 0.2, 1.7
    foot = 0.1 * min(1 / stiff, 0.7)
    knots = (Knot(1, 0, 0), Knot(1 + foot, 0.5 * foot * soft, soft), Knot(end, 1, stiff))
    curve = _tabulated(knots, (0.75, 0.75), 1.0, end, 1401)
    return Curve(curve.low, curve.step, curve.values, slope=stiff)


def _tabulated(knots: tuple[Knot, ...], curviness: tuple[float, ...], low: float, high: float, count: int) -> Curve:
    pieces = [_bezier(a, b, c) for a, b, c in zip(knots[:-1], knots[1:], curviness, strict=True)]
    x, y = (np.concatenate([piece[axis] for piece in pieces]) for axis in (0, 1))
    grid = np.linspace(low, high, count)
    return Curve(low, (high - low) / (count - 1), torch.from_numpy(np.interp(grid, x, y)))


def _bezier(begin: Knot, end: Knot, curviness: float) -> tuple[Array, Array]:
    """A quintic Bezier curve with both ends' slopes; its inner points stand between the ends and where tangents meet."""
    corner_x = (end.y - begin.y + begin.slope * begin.x - end.slope * end.x) / (begin.slope - end.slope)
    corner = np.array([corner_x, begin.y + begin.slope * (corner_x - begin.x)])
    share = 0.1 + 0.8 * curviness
    first, last = np.array([begin.x, begin.y]), np.array([end.x, end.y])
    near, far = first + share * (corner - first), last + share * (corner - last)
    points = np.stack([first, near, near, far, far, last])
    t = np.linspace(0, 1, SAMPLES)[:, None]
    powers = np.arange(6)
    x, y = ((BERNSTEIN * t**powers * (1 - t) ** (5 - powers)) @ points).T
    return x, y
