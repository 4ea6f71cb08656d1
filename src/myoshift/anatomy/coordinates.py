"""Generalised coordinates: canonical (Rajagopal) names, units, ranges, and how other conventions differ.

Hip flexion, knee flexion and ankle dorsiflexion are positive. gait2392 counts knee flexion negative; Plug-in Gait
tilts the pelvis forwards where OpenSim tilts it backwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from myoshift import registry
from myoshift.anatomy.tables import rows, split_side
from myoshift.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One generalised coordinate.

    Parameters
    ----------
    name : canonical name
    sign : what the values of the other convention are multiplied with, +1 or -1
    unit : "rad" or "m", after the conversion of degrees
    low, high : widest range of the healthy and impaired body, in `unit`; values outside are suspicious
    mirror : -1 for a coordinate of the midline that changes sign when left and right are exchanged
    positive : the direction of positive values, in words
    """

    name: str
    sign: int
    unit: str
    rotational: bool
    low: float
    high: float
    mirror: int
    positive: str


@cache
def _canonical() -> dict[str, Coordinate]:
    table = {}
    for row in rows("coordinates.csv"):
        for suffix in ("_r", "_l") if row["sided"] == "yes" else ("",):
            table[row["name"] + suffix] = Coordinate(
                name=row["name"] + suffix,
                sign=1,
                unit=row["unit"],
                rotational=row["rotational"] == "yes",
                low=float(row["low"]),
                high=float(row["high"]),
                mirror=int(row["mirror"]),
                positive=row["positive"],
            )
    return table


@cache
def _aliases() -> dict[str, dict[str, Coordinate]]:
    """Coordinates by convention and native name. The alias `*` stands for every canonical name, unchanged."""
    table: dict[str, dict[str, Coordinate]] = {}
    for row in rows("conventions.csv"):
        names = table.setdefault(row["convention"], {})
        if row["alias"] == "*":
            names |= _canonical()
        else:
            names[row["alias"]] = replace(_canonical()[row["name"]], sign=int(row["sign"]))
    return table


COORDINATES = tuple(_canonical())
"""All canonical names, with side where there is one."""

CONVENTIONS = tuple(_aliases())
"""The naming and sign conventions known."""


def is_coupled(name: str) -> bool:
    """Whether a column follows another one (`knee_angle_r_beta`), so that it carries nothing and is dropped."""
    return name.endswith("_beta")


def coordinate(name: str, convention: str = "rajagopal") -> Coordinate:
    """The canonical coordinate that a native column is, with the sign to multiply the column with.

    In `plug_in_gait`, `LHipAngles` is component 0 of that point and `LHipAngles:1` component 1.

    Raises
    ------
    UnknownNameError
        When the convention or the name is not known, or the column is a coupled one.
    """
    if convention not in _aliases():
        raise registry.unknown("convention", convention, CONVENTIONS)
    if is_coupled(name):
        raise UnknownNameError(
            f"{name!r} is no coordinate of its own",
            why=f"it follows {name.removesuffix('_beta')}, and files disagree about its unit",
            mend="drop the column",
        )
    known = _aliases()[convention]
    if name not in known:
        raise registry.unknown("coordinate", name, known)
    return known[name]


def own_leg(name: str) -> bool:
    """Whether a name without side (`hip_flexion`) is a coordinate that each leg has."""
    return f"{name}_r" in _canonical() and split_side(name)[1] is None
