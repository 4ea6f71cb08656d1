"""Motion of a trial in canonical names, signs and units, judged column by column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myoshift import anatomy, formats, registry, signal
from myoshift.datasets.base import place
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Array, Flag, Table, Trial

LARGEST = 2 * math.pi  # rad: a joint angle beyond a full turn was written in degrees
SMALLEST = 0.2  # deg: a moving joint angle that moves less was written in radians
STILL = 1e-3  # deg: a joint that moves less is locked, and tells nothing about the unit
STANDING = 3.0  # deg: when all asked joints move less, the file is in radians, or nobody moves
UNIT = "state the unit of the file: --angle-unit, or `unit` in a lab.yaml"
SCALE = {"deg": math.pi / 180, "rad": 1.0, "m": 1.0, "mm": 1e-3}


def canonical(trial: Trial, asked: Sequence[str]) -> tuple[Table, tuple[Flag, ...]]:
    """Coordinates of a trial in radians and metres, knee flexion positive, and what was left out and why.

    Coupled columns (`*_beta`) and names outside the vocabulary are left out. `asked` names coordinates without side:
    of these an implausible one is refused, of all others it is left out.

    Raises
    ------
    DataRefused
        When there is no known coordinate, two columns are the same coordinate, an angle has no unit, or an asked
        angle is implausible in the unit that its file declares.
    """
    where = place(trial)
    if trial.motion is None:
        raise DataRefused("a trial without motion", where=where, mend="give a trial with joint angles")
    known, notes = _known(trial.motion, trial.convention)
    _refuse_ambiguous(trial, known, where)
    doubts = {name: doubt for name in known if (doubt := _doubt(trial.motion, name, known[name], where))}
    _refuse_asked(trial.motion, known, doubts, asked, where)
    kept = tuple(name for name in known if name not in doubts)
    if not kept:
        raise DataRefused("no coordinate is left", where=where, why="; ".join(doubts.values()))
    table = trial.motion.select(kept)
    factors = [known[name].sign * _factor(unit, known[name]) for name, unit in zip(kept, table.units, strict=True)]
    turned = replace(
        table,
        values=table.values * np.array(factors),
        names=tuple(known[name].name for name in kept),
        units=tuple(known[name].unit for name in kept),
    )
    left_out = tuple(Flag("implausible", f"{doubt}; left out", name) for name, doubt in doubts.items())
    return turned, (*trial.motion.flags, *notes, *left_out, *_outside(turned, kept, known))


def _known(table: Table, convention: str) -> tuple[dict[str, anatomy.Coordinate], list[Flag]]:
    """Native names that are coordinates, and a flag for each kind of column that is none."""
    if convention not in anatomy.CONVENTIONS:
        raise registry.unknown("convention", convention, anatomy.CONVENTIONS)
    known, coupled, stray = {}, [], []
    for name in table.names:
        short = formats.short_name(name)
        if anatomy.is_coupled(short):
            coupled.append(name)
            continue
        try:
            known[name] = anatomy.coordinate(short, convention)
        except UnknownNameError:
            stray.append(name)
    notes = []
    if coupled:
        notes.append(Flag("coupled", "left out, they follow another coordinate", ", ".join(coupled)))
    if stray:
        notes.append(Flag("unknown_coordinate", "left out, not in the vocabulary", ", ".join(stray)))
    return known, notes


def _refuse_ambiguous(trial: Trial, known: dict[str, anatomy.Coordinate], where: str) -> None:
    names = [coordinate.name for coordinate in known.values()]
    if not names and trial.motion is not None:
        raise DataRefused(
            "no column is a coordinate of the vocabulary",
            where=where,
            why=f"columns: {', '.join(trial.motion.names[:8])}",
            mend="name the convention of the file, or rename its columns (`hip_flexion_r`, `knee_angle_r`, ...)",
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        columns = [native for native, coordinate in known.items() if coordinate.name in twice]
        raise DataRefused(
            f"two columns are the coordinate {twice[0]!r}", where=where, why=", ".join(columns), mend="leave one out"
        )


def _doubt(table: Table, name: str, coordinate: anatomy.Coordinate, where: str) -> str:
    """Why a rotational column cannot be in the unit that its file declares; empty when it can."""
    if not coordinate.rotational:
        return ""
    unit = table.units[table.names.index(name)]
    low, high = _extent(table.column(name))
    if unit not in ("deg", "rad"):
        what = f"angle {name!r} is in a unit of EMG" if unit in signal.MICROVOLTS else f"angle {name!r} has no unit"
        why = f"unit {unit!r}, RMS {float(np.nanstd(table.column(name))):.4g}, {low:.4g}..{high:.4g}"
        raise DataRefused(what, where=where, why=why, mend="state deg or rad for this file (--angle-unit)")
    if unit == "rad" and max(-low, high) > LARGEST:
        return f"{low:g}..{high:g} declared rad, more than a full turn: deg (factor 57.3)?"
    if unit == "deg" and STILL < high - low < SMALLEST:
        return f"{low:g}..{high:g} declared deg moves by less than {SMALLEST} deg: rad (factor 57.3)?"
    return ""


def _refuse_asked(
    table: Table, known: dict[str, anatomy.Coordinate], doubts: dict[str, str], asked: Sequence[str], where: str
) -> None:
    columns = [name for name in known if anatomy.split_side(known[name].name)[0] in asked]
    for name in columns:
        if name in doubts:
            raise DataRefused("implausible angle", where=f"{where}, {name}", why=doubts[name], mend=UNIT)
    ranges = {name: float(np.ptp(_extent(table.column(name)))) for name in columns}
    degrees = [name for name in columns if table.units[table.names.index(name)] == "deg" and ranges[name] > STILL]
    if degrees and max(ranges[name] for name in degrees) < STANDING:
        widest = max(degrees, key=ranges.__getitem__)
        raise DataRefused(
            "no asked angle moves",
            where=f"{where}, {widest}",
            why=f"the widest range is {ranges[widest]:g} declared deg: rad (factor 57.3)?",
            mend=f"{UNIT}, or leave out a trial of standing",
        )


def _outside(table: Table, native: tuple[str, ...], known: dict[str, anatomy.Coordinate]) -> list[Flag]:
    """A flag for each coordinate beyond the range of the body."""
    flags = []
    for name, column in zip(native, table.values.T, strict=True):
        (low, high), limit = _extent(column), known[name]
        if low < limit.low or high > limit.high:
            why = f"{low:.3g}..{high:.3g} {limit.unit}, expected within {limit.low:g}..{limit.high:g}"
            flags.append(Flag("out_of_range", why, name))
    return flags


def _factor(unit: str, coordinate: anatomy.Coordinate) -> float:
    """What a declared unit is multiplied with. The angular unit that a file declares says nothing of lengths."""
    return SCALE[unit] if coordinate.rotational or unit == "mm" else 1.0


def _extent(column: Array) -> tuple[float, float]:
    """Least and largest value, 0 and 0 for a column of NaN."""
    there = column[np.isfinite(column)]
    return (float(there.min()), float(there.max())) if len(there) else (0.0, 0.0)
