"""Motion of a trial as the spec says: which columns are which coordinates, in which units and with which signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from myoshift import anatomy, formats, registry
from myoshift.datasets.lab.parts import Column, Motion, Window
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Array, Flag, Table

ANGLES = ("deg", "rad")
LENGTHS = ("m", "mm")


def wanted(motion: Motion, there: Sequence[str]) -> tuple[str, ...]:
    """Columns to take out of a file that has these.

    Raises
    ------
    DataRefused
        When a column that is left out is not there.
    """
    _refuse_absent(motion.drop, there, "motion.drop")
    if not motion.columns:
        return tuple(name for name in there if name not in motion.drop)
    asked = (*motion.columns, *(name for parts in motion.sums.values() for name in parts))
    return tuple(dict.fromkeys(asked))


def coordinates(table: Table, motion: Motion, where: Path) -> tuple[Table, str, tuple[Flag, ...]]:
    """The motion, the convention that its names then follow, and what was done.

    Raises
    ------
    DataRefused
        When the convention or a coordinate is unknown (the nearest are named), or a unit is missing.
    """
    _refuse_unsigned(motion, where)
    table = within(_with_units(table, motion, where), motion.window)
    explicit = any(column.coordinate for column in motion.columns.values()) or bool(motion.sums)
    kept = _kept(table, motion)
    unmapped = [name for name in kept if explicit and name not in motion.columns]
    stray = [name for name in unmapped if not _known(_sided(name, motion), _convention(motion))]
    columns = [_column(table, name, motion, where, explicit) for name in kept if name not in stray]
    columns += [_sum(table, name, parts, where) for name, parts in motion.sums.items()]
    names, units, values = zip(*columns, strict=True)
    flags = [Flag("derived", "sums of columns", ", ".join(motion.sums))] if motion.sums else []
    flags += [Flag("unknown_coordinate", "left out, not in the vocabulary", ", ".join(stray))] if stray else []
    flags += [Flag("dropped", reason, name) for name, reason in motion.drop.items()]
    made = replace(table, values=np.column_stack(values), names=names, units=units)
    return made, "rajagopal" if explicit else _convention(motion), tuple(flags)


def _refuse_unsigned(motion: Motion, where: Path) -> None:
    """Refuse coordinates whose signs nobody stated, and conventions that nobody knows."""
    mapped = motion.columns and all(column.coordinate for column in motion.columns.values())
    if motion.convention is None and not mapped:
        raise DataRefused(
            "which signs do the coordinates have?",
            where=where,
            mend="write `motion.convention:` rajagopal (knee flexion positive), gait2392 (negative) or another of "
            f"{', '.join(anatomy.CONVENTIONS)}; or a coordinate for each of `motion.columns`",
        )
    if motion.convention not in (None, *anatomy.CONVENTIONS):
        raise registry.unknown("convention", str(motion.convention), anatomy.CONVENTIONS)


def _convention(motion: Motion) -> str:
    return motion.convention or "rajagopal"


def within(table: Table, window: Window) -> Table:
    """The rows of a table in a window of seconds, ends included to a microsecond."""
    low, high = (window[0] if window[0] is not None else -np.inf), (window[1] if window[1] is not None else np.inf)
    rows = (table.time >= low - 1e-6) & (table.time <= high + 1e-6)
    return table if rows.all() else replace(table, values=table.values[rows], time=table.time[rows])


def _kept(table: Table, motion: Motion) -> list[str]:
    if motion.columns:
        return list(motion.columns)
    return [
        name for name in table.names if not motion.sums or name not in {n for p in motion.sums.values() for n in p}
    ]


def _column(table: Table, name: str, motion: Motion, where: Path, explicit: bool) -> tuple[str, str, Array]:
    """Name, unit and values of a column, canonical where the spec says coordinates, as in the file where not."""
    column = motion.columns.get(name, Column())
    unit, values = table.units[table.names.index(name)], table.column(name)
    signed = values if column.sign == 1 else -values
    if column.coordinate in anatomy.COORDINATES:
        return str(column.coordinate), unit, signed
    if column.coordinate is not None:
        raise _unknown(column.coordinate, f"motion.columns.{name}", where)
    if not explicit:
        return _sided(name, motion), unit, signed
    known = _canonical(name, motion, where)
    return known.name, unit, signed * known.sign


def _canonical(name: str, motion: Motion, where: Path) -> anatomy.Coordinate:
    try:
        return anatomy.coordinate(_sided(formats.short_name(name), motion), _convention(motion))
    except UnknownNameError as error:
        raise UnknownNameError(error.what, where=f"{where}, {name}", why=error.why, mend=_MAP) from error


_MAP = "say which it is: `motion.columns: {column: coordinate}`"


def _sided(name: str, motion: Motion) -> str:
    """With the side of the file, where only that makes it a coordinate."""
    if (
        motion.side is None
        or _known(name, _convention(motion))
        or not _known(f"{name}_{motion.side}", _convention(motion))
    ):
        return name
    return f"{name}_{motion.side}"


def _known(name: str, convention: str) -> bool:
    try:
        anatomy.coordinate(formats.short_name(name), convention)
    except UnknownNameError:
        return False
    return True


def _sum(table: Table, name: str, parts: Sequence[str], where: Path) -> tuple[str, str, Array]:
    if name not in anatomy.COORDINATES:
        raise _unknown(name, "motion.sums", where)
    units = {table.units[table.names.index(part)] for part in parts}
    if len(units) > 1:
        raise DataRefused(
            f"{name!r} is a sum of several units", where=where, why=", ".join(units), mend="see `motion`"
        )
    return name, units.pop(), table.select(tuple(parts)).values.sum(axis=1)


def _unknown(name: str, key: str, where: Path) -> UnknownNameError:
    found = registry.unknown("coordinate", name, anatomy.COORDINATES)
    return UnknownNameError(f"{found.what} in `{key}`", where=where, why=found.why, mend=found.mend)


def _with_units(table: Table, motion: Motion, where: Path) -> Table:
    """Every column with a unit: its own in the spec, the file's, or that of all angles."""
    units = [_unit(name, unit, motion, where) for name, unit in zip(table.names, table.units, strict=True)]
    return replace(table, units=tuple(units))


