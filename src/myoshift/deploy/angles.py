"""Joint angles out of whatever a lab has them in: OpenSim tables, delimited text, Parquet, C3D with Plug-in Gait."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from myoshift import anatomy, formats, registry
from myoshift.errors import DataFormatError, DataRefused, UnknownNameError
from myoshift.formats.c3d import texts
from myoshift.types import Flag, Table

TIME = "time"
"""The column of a .csv that holds seconds."""
PLUG_IN_GAIT = "plug_in_gait"
SLOWEST = 10.0
"""Hz; with fewer frames a stride of one second has no shape that an activation could follow."""
AngleUnit = Literal["deg", "rad"]


def read_table(path: Path, angle_unit: AngleUnit | None = None) -> Table:
    """A table of an OpenSim file (.mot, .sto), or of delimited text or Parquet with a column `time` in seconds.

    Parameters
    ----------
    angle_unit : of the angles, for a file that does not state it

    Raises
    ------
    DataFormatError
        When the file is damaged, or is no such table; markers are sent to `myoshift import`.
    """
    kind = formats.kind(path)
    if kind == "sto":
        return formats.read_sto(path, angle_unit=angle_unit)
    if kind in (*formats.WORDS, "parquet"):
        found: Table = formats.READERS[kind](path, time=TIME, unit=angle_unit or "")
        return found
    raise DataFormatError(
        "not a table of joint angles or EMG",
        where=path,
        why=f"this is a {kind} file",
        mend="give a .mot, .sto, .csv, .tsv or .parquet table with a column `time` (s); joint angles are made from "
        "markers by `myoshift import`, with a lab.yaml that says which marker is which",
    )


def read_angles(path: Path, convention: str, angle_unit: AngleUnit | None = None) -> tuple[Table, str]:
    """Joint angles of a file, and the convention that they follow.

    A C3D file gives the angles that Plug-in Gait computed (`LHipAngles`), whose names say their convention; every
    other file is a table (`read_table`) that follows `convention`.

    Raises
    ------
    DataRefused
        When the file is no table, holds no such angles, has fewer than 10 frames a second, or does not state the
        unit of its angles.
    """
    if formats.kind(path) == "c3d":
        table, convention = _plug_in_gait(path, angle_unit), PLUG_IN_GAIT
    else:
        table = read_table(path, angle_unit)
    if not any(is_coordinate(name, convention) for name in table.names):
        raise _no_coordinate(table, path, convention)
    _refuse_without_unit(table, path, convention)
    if table.rate < SLOWEST:
        raise DataRefused(
            "too few frames a second for a motion",
            where=path,
            why=f"{table.rate:.4g} Hz: steps of {1 / table.rate:.4g} s in the column `time`; at least {SLOWEST:g} Hz",
            mend="give time in seconds (milliseconds look like this), or export the motion at its own rate",
        )
    return table, convention


def is_coordinate(label: str, convention: str) -> bool:
    """Whether a column is a coordinate in a convention, under its state path or its short name.

    Raises
    ------
    UnknownNameError
        When nobody knows the convention.
    """
    if convention not in anatomy.CONVENTIONS:
        raise registry.unknown("convention", convention, anatomy.CONVENTIONS)
    try:
        return bool(anatomy.coordinate(formats.short_name(label), convention))
    except UnknownNameError:
        return False


def _plug_in_gait(path: Path, angle_unit: AngleUnit | None) -> Table:
    c3d = formats.read_c3d(path)
    names = tuple(name for name in dict.fromkeys(c3d.point_names) if _is_of_a_leg(name))
    if not names:
        raise DataRefused(
            "the C3D file has no angles of Plug-in Gait",
            where=path,
            why=f"points: {', '.join(c3d.point_names[:8]) or 'none'}",
            mend="run `myoshift import` with a lab.yaml that says which marker is which, or export the angles of "
            "Plug-in Gait too (RHipAngles, RKneeAngles, RAnkleAngles)",
        )
    stated = texts(c3d.parameters.get("POINT", {}), "ANGLE_UNITS")
    unit = angle_unit or {"deg": "deg", "degrees": "deg", "rad": "rad"}.get(stated[0].strip() if stated else "", "")
    values = np.stack([c3d.point(name)[:, 0] for name in names], axis=1)
    time = c3d.start + np.arange(len(values)) / c3d.point_rate
    note = Flag("plug_in_gait", "flexion angles that Plug-in Gait computed, by their names", ", ".join(names))
    units, flags = (unit,) * len(names), (*c3d.flags, note)
    return Table(values=values, names=names, units=units, rate=c3d.point_rate, time=time, flags=flags)


def _is_of_a_leg(name: str) -> bool:
    """Whether a point is an angle of a leg; those of the pelvis are there twice, once for each side."""
    return is_coordinate(name, PLUG_IN_GAIT) and bool(
        anatomy.split_side(anatomy.coordinate(name, PLUG_IN_GAIT).name)[1]
    )


def _refuse_without_unit(table: Table, path: Path, convention: str) -> None:
    for name, unit in zip(table.names, table.units, strict=True):
        short = formats.short_name(name)
        if not unit and is_coordinate(name, convention) and anatomy.coordinate(short, convention).rotational:
            column = table.column(name)
            raise DataRefused(
                "the file does not say whether angles are degrees or radians",
                where=path,
                why=f"{short} is {np.nanmin(column):.4g} to {np.nanmax(column):.4g}",
                mend="say --angle-unit deg or --angle-unit rad",
            )


def _no_coordinate(table: Table, path: Path, convention: str) -> DataRefused:
    others = [
        known
        for known in anatomy.CONVENTIONS
        if known != convention and any(is_coordinate(name, known) for name in table.names)
    ]
    mend = f"say --convention {' or '.join(others)}" if others else "give joint angles (inverse kinematics)"
    return DataRefused(
        "no column is a joint angle that is known",
        where=path,
        why=f"columns: {', '.join(table.names[:6])}{', ...' if len(table.names) > 6 else ''}",
        mend=f"{mend}; their names are hip_flexion_r, knee_angle_r, ... (`myoshift list coordinates`)",
    )
