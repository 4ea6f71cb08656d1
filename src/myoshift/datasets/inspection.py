"""What a file holds, before anybody uses it: channels, units, rates, gaps, and what looks wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import singledispatch
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy, formats, signal
from myoshift.datasets import bodies, clocks, naming
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.formats.c3d import texts
from myoshift.formats.clock import GAP
from myoshift.formats.trc import METRES
from myoshift.signal.blocks import blocks
from myoshift.types import Array, EmgKind, Flag, Markers, Table

Status = Literal["pass", "flag", "masked", ""]
Opinion = tuple[Status, tuple[str, ...]]

VOLTS = ("V", "mV", "uV", "µV")
COMPUTED = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")  # lists of points that a model computed, no markers
COMPUTED_NAME = re.compile(r"Angle|Force|Moment|Power|CentreOfMass|GRF|CoP", re.IGNORECASE)
_STILL_DEGREES = 0.2
_MISSING = 0.5


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel: its range, the share of missing samples, and a verdict with reasons ("" where there is none)."""

    name: str
    samples: int
    unit: str
    rate: float | None
    low: float | None
    high: float | None
    missing: float
    verdict: Status = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What `inspect` found.

    Parameters
    ----------
    duration : seconds, None without a time axis
    gaps : (from, to) in seconds, stretches without any sample
    """

    path: str
    sha256: str
    format: str
    duration: float | None
    channels: tuple[Channel, ...]
    gaps: tuple[tuple[float, float], ...]
    events: int
    flags: tuple[Flag, ...]


def inspect(path: str | Path, *, emg: EmgKind | None = None, **options: Any) -> Inspection:
    """Read a file of any known format and describe it. Nothing is executed and nothing written.

    Parameters
    ----------
    emg : judge the columns of a table as EMG of this kind; analog channels in volts are judged as raw EMG anyway
    options : options of the format's reader

    Raises
    ------
    DataRefused
        When the file cannot be read (see the reader of its format), or more than half of a table's column is NaN.
    """
    return describe(formats.read(path, **options), path, emg)


def describe(found: Any, path: str | Path, emg: EmgKind | None = None) -> Inspection:
    """The same for what a reader has read from that path.

    Raises
    ------
    DataRefused
        When more than half of a table's column is NaN.
    """
    if isinstance(found, Table):
        refuse_nan_laden(found, path)
    time, flags, events = _frame(found)
    channels = tuple(_channels(found, emg))
    lost = () if time is None else tuple(clocks.gaps(time, "the file"))
    return Inspection(
        path=str(path),
        sha256=formats.hash_file(path),
        format=formats.detect(path),
        duration=None if time is None else float(time[-1] - time[0]),
        channels=channels,
        gaps=() if time is None else tuple(_gaps(time)),
        events=events,
        flags=(*flags, *lost, *naming.sides([channel.name for channel in channels]), *_bodily(found, path)),
    )


def refuse_nan_laden(table: Table, path: str | Path) -> None:
    """A table, unlike a marker that was out of sight, has no business with columns that are mostly NaN.

    Raises
    ------
    DataRefused
        Names the file, the channel and its first missing row.
    """
    missing = 1 - table.mask.mean(axis=0)
    for name, share, there in zip(table.names, missing, table.mask.T, strict=True):
        if share > _MISSING:
            spans = [f"{table.time[a]:.2f}-{table.time[b - 1]:.2f} s" for a, b in blocks(~there)[:3]]
            raise DataRefused(
                "mostly NaN",
                where=f"{path}, channel {name!r}, row {int(np.argmin(there)) + 1}",
                why=f"{share:.0%} of {len(there)} rows are missing, first {', '.join(spans)}; limit {_MISSING:.0%}",
                mend="export the channel again, or delete its column",
            )


def _bodily(found: Any, path: str | Path) -> tuple[Flag, ...]:
    """Doubts about size and axes of what wears markers."""
    if isinstance(found, Markers):
        return bodies.markers(found, expected="y", where=path)
    if not isinstance(found, formats.C3D) or found.point_unit not in METRES:
        return ()
    point, everything = found.parameters.get("POINT", {}), found.markers()
    computed = {name for group in COMPUTED for name in texts(point, group)}
    worn = [k for k, name in enumerate(everything.names) if name not in computed and not COMPUTED_NAME.search(name)]
    names = tuple(everything.names[k] for k in worn)
    return bodies.markers(
        replace(everything, values=everything.values[:, worn], names=names), expected="z", where=path
    )


def _frame(found: Any) -> tuple[Array | None, tuple[Flag, ...], int]:
    """Time axis, flags and number of events."""
    if isinstance(found, formats.C3D):
        return found.start + np.arange(len(found.points)) / found.point_rate, found.flags, len(found.events)
    if isinstance(found, formats.Tables):
        longest = max(found.tables, key=lambda table: table.time[-1] - table.time[0])
        own = (flag for table in found.tables for flag in table.flags)
        return longest.time, (*found.flags, *own), len(found.annotations)
    if isinstance(found, formats.Emg2Pose):
        return found.emg.time, found.flags, 0
    if isinstance(found, formats.Amass):
        return np.arange(len(found.rotations)) / found.rate, found.flags, 0
    if isinstance(found, Table | Markers):
        return found.time, found.flags, 0
    return None, (Flag("rate", "the file states neither sampling rate nor units"),), 0


@singledispatch
def _channels(found: Any, emg: EmgKind | None) -> Iterator[Channel]:
    raise TypeError(f"no description for {type(found).__name__}")


@_channels.register
def _of_table(table: Table, emg: EmgKind | None) -> Iterator[Channel]:
    judged = _emg_opinions(table, emg, "") if emg else {}
    for name, unit, values in zip(table.names, table.units, table.values.T, strict=True):
        short = formats.short_name(name)
        opinion = judged.get(name) or _opinion(short, values, unit)
        yield _channel(name, values, _unit(short, unit), table.rate, opinion)


@_channels.register
def _of_markers(markers: Markers, emg: EmgKind | None) -> Iterator[Channel]:
    for k, name in enumerate(markers.names):
        yield _channel(name, markers.values[:, k], "m", markers.rate)


@_channels.register
def _of_c3d(c3d: formats.C3D, emg: EmgKind | None) -> Iterator[Channel]:
    for k, name in enumerate(c3d.point_names):
        yield _channel(name, c3d.points[:, k], c3d.point_unit, c3d.point_rate)
    if c3d.analog_names:
        yield from _of_signals(c3d.analog_table(), emg)


@_channels.register
def _of_emg2pose(found: formats.Emg2Pose, emg: EmgKind | None) -> Iterator[Channel]:
    yield from _of_table(found.joint_angles, None)
    yield from _of_table(found.emg, emg or "raw")


@_channels.register
def _of_tables(found: formats.Tables, emg: EmgKind | None) -> Iterator[Channel]:
    for table in found.tables:
        yield from _of_signals(table, emg)


def _of_signals(table: Table, emg: EmgKind | None) -> Iterator[Channel]:
    """Channels of which those in volts are judged as raw EMG."""
    judged: dict[str, Opinion] = {}
    for volts in VOLTS:
        names = tuple(n for n, u in zip(table.names, table.units, strict=True) if u == volts)
        judged |= _emg_opinions(table.select(names), emg or "raw", volts)
    for name, unit, values in zip(table.names, table.units, table.values.T, strict=True):
        yield _channel(name, values, unit, table.rate, judged.get(name))


@_channels.register
def _of_amass(found: formats.Amass, emg: EmgKind | None) -> Iterator[Channel]:
    yield _channel("rotations", found.rotations, "rad", found.rate)
    yield _channel("translation", found.translation, "m", found.rate)


@_channels.register(dict)
def _of_arrays(arrays: dict[str, Any], emg: EmgKind | None) -> Iterator[Channel]:
    for name, array in _leaves(arrays):
        shape = " x ".join(map(str, array.shape))
        nothing: Opinion | None = None if array.size else ("", ())  # an empty array is no channel that was lost
        yield _channel(f"{name} ({shape})" if shape else name, array, "", None, nothing)


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Every numeric array and number of a tree of dicts and lists, with its path."""
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _leaves(child, f"{path}.{name}" if path else str(name))
    elif isinstance(node, list):
        for i, child in enumerate(node):
            yield from _leaves(child, f"{path}[{i}]")
    elif not isinstance(node, str) and np.asarray(node).dtype.kind in "biuf":
        yield path, np.asarray(node)