def _unit(name: str, stated: str, motion: Motion, where: Path) -> str:
    own = motion.columns.get(name, Column()).unit
    if own is not None:
        if stated and stated != own and own in ANGLES and stated in ANGLES:
            raise _contradicts(name, stated, own, f"motion.columns.{name}.unit", where)
        return own
    if stated in ANGLES and motion.unit not in (None, stated):
        raise _contradicts(name, stated, str(motion.unit), "motion.unit", where)
    if stated in (*ANGLES, *LENGTHS) or motion.unit:
        return stated if stated in (*ANGLES, *LENGTHS) else str(motion.unit)
    raise DataRefused(
        "the angles have no unit",
        where=f"{where}, {name}",
        why=f"the file says {stated!r}" if stated else "the file states none",
        mend="write `motion.unit: deg` or `motion.unit: rad`",
    )


def _contradicts(name: str, stated: str, said: str, key: str, where: Path) -> DataRefused:
    return DataRefused(
        "two units for one angle", where=f"{where}, {name}", why=f"the file says {stated}, `{key}` {said}",
        mend="leave it out of the spec, or convert the file",
    )  # fmt: skip


def _refuse_absent(names: Sequence[str] | dict[str, str], there: Sequence[str], key: str) -> None:
    for name in names:
        if name not in there:
            unknown = registry.unknown("column", name, there)
            raise UnknownNameError(
                f"there is no column {name!r} for `{key}`", why=unknown.why, mend="correct the name"
            )
