"""Mean joint angles of healthy people, from the literature (`curves.csv`, canonical names and signs).

In gait, phase is 0 at the foot strike of the leg that a sided coordinate belongs to; coordinates of the midline go
by the right leg. In an exercise, phase is 0 where a repetition begins. The knots are rounded readings of the mean
curves in the sources; hip flexion counts from a pelvis as the Rajagopal model has it, 5 to 10 degrees below that of
Plug-in Gait. They were not fitted to any recording that this package reads.

Perry 1992: Gait Analysis. Winter 1991: The Biomechanics and Motor Control of Human Gait. Schwartz 2008: J Biomech
41:1639. Murray 1967: Phys Ther 47:272. Novacheck 1998: Gait Posture 7:77. Cavanagh 1980: J Biomech 13:397. Hinrichs
1987: Int J Sport Biomech 3:222. Escamilla 1998: Med Sci Sports Exerc 30:556. Escamilla 2001: Med Sci Sports Exerc
33:127. Earl 2007: J Orthop Sports Phys Ther 37:245.
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
SCALE = {"deg": np.pi / 180, "1": 1.0}


@cache
def _knots() -> dict[tuple[str, str], dict[float, float]]:
    """Values by phase, of each movement and coordinate, rad."""
    table: dict[tuple[str, str], dict[float, float]] = {}
    text = resources.files("myoshift.simulate").joinpath("curves.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        value = float(row["value"]) * SCALE[row["unit"]]
        table.setdefault((row["movement"], row["coordinate"]), {})[float(row["phase"])] = value
    return table


@cache
def _spline(movement: str, coordinate: str) -> Callable[[Array], Array]:
    knots = _knots()[movement, coordinate]
    spline: Callable[[Array], Array] = CubicSpline([*knots, 1.0], [*knots.values(), knots[0.0]], bc_type="periodic")
    return spline


def has_curve(movement: str, coordinate: str) -> bool:
    """Whether there is a mean curve of a coordinate (without side); the others hardly move."""
    return (movement, coordinate) in _knots()


def curve(movement: str, coordinate: str, phase: Array) -> Array:
    """Angle in rad, or force in body weights, at each phase (T,) in cycles: a periodic spline through the knots."""
    return _spline(movement, coordinate)(np.mod(phase, 1.0))
