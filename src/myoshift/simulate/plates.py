"""Force plates as a table of columns holds them: which columns are the force, the centre of pressure, the torque.

Labels of OpenSim files differ (`ground_force_r_vx`, `l_ground_force_vx`, `1_ground_force_vx`, `ground_force_1_vx`,
`left_ground_force_vx`), but each is words between underscores and an axis. What is left without the words for the
quantity names the plate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from myoshift.errors import ConfigError, DataRefused
from myoshift.types import Array, Side, Table

Quantity = Literal["force", "point", "torque"]
Columns = tuple[str, str, str]
"""The x, y and z column of a vector."""

QUANTITIES: Mapping[str, Quantity] = {
    "v": "force", "f": "force", "p": "point", "cop": "point", "t": "torque", "m": "torque",
    "torque": "torque", "moment": "torque", "force": "force",
}  # fmt: skip
"""The words that tell a quantity, the telling ones first: `ground_force_r_p` is a point."""
WORDS = (*QUANTITIES, "ground", "reaction", "grf", "free", "")
SIDES: Mapping[str, Side] = {"r": "r", "right": "r", "l": "l", "left": "l"}
_AXIS = re.compile(r"(.*)([xyz])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The columns of one plate, and whose foot they act on.

    Parameters
    ----------
    name : the label of its force without the axis (`ground_force_r_v`)
    torque : None where the file has no free moment
    side : None where neither the labels nor anybody says it
    """

    name: str
    force: Columns
    point: Columns
    torque: Columns | None = None
    side: Side | None = None


def sources(names: Sequence[str]) -> tuple[Source, ...]:
    """The plates that labels speak of, in the order of their forces; sides from the labels alone.

    Raises
    ------
    DataRefused
        When there is no force, a force has no centre of pressure, or two forces name the same plate.
    """
    vectors: dict[tuple[str, ...], dict[Quantity, Columns]] = {}
    for stem, columns in _triples(names):
        quantity, plate = _meaning(stem)
        if quantity is None:
            continue
        if quantity in vectors.setdefault(plate, {}):
            raise DataRefused(
                "two columns are the same quantity of one plate",
                why=f"{vectors[plate][quantity][0]} and {columns[0]}",
                mend="name the columns of each plate with an ExternalLoads file (--loads)",
            )
        vectors[plate][quantity] = columns
    found = tuple(_source(plate, found) for plate, found in vectors.items() if "force" in found)
    if not found:
        raise DataRefused(
            "no column is a ground reaction force",
            why=f"columns: {', '.join(names)[:200]}",
            mend="give a file with ground_force_vx, .._vy, .._vz, .._px, .._py, .._pz, "
            "or name its columns with an ExternalLoads file (--loads)",
        )
    return found


def stated(found: Sequence[Source], sides: Mapping[str, Side]) -> tuple[Source, ...]:
    """The plates that are stated, each by the beginning of its labels, with the side stated for it.

    Raises
    ------
    ConfigError
        When a beginning fits no plate or several.
    """
    chosen: dict[str, Source] = {}
    for prefix, side in sides.items():
        fits = [s for s in found if prefix in (s.name, s.name.removesuffix("v"), s.name.removesuffix("_v"))]
        fits = fits or [source for source in found if source.name.startswith(prefix)]
        if len(fits) != 1 or fits[0].name in chosen:
            raise ConfigError(
                f"--grf-side {prefix}={side} fits {len(fits) if len(fits) != 1 else 'a plate that is stated already'}"
                f"{' plates' if len(fits) != 1 else ''}",
                why=f"forces of the file: {', '.join(source.name for source in found)}",
                mend="give what the labels of one plate begin with",
            )
        chosen[fits[0].name] = _of_side(fits[0], side)
    return tuple(chosen.values())


def vector(table: Table, columns: Columns | None) -> Array:
    """Three columns as (T, 3), zeros for None."""
    if columns is None:
        return np.zeros((len(table.time), 3))
    return np.asarray(table.select(columns).values)


def _triples(names: Sequence[str]) -> list[tuple[str, Columns]]:
    """Labels that differ in the axis at their end only, without it."""
    stems: dict[str, dict[str, str]] = {}
    for name in names:
        if match := _AXIS.fullmatch(name):
            stems.setdefault(match[1], {})[match[2].lower()] = name
    return [(stem, (at["x"], at["y"], at["z"])) for stem, at in stems.items() if set(at) == set("xyz")]


def _meaning(stem: str) -> tuple[Quantity | None, tuple[str, ...]]:
    """What a vector is, and the words that name its plate."""
    words = stem.lower().split("_")
    quantity = next((QUANTITIES[word] for word in QUANTITIES if word in words), None)
    return quantity, tuple(word for word in words if word not in WORDS)


def _source(plate: tuple[str, ...], found: Mapping[Quantity, Columns]) -> Source:
    name = found["force"][0][:-1]
    if "point" not in found:
        raise DataRefused(
            f"{name!r} has no centre of pressure",
            why="a force without the point at which it acts gives no joint moment",
            mend="export the file with the columns of the centre of pressure (.._px, .._py, .._pz)",
        )
    sides = {SIDES[word] for word in plate if word in SIDES}
    return Source(
        name=name,
        force=found["force"],
        point=found["point"],
        torque=found.get("torque"),
        side=sides.pop() if len(sides) == 1 else None,
    )


def _of_side(source: Source, side: Side) -> Source:
    return Source(name=source.name, force=source.force, point=source.point, torque=source.torque, side=side)
