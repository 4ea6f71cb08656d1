"""One file of a trial as a table of named columns, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import anatomy, formats, registry
from myoshift.datasets.lab.parts import File
from myoshift.errors import ConfigError, DataFormatError, DataRefused, UnknownNameError
from myoshift.formats import C3D, Emg2Pose
from myoshift.types import Array, Flag, Markers, Table

Content = Table | Markers | C3D | dict[str, Any] | Any
OPTIONS = ("delimiter", "decimal", "preamble", "names", "short_rows", "units")
ARRAYS = ("mat5", "mat7.3", "npz", "npy", "hdf5")
UNITLESS = ("parquet", "edf", "bdf", "delsys")
"""Formats whose readers want a unit for every channel, also for those that nobody asks for."""
MOST = 12
"""Columns or variables that a message names."""


def load(path: Path, role: str, file: File, *, angle_unit: str | None = None, even: float | None = None) -> Content:
    """What the reader of the file's format makes of it.

    Parameters
    ----------
    angle_unit : of a .sto or .mot file of motion, where the spec says it
    even : rate of a table of cycles, which needs no clock

    Raises
    ------
    DataRefused
        When it cannot be read, or nothing says its rate.
    ConfigError
        When the spec states something that has no meaning for the format.
    """
    kind = formats.kind(path)
    known = formats.options(kind) if kind in formats.READERS else ()
    stated = {key: getattr(file, key) for key in OPTIONS if getattr(file, key) is not None}
    if kind in formats.WORDS:
        _refuse_timeless(path, role, {"rate": even or file.rate, "time": file.time})
    if "rate" in known and "time" in known:
        stated |= {"rate": even or file.rate, "time": file.time}
    if kind in ARRAYS:
        stated.pop("names", None)  # `as_table` looks for them in the file
    strange = [key for key in stated if key not in known]
    if kind not in ARRAYS and file.variable is not None:
        strange.append("variable")
    if kind in formats.READERS and strange:
        raise ConfigError(f"`files.{role}.{strange[0]}` means nothing for a {kind} file", where=path)
    if angle_unit and "angle_unit" in known:
        stated["angle_unit"] = angle_unit
    if kind in UNITLESS:
        stated["unit"] = "1"  # the columns of a role have the unit of the spec, others are not looked at
    return _read(path, role, {key: value for key, value in stated.items() if value is not None})


def _read(path: Path, role: str, stated: dict[str, Any]) -> Content:
    try:
        return formats.read(path, **stated)
    except DataFormatError as error:
        if "rate" not in error.what or "rate" in stated:
            raise
        mend = f"write `rate:` (Hz) under `files.{role}`, or `time:` with the column that holds seconds"
        raise DataFormatError(error.what, where=error.where, why=error.why, mend=mend) from error


def columns(found: Content, path: Path, role: str, file: File, convention: str = "") -> tuple[str, ...]:
    """Names of the columns that a file has for a role."""
    if isinstance(found, C3D) and role == "motion":
        if convention and not any(_is_coordinate(name, convention) for name in found.point_names):
            found = without_subject(found)
        names = [name if k == 0 else f"{name}:{k}" for name in dict.fromkeys(found.point_names) for k in range(3)]
        return tuple(name for name in names if not convention or _is_coordinate(name, convention))
    if isinstance(found, C3D):
        return found.analog_table().names
    if isinstance(found, dict):
        return _variables(found, path, role, file)[0]
    return tuple(name for table in _tables(found, path, role) for name in table.names)


def as_table(
    found: Content, path: Path, role: str, file: File, wanted: Sequence[str] | None, *, cycle: int | None = None
) -> Table:
    """The wanted columns of a file (all where None), of one cycle of an array where it has several.

    Raises
    ------
    DataRefused
        When a column is not there (the nearest are named), columns have several rates, or an array has another shape.
    """
    if isinstance(found, C3D) and role == "motion":
        table = _points(found, wanted or (), path)
    elif isinstance(found, C3D):
        table = found.analog_table(_there(found.analog_table().names, wanted, path))
    elif isinstance(found, dict):
        table = _select(_array(found, path, role, file, cycle), wanted, path)
    else:
        whole = _of_one_rate(_tables(found, path, role), wanted, path, role)
        table = _select(_started(whole, path, role, file), wanted, path)
    return table if isinstance(found, dict) else _at_rate(table, path, role, file)


def without_subject(found: C3D) -> C3D:
    """The file with its points called `LHipAngles` where all have the same subject before them, `S1:LHipAngles`."""
    if len({name.partition(":")[0] for name in found.point_names if ":" in name}) != 1:
        return found
    names = tuple(name.partition(":")[2] or name for name in found.point_names)
    return found if len(set(names)) < len(set(found.point_names)) else replace(found, point_names=names)


def value(found: Mapping[str, Any], variable: str, path: Path) -> Any:
    """What stands at a path of variables, `EMG.subject1.all`; `DataRefused` with the names that there are.

    Of a struct array `s.data[0].angles` is that of one element, `s.data.angles` those of all (see `elements`).
    """
    if variable in found:  # as in HDF5, where a path is a name: `trial/emg`
        return found[variable]
    here: Any = found
    for part in filter(None, re.split(r"[.\[\]]", variable)):
        try:
            here = _part(here, part)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            names = list(here) if isinstance(here, Mapping) else [f"{len(here)} elements"] if _is_list(here) else []
            raise DataRefused(
                f"there is no variable {variable!r}",
                where=path,
                why=f"at {part!r} there are {', '.join(names[:MOST]) or 'only numbers'}",
                mend="correct the path of the variable in `files`",
            ) from error
    return here


def elements(array: Sequence[Mapping[str, Any]], field: str) -> Any:
    """A field of every element of a struct array: those of one shape as one array, of which they are the first axis.

    Raises
    ------
    KeyError
        When an element has no such field.
    """
    inner = [each[field] for each in array]
    alike = len({np.shape(each) for each in inner if not isinstance(each, str | list | Mapping)}) == 1
    return np.stack(inner) if alike and all(isinstance(each, np.ndarray) for each in inner) else inner


def _part(here: Any, part: str) -> Any:
    if not _is_list(here):
        return {**here}[part]
    return here[int(part)] if part.isdigit() else elements(here, part)


def _is_list(here: Any) -> bool:
    return isinstance(here, list)


def _refuse_timeless(path: Path, role: str, stated: Mapping[str, Any]) -> None:
    if stated["rate"] is None and stated["time"] is None:
        raise DataRefused(
            "no sampling rate",
            where=path,
            why="neither the file nor the spec states one",
            mend=f"write `rate:` (Hz) under `files.{role}`, or `time:` with the column that holds seconds",
        )
    if isinstance(stated["rate"], str):
        raise ConfigError(f"`files.{role}.rate` is no number", where=path, why=f"{stated['rate']!r}", mend="Hz")


def _is_coordinate(name: str, convention: str) -> bool:
    try:
        anatomy.coordinate(name, convention)
    except UnknownNameError:
        return False
    return True


def _tables(found: Content, path: Path, role: str) -> tuple[Table, ...]:
    if isinstance(found, Table):
        return (found,)
    if isinstance(found, Emg2Pose):
        return (found.joint_angles if role == "motion" else found.emg,)
    tables: tuple[Table, ...] = getattr(found, "tables", ())
    if not tables:
        raise DataRefused(
            f"no table of {role}", where=path, why=f"a {type(found).__name__}", mend="give another file"
        )
    return tables


def _of_one_rate(tables: Sequence[Table], wanted: Sequence[str] | None, path: Path, role: str) -> Table:
    own = [table for table in tables if wanted is None or set(wanted) & set(table.names)] or list(tables[:1])
    if len(own) > 1:
        said = "; ".join(f"{table.rate:g} Hz: {', '.join(table.names[:MOST])}" for table in own)
        key = "emg.sites" if role == "emg" else f"{role}.columns"
        raise DataRefused("columns of several rates", where=path, why=said, mend=f"name those of one rate in `{key}`")
    return own[0]


def _select(table: Table, wanted: Sequence[str] | None, path: Path) -> Table:
    names = _there(table.names, wanted, path)
    return table if names is None else table.select(tuple(names))


def _started(table: Table, path: Path, role: str, file: File) -> Table:
    """The table without the start-up values at its beginning, and a flag that says so."""
    _there(table.names, tuple(file.start_within), path)
    start, flags = 0, []
    for name, (low, high) in file.start_within.items():
        inside = (table.column(name) >= low) & (table.column(name) <= high)
        if not inside.any():
            why = f"{name} is never within {low:g}..{high:g}"
            mend = f"see `files.{role}.start_within`"
            raise DataRefused("nothing but start-up values", where=path, why=why, mend=mend)
        first = int(inside.argmax())
        start = max(start, first)
        if first:
            flags.append(Flag("start_up", f"{first} rows at the start with {name} outside {low:g}..{high:g} are cut"))
    return replace(table, values=table.values[start:], time=table.time[start:], flags=(*flags, *table.flags))


def _there(names: Sequence[str], wanted: Sequence[str] | None, path: Path) -> Sequence[str] | None:
    for name in wanted or ():
        if name not in names:
            unknown = registry.unknown("column", name, names)
            raise UnknownNameError(
                f"there is no column {name!r}", where=path, why=unknown.why, mend="name the column as the file does"
            )
    return wanted


def _points(c3d: C3D, wanted: Sequence[str], path: Path) -> Table:
    """Components of points as columns: `RHipAngles` is component 0, `RHipAngles:1` component 1."""
    parts = [name.rpartition(":") if name[-2:] in (":0", ":1", ":2") else (name, "", "0") for name in wanted]
    if not any(name in c3d.point_names for name, _, _ in parts):
        c3d = without_subject(c3d)
    _there(c3d.point_names, [name for name, _, _ in parts], path)
    values = [c3d.point(name)[:, int(component)] for name, _, component in parts]
    unit = c3d.parameters.get("POINT", {}).get("ANGLE_UNITS", "")
    return Table(
        values=np.stack(values, axis=1) if values else np.empty((len(c3d.points), 0)),
        names=tuple(wanted),
        units=((unit if isinstance(unit, str) else unit[0] if isinstance(unit, tuple) else "").strip(),)
        * len(wanted),
        rate=c3d.point_rate,
        time=c3d.start + np.arange(len(c3d.points)) / c3d.point_rate,
    )


def _at_rate(table: Table, path: Path, role: str, file: File) -> Table:
    """The table at the rate that the spec states; of uneven stamps the file's own rate is only a mean."""
    if file.rate is None or isinstance(file.rate, str):
        return table
    uneven = any(flag.code == "irregular" for flag in table.flags)
    if abs(file.rate / table.rate - 1) > (0.1 if uneven else 1e-3):
        raise DataRefused(
            "the stated sampling rate contradicts the file",
            where=path,
            why=f"`files.{role}.rate` {file.rate:g} Hz, in the file {table.rate:.6g} Hz",
            mend="leave it out, or correct it",
        )
    return replace(table, rate=file.rate)


