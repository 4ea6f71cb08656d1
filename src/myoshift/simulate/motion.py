"""The motion of a whole body, and the forces that the ground exerts on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from myoshift.types import Array, Flag, Side

Support = Literal["ground", "held", "seated"]
"""Who carries a body: its feet on the ground, something that holds the pelvis, or a seat under pelvis and thighs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Motion:
    """One continuous motion.

    Parameters
    ----------
    values : (T, 37) float64, in the order of `model.COORDINATES`, rad and m, nothing missing
    rate : Hz, even
    support : who carries the body where no forces were measured
    measured : the coordinates that were measured; the others were filled in
    """

    values: Array
    rate: float
    support: Support = "ground"
    measured: frozenset[str] = frozenset()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Reaction:
    """What the ground does to each foot, in the ground frame.

    Parameters
    ----------
    force : (T, 3) of each side, N
    moment : (T, 3) of each side about the origin of the ground frame, N m
    """

    force: Mapping[Side, Array]
    moment: Mapping[Side, Array]
