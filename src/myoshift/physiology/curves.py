"""Force-length and force-velocity curves of muscle fibre, dimensionless.

Millard et al. (2013, J Biomech Eng 135:021005) join quintic Bezier curves, each fixed by the points and slopes at its
two ends; the numbers below are the defaults of their appendix. They are tabulated once, and read with linear
interpolation.
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
    """A curve tabulated at even steps from `low` on; constant beyond its ends, or led on by `slope`."""

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


@dataclass(frozen=True)
class Millard:
    """Curves of Millard et al.: where active force begins, has its shoulder and ends; slope at the shoulder."""

    shortest: float = 0.4441
    shoulder: float = 0.73
    longest: float = 1.8123
    shallow: float = 0.8616


@dataclass(frozen=True)
class Thelen:
    """Curves of Thelen (2003, J Biomech Eng 125:70): width of the bell, curvature of shortening, most force."""

    width: float = 0.45
    curvature: float = 0.25
    most: float = 1.4


@dataclass(frozen=True)
class DeGrooteFregly:
    """Curves of De Groote et al. (2016, Ann Biomed Eng 44:2922); `width` stretches that of length."""

    width: float = 1.0


RAJAGOPAL = Millard(shortest=0.25, shoulder=0.77, longest=1.9, shallow=0.75)
"""Of every muscle of the models of Rajagopal et al. (2016, IEEE Trans Biomed Eng 63:2068) and their descendants."""
Fibre = Millard | Thelen | DeGrooteFregly
MILLARD = Millard()


@cache
def active_length(fibre: Fibre = MILLARD) -> Curve:
    """Active force over fibre length in optimal lengths."""
    if isinstance(fibre, Millard):
        return _millard_length(fibre)
    grid = np.linspace(0, 2.6, 2601)
    bell = np.exp(-((grid - 1) ** 2) / fibre.width) if isinstance(fibre, Thelen) else _three_bells(grid, fibre.width)
    return Curve(0.0, 0.001, torch.from_numpy(bell))


@cache
def velocity(fibre: Fibre = MILLARD) -> Curve:
    """Force at full activation over fibre velocity in maximum velocities, lengthening positive."""
    if isinstance(fibre, Millard):
        return _millard_velocity()
    grid = np.linspace(-1.5, 1.5, 3001)
    if isinstance(fibre, Thelen):
        pull = (1 + grid.clip(-1, 0)) / (1 - grid.clip(-1, 0) / fibre.curvature)
        way = (2 + 2 / fibre.curvature) * grid.clip(0)
        values = np.where(grid < 0, pull, (fibre.most - 1 + way * fibre.most) / (fibre.most - 1 + way))
    else:
        values = (-0.3211346127989808 * np.arcsinh(-8.149 * grid - 0.374) + 0.8825327733249912).clip(0)
    return Curve(-1.5, 0.001, torch.from_numpy(values))


def _millard_length(fibre: Millard) -> Curve:
    half = 0.05  # half the width of the plateau
    rise = 1 - fibre.shallow * (1 - half - fibre.shoulder)
    steep = Knot((fibre.shortest + fibre.shoulder) / 2, rise / 2, 1.25 * rise / (fibre.shoulder - fibre.shortest))
    gentle = Knot((fibre.shoulder + 1 - half) / 2, (1 + rise) / 2, fibre.shallow)
    fall = Knot((1 + half + fibre.longest) / 2, 0.5, -1 / (fibre.longest - 1 - 2 * half))
    knots = (Knot(fibre.shortest, 0, 0), steep, gentle, Knot(1, 1, 0), fall, Knot(fibre.longest, 0, 0))
    return _tabulated(knots, (1.0,) * 5, 0.2, 1.9, 1701)


def _millard_velocity() -> Curve:
    slow = Knot(-0.9, 0.5 * 0.25 * 0.1, 0.25)
    fast = Knot(0.9, 1.4 - 0.5 * 0.15 * 0.1, 0.15)
    knots = (Knot(-1, 0, 0), slow, Knot(0, 1, 5), fast, Knot(1, 1.4, 0))
    return _tabulated(knots, (0.6, 0.6, 0.9, 0.9), -1.5, 1.5, 3001)


def _three_bells(length: Array, width: float) -> Array:
    """Active force of De Groote et al.: sums of bells of height b1, centre b2 and width b3 + b4 l."""
    own = (length - 1) / width + 1
    bells = (
        (0.8150671134243542, 1.055033428970575, 0.162384573599574, 0.063303448465465),
        (0.433004984392647, 0.716775413397760, -0.029947116970696, 0.200356847296188),
        (0.1, 1.0, 0.353553390593274, 0.0),
    )
    forces = [b1 * np.exp(-0.5 * ((own - b2) / (b3 + b4 * own)) ** 2) for b1, b2, b3, b4 in bells]
    return np.asarray(np.sum(forces, axis=0))


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
    """A quintic Bezier curve with both ends' slopes; its inner points stand on the way to where tangents meet."""
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