def _array(found: dict[str, Any], path: Path, role: str, file: File, cycle: int | None) -> Table:
    names, values = _variables(found, path, role, file)
    if "cycle" in file.axes and cycle is not None:
        values = values[..., cycle]
    if values.ndim != 2 or values.shape[1] != len(names):
        raise DataRefused(
            "an array is not as the spec says",
            where=path,
            why=f"time, channel: {values.shape}; {len(names)} names; axes {', '.join(file.axes)}",
            mend=f"correct `axes`, `names` or `variable` under `files.{role}`",
        )
    if cycle is None:
        time, rate = _clock(found, path, role, file, len(values))
    else:
        time, rate = np.arange(len(values), dtype=float), 1.0  # the spec says how long a cycle lasts
    return Table(values=values, names=names, units=("",) * len(names), rate=rate, time=time)


def _variables(found: dict[str, Any], path: Path, role: str, file: File) -> tuple[tuple[str, ...], Array]:
    """Names of the channels, and the array with its axes in the order time, channel, cycle."""
    if isinstance(file.variable, dict):
        parts = [_numbers(found, each, path) for each in file.variable.values()]
        if len({part.shape for part in parts}) > 1:
            shapes = ", ".join(f"{n}: {p.shape}" for n, p in zip(file.variable, parts, strict=True))
            raise DataRefused(
                "variables of several lengths", where=path, why=shapes, mend=f"see `files.{role}.variable`"
            )
        return tuple(file.variable), np.stack(parts, axis=1)
    if file.variable is None:
        raise DataRefused(
            f"which variable holds the {role}?",
            where=path,
            why=f"there are {', '.join(list(found)[:MOST])}",
            mend=f"write its path in `files.{role}.variable`",
        )
    values = _numbers(found, file.variable, path)
    if values.ndim != len(file.axes):
        shape = f"{file.variable} has the shape {values.shape}"
        raise DataRefused("an array is not as the spec says", where=path, why=shape, mend=f"see `files.{role}.axes`")
    values = values.transpose([file.axes.index(axis) for axis in ("time", "channel", "cycle") if axis in file.axes])
    return _names(found, path, role, file), values


