"""C3D files: marker trajectories, analog channels, events and parameters, with numpy alone.

Integer and float data of Intel, DEC and MIPS machines; labels that continue in LABELS2, LABELS3, ...; files without
points. Format: https://www.c3d.org/docs/C3D_User_Guide.pdf.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.c3d_header import Layout, count, read_layout
from myoshift.formats.c3d_parameters import Numbers, Parameters, Value, read_parameters
from myoshift.formats.detect import expect
from myoshift.formats.source import AGAIN, Bytes, mapped, named
from myoshift.formats.trc import METRES
from myoshift.registry import unknown
from myoshift.types import Array, Array32, Event, Flag, Markers, Side, Table

_SIDES: dict[str, Side] = {"left": "l", "right": "r"}


@dataclass(frozen=True, kw_only=True, eq=False)
class C3D:
    """What one C3D file holds.

    Parameters
    ----------
    points : (T, P, 3) in `point_unit`, NaN where a point was not seen
    point_names : P labels as in the file; a label may occur twice
    analogs : (N, A) scaled to `analog_units`, N = T times the analog samples of a frame
    first_frame : number of the first frame, counted from 1; the file begins at `start` seconds
    events : by time, in absolute seconds; a name is the label in snake case (`foot_strike`)
    """

    points: Array32
    point_names: tuple[str, ...]
    point_unit: str
    point_rate: float
    analogs: Array32
    analog_names: tuple[str, ...]
    analog_units: tuple[str, ...]
    analog_rate: float
    first_frame: int
    events: tuple[Event, ...]
    parameters: Parameters = field(repr=False)
    flags: tuple[Flag, ...] = ()

    @property
    def start(self) -> float:
        """Time of the first frame, in seconds."""
        return (self.first_frame - 1) / self.point_rate

    def point(self, name: str) -> Array:
        """Trajectory of one point, (T, 3) in `point_unit`; of a repeated label the first."""
        return self.points[:, _index(self.point_names, name, "point")].astype(np.float64)

    def analog_table(self, names: Sequence[str] | None = None) -> Table:
        """These analog channels (all by default) on their time axis; repeated labels become `label#2`, ..."""
        unique = distinct(self.analog_names)
        index = (
            list(range(len(unique)))
            if names is None
            else [_index(self.analog_names, n, "analog channel") for n in names]
        )
        return Table(
            values=self.analogs[:, index].astype(np.float64),
            names=tuple(unique[i] for i in index),
            units=tuple(self.analog_units[i] for i in index),
            rate=self.analog_rate,
            time=self.start + np.arange(len(self.analogs)) / self.analog_rate,
            flags=self.flags,
        )

    def markers(self) -> Markers:
        """All points as metres; repeated labels become `label#2`, ...

        Raises
        ------
        DataFormatError
            When the file states no unit of length, or one that is not m, dm, cm or mm.
        """
        scale = METRES.get(self.point_unit)
        if scale is None:
            raise DataFormatError(
                "the unit of the points is not a length",
                where="POINT:UNITS",
                why=f"{self.point_unit!r}; accepted: {', '.join(METRES)}",
                mend="correct POINT:UNITS, or take the points with .point(name)",
            )
        return Markers(
            values=self.points * np.float64(scale),
            names=distinct(self.point_names),
            rate=self.point_rate,
            time=self.start + np.arange(len(self.points)) / self.point_rate,
            flags=self.flags,
        )


def read_c3d(path: str | Path) -> C3D:
    """Read a C3D file.

    Raises
    ------
    DataFormatError
        When the header promises more than the file holds, contradicts itself, or gives no rate.
    """
    with named(path):
        raw = mapped(path)
        expect(raw, "c3d")
        parameters, numbers = read_parameters(raw)
        layout = read_layout(raw, parameters, numbers)
        point, analog = parameters.get("POINT", {}), parameters.get("ANALOG", {})
        with np.errstate(over="ignore", invalid="ignore"):  # what float32 cannot hold becomes infinite: missing
            points, analogs = _frames(raw, layout, analog, numbers)
        point_names, few_points = _labels(point, layout.points, "point")
        analog_names, few_analogs = _labels(analog, layout.analogs, "analog")
        units = texts(analog, "UNITS")[: layout.analogs]
        return C3D(
            points=points,
            point_names=point_names,
            point_unit=next(iter(texts(point, "UNITS")), ""),
            point_rate=layout.rate,
            analogs=analogs,
            analog_names=analog_names,
            analog_units=units + ("",) * (layout.analogs - len(units)),
            analog_rate=layout.rate * layout.subframes,
            first_frame=layout.first_frame,
            events=_events(parameters.get("EVENT", {})),
            parameters=parameters,
            flags=(*layout.flags, *few_points, *few_analogs),
        )


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, the second of a kind called `name#2`."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(result)


def texts(group: dict[str, Value], name: str) -> tuple[str, ...]:
    """All strings of a parameter and its continuations (`LABELS`, `LABELS2`, ...)."""
    found: list[str] = []
    for part in _continued(group, name):
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, tuple):
            found.extend(part)
    return tuple(found)


def _continued(group: dict[str, Value], name: str) -> Iterator[Value]:
    number = 1
    while (key := name if number == 1 else f"{name}{number}") in group:
        yield group[key]
        number += 1


def _frames(raw: Bytes, layout: Layout, analog: dict[str, Value], numbers: Numbers) -> tuple[Array32, Array32]:
    """Points (T, P, 3) and analogs (N, A) from the data section."""
    width, count = layout.width, layout.frames * layout.width
    read = numbers.reals if layout.real else numbers.integers
    data = read(raw, layout.start, count, "data section").reshape(layout.frames, width)
    corner = data[:, : 4 * layout.points].reshape(layout.frames, layout.points, 4)
    points = corner[..., :3].astype(np.float32)
    if not layout.real:
        points *= np.float32(layout.scale)
    points[corner[..., 3] < 0] = np.nan
    samples = data[:, 4 * layout.points :].reshape(layout.frames, layout.subframes, layout.analogs)
    analogs = _scaled(samples, analog, layout)
    return points, analogs.reshape(layout.frames * layout.subframes, layout.analogs)


def _scaled(samples: NDArray[Any], analog: dict[str, Value], layout: Layout) -> Array32:
    """Analog values (T, subframes, A): (raw - OFFSET) * SCALE * GEN_SCALE."""
    unsigned = "UNSIGNED" in texts(analog, "FORMAT")
    if unsigned and not layout.real:
        samples = samples.view(samples.dtype.str.replace("i", "u"))
    offset = _per_channel(analog, "OFFSET", layout.analogs, 0.0)
    if unsigned:
        offset = np.where(offset < 0, offset + 65536, offset)
    general = _per_channel(analog, "GEN_SCALE", 1, 1.0)[0]
    gain = _per_channel(analog, "SCALE", layout.analogs, 1.0) * general
    dead = np.flatnonzero(~np.isfinite(gain) | (gain == 0) | ~np.isfinite(offset))
    if len(dead):
        raise DataFormatError(
            "an analog scale or offset is impossible",
            where=f"ANALOG:SCALE, channel {dead[0] + 1}",
            why=f"scale {gain[dead[0]]:g}, offset {offset[dead[0]]:g}",
            mend=AGAIN,
        )
    if not offset.any() and np.all(gain == 1):
        return samples.astype(np.float32)
    values: Array32 = np.subtract(samples, offset.astype(np.float32), dtype=np.float32)
    values *= gain.astype(np.float32)
    return values


def _per_channel(group: dict[str, Value], name: str, count: int, default: float) -> Array:
    """The first `count` numbers of a parameter and its continuations; `default` where it has none at all."""
    values = _all_numbers(group, name)
    if not len(values):
        return np.full(count, default)
    if len(values) < count:
        raise DataFormatError(
            "a parameter has too few values",
            where=f"ANALOG:{name}",
            why=f"{len(values)} for {count} channels",
            mend=AGAIN,
        )
    return values[:count]


def _all_numbers(group: dict[str, Value], name: str) -> Array:
    """All numbers of a parameter and its continuations, in file order."""
    parts = [np.ravel(np.asarray(p), order="F") for p in _continued(group, name) if not isinstance(p, str | tuple)]
    return np.concatenate([np.empty(0), *parts])


def _labels(
    group: dict[str, Value], count: int, kind: Literal["point", "analog"]
) -> tuple[tuple[str, ...], tuple[Flag, ...]]:
    """`count` labels; channels beyond the last label are called `point_7` or `analog_7`."""
    labels = texts(group, "LABELS")[:count]
    names = tuple(labels[i] if i < len(labels) and labels[i] else f"{kind}_{i + 1}" for i in range(count))
    flags = []
    if len(labels) < count:
        flags.append(Flag("labels", f"{len(labels)} labels for {count} {kind} channels"))
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        flags.append(Flag("duplicate", f"repeated {kind} labels: {', '.join(twice)}"))
    return names, tuple(flags)


def _events(group: dict[str, Value]) -> tuple[Event, ...]:
    """Events by time; TIMES holds minutes and seconds."""
    times = _all_numbers(group, "TIMES")
    seconds = 60 * times[0 : len(times) // 2 * 2 : 2] + times[1::2]
    labels, contexts = texts(group, "LABELS"), texts(group, "CONTEXTS")
    used = count(group, "USED")
    events = [
        Event(
            name="_".join(label.lower().replace("-", " ").split()),
            time=float(time),
            side=_SIDES.get(contexts[i].lower()) if i < len(contexts) else None,
        )
        for i, (label, time) in enumerate(zip(labels, seconds[:used], strict=False))
        if np.isfinite(time)
    ]
    return tuple(sorted(events, key=lambda event: event.time))


def _index(names: tuple[str, ...], name: str, what: str) -> int:
    if name not in names:
        raise unknown(what, name, names)
    return names.index(name)
