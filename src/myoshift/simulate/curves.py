"""Mean joint angles of healthy people over the gait cycle, from the literature (`curves.csv`, degrees, canonical signs).

Phase is 0 at the foot strike of the leg that a sided coordinate belongs to; coordinates of the midline go by the right
leg. The knots were read off published mean curves to about a degree.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
from scipy.interpolate import CubicSpline

from myoshift.types import Array

Gait = Literal["walk", "run"]


@cache
def _knots() -> dict[tuple[str, str], dict[float, float]]:
    """Degrees by phase, of each movement and coordinate."""
    text = resources.files("myoshift.simulate").joinpath("curves.csv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], dict[float, float]] = {}
    for row in csv.DictReader(text.splitlines()):
        table.setdefault((row["movement"], row["coordinate"]), {})[float(row["phase"])] = float(row["degrees"])
    return table


@cache
def _spline(gait: Gait, coordinate: str) -> Callable[[Array], Array]:
    knots = _knots()[gait, coordinate]
    spline: Callable[[Array], Array] = CubicSpline(
        [*knots, 1.0], np.radians([*knots.values(), knots[0.0]]), bc_type="periodic"
    )
    return spline


def has(gait: Gait, coordinate: str) -> bool:
    """Whether there is a mean curve of a coordinate (without side); the others hardly move."""
    return (gait, coordinate) in _knots()


def curve(gait: Gait, coordinate: str, phase: Array) -> Array:
    """Angle in rad at each phase (T,) in cycles, any number of them: the periodic cubic spline through the knots."""
    return _spline(gait, coordinate)(np.mod(phase, 1.0))