def _channel(
    name: str, values: NDArray[Any], unit: str, rate: float | None, opinion: Opinion | None = None
) -> Channel:
    there = values[np.isfinite(values)]
    status, reasons = opinion or _presence(values, there)
    return Channel(
        name=name,
        samples=len(values) if values.ndim else 1,
        unit=unit,
        rate=rate,
        low=float(there.min()) if there.size else None,
        high=float(there.max()) if there.size else None,
        missing=1 - there.size / values.size if values.size else 1.0,
        verdict=status,
        reasons=reasons,
    )


def _presence(values: NDArray[Any], there: NDArray[Any]) -> Opinion:
    """The verdict on a channel of which nothing is known but its samples."""
    if not there.size:
        return "masked", ("never measured",)
    if there.size < values.size:
        return "flag", (f"{1 - there.size / values.size:.1%} of the samples missing",)
    return "", ()


def _emg_opinions(table: Table, kind: EmgKind, unit: str) -> dict[str, Opinion]:
    found = signal.verdicts(table.values, table.rate, table.names, kind=kind, unit=unit)
    return {verdict.channel: (verdict.status, verdict.reasons) for verdict in found}


def _opinion(name: str, values: Array, unit: str) -> Opinion | None:
    """Doubt about the unit of a joint angle; None for what is no angle, is locked, or has no samples."""
    if anatomy.is_coupled(name):
        return "flag", ("follows another coordinate, files disagree about its unit: not used",)
    there = values[np.isfinite(values)]
    if not _is_rotation(name) or not there.size or not np.ptp(there) > 0:
        return None
    span = f"{there.min():.4g} .. {there.max():.4g}"
    if not unit:
        return "flag", (f"an angle without unit ({span}): state deg or rad",)
    if unit == "rad" and np.abs(there).max() > 2 * np.pi:
        return "flag", (f"{span} is too large for radians: degrees (factor 57.3), or no angle?",)
    if unit == "deg" and np.ptp(there) < _STILL_DEGREES:
        return "flag", (f"{span} hardly moves for degrees: radians (factor 57.3)?",)
    return ("pass", ()) if there.size == values.size else None


def _unit(name: str, declared: str) -> str:
    """The angular unit that a table declares, where the column is a rotation; metres for a translation."""
    if declared not in ("deg", "rad"):
        return declared
    rotation = _is_rotation(name)
    return declared if rotation or anatomy.is_coupled(name) else "m" if rotation is False else ""


def _is_rotation(name: str) -> bool | None:
    """Whether a coordinate is an angle, None for a column that is no known coordinate."""
    try:
        return anatomy.coordinate(name).rotational
    except UnknownNameError:
        return None


def _gaps(time: Array) -> Iterator[tuple[float, float]]:
    steps = np.diff(time)
    for row in np.flatnonzero(steps > GAP * np.median(steps)) if len(steps) else ():
        yield float(time[row]), float(time[row + 1])