def _names(found: dict[str, Any], path: Path, role: str, file: File) -> tuple[str, ...]:
    if file.names is None:
        raise DataRefused(
            f"the channels of the {role} have no names",
            where=path,
            mend=f"write `files.{role}.names`: a list, or the path of the variable that holds them",
        )
    said = value(found, file.names, path) if isinstance(file.names, str) else file.names
    return tuple(str(each).strip() for each in np.atleast_1d(np.asarray(said, dtype=str)).ravel())


def _numbers(found: Mapping[str, Any], variable: str, path: Path) -> Array:
    there = value(found, variable, path)
    try:
        return np.asarray(there, dtype=float)
    except (ValueError, TypeError) as error:
        lengths = sorted({np.shape(each) for each in there}) if _is_list(there) else []
        why = f"{len(there)} elements of the shapes {lengths[:MOST]}" if len(lengths) > 1 else "texts or structs"
        raise DataRefused(
            f"the variable {variable!r} is no array of numbers",
            where=path,
            why=why,
            mend="name one that is, or elements one by one, as in `data[0].emg`",
        ) from error


def _single(stated: Any, path: Path, role: str) -> float:
    """A rate, of a struct array that of all its elements."""
    rates = np.unique(np.asarray(stated, dtype=float)) if not isinstance(stated, str) else np.array([])
    if len(rates) != 1:
        raise DataRefused(
            "no single sampling rate", where=path, why=f"{stated!r:.60}", mend=f"see `files.{role}.rate`"
        )
    return float(rates[0])


def _clock(found: dict[str, Any], path: Path, role: str, file: File, frames: int) -> tuple[Array, float]:
    """Time of each frame and the rate, as the spec says where they are."""
    from myoshift.formats.clock import clock

    stated = value(found, file.rate, path) if isinstance(file.rate, str) else file.rate
    rate = None if stated is None else _single(stated, path, role)
    if file.time is None:
        _refuse_timeless(path, role, {"rate": rate, "time": None})
        return np.arange(frames) / (rate or 1.0), rate or 1.0
    time = _numbers(found, file.time, path).ravel()
    if len(time) != frames:
        raise DataRefused(
            "time and values differ in length",
            where=path,
            why=f"{len(time)} times, {frames} rows",
            mend="see `files`",
        )
    try:
        return time, clock(time, rate)[0]
    except DataFormatError as error:
        raise DataFormatError(error.what, where=path, why=error.why, mend=error.mend) from error
