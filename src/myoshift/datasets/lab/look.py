"""One file as a draft of `lab.yaml` sees it: its role, its columns, and what its reader must be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from myoshift import formats
from myoshift.datasets.lab import words
from myoshift.datasets.lab.load import UNITLESS, elements, without_subject
from myoshift.datasets.lab.paths import is_standing
from myoshift.datasets.lab.spec import OPEN
from myoshift.errors import MyoshiftError
from myoshift.formats import C3D, Annotation, Bids
from myoshift.formats.text import is_number
from myoshift.formats.units import split_unit
from myoshift.signal import MICROVOLTS
from myoshift.types import Markers, Table

TIME = re.compile(r"(time|t|seconds|sec|zeit|timestamps?)(\s*[\[(]?s[\])]?)?", re.IGNORECASE)
EMG = re.compile(r"(^|[^a-z])(emg|electromyography)", re.IGNORECASE)
DYNAMICS = re.compile(r"(^|[^a-z])(id|inverse_?dynamics)\.\w+$", re.IGNORECASE)
"""Names of files in which the coordinates of OpenSim are moments."""
PLATE = ("n", "nm", "nmm", "n.m", "n.mm", "n m", "n mm")
"""Units of channels that are a force plate's."""
REMARKS = {
    "names": "check: the file has no labels: what do its columns hold?",
    "short_rows": "check: there are rows that do not end as the others do",
}
LINES = 200
"""Lines of a text within which its numbers begin."""
ROWS = 3
"""Rows of numbers, one below the other, that no header has."""


@dataclass(frozen=True)
class Look:
    """One file as it was found.

    told : keys of `files` that the file answers itself, `("preamble", 5)`, with a remark where there is something
        to say; `variables` are points of a C3D file, and whatever there is in a file of arrays; `body` are parameters
        that seem to be mass and height; `called` is what else channels are called, `remarks` are texts of events,
        and `acquired` says that the moment of its beginning is known
    """

    path: str
    role: str
    names: tuple[str, ...]
    unit: str
    timeless: bool = False
    variables: tuple[str, ...] = ()
    convention: str = "rajagopal"
    told: tuple[tuple[str, Any, str], ...] = ()
    arrays: Mapping[str, Any] | None = None
    body: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    acquired: bool = False

    @property
    def holds(self) -> tuple[str, ...]:
        """Columns, points and variables."""
        return self.names + (self.variables if self.arrays is None else tuple(self.arrays))


def look(folder: Path, path: str) -> Look | None:
    """What a file seems to be; None where no reader can read it."""
    place = folder / path
    with suppress(MyoshiftError, TypeError, OSError):
        kind = formats.kind(place)
        if kind in formats.WORDS or kind == "parquet":
            return _table(path, place, kind)
        return _other(path, place, {"unit": "1"} if kind in UNITLESS else {})
    return None


def _other(path: str, place: Path, stated: Mapping[str, Any]) -> Look | None:
    """A file that says its own form; where it lacks a rate, or contradicts its sidecar, that is asked."""
    units = (("units", OPEN, "file or sidecar: they state different ones; which holds?"),)
    with suppress(MyoshiftError, TypeError):
        return _found(path, formats.read(place, **stated))
    with suppress(MyoshiftError, TypeError):
        seen = _found(path, formats.read(place, rate=1.0))
        return replace(seen, timeless=True) if seen else None
    seen = _found(path, formats.read(place, units="file"))
    return replace(seen, told=units) if seen else None


def _found(path: str, found: Any) -> Look | None:
    if isinstance(found, C3D):
        return _c3d(path, found)
    if isinstance(found, Markers):
        return Look(path, "standing" if is_standing(path) else "markers", found.names, "m")
    if isinstance(found, dict):
        leaves = dict(leaves_of(found))
        shown = tuple(f"{name} {_shape(each)}" for name, each in leaves.items() if _shape(each) not in ("", "1"))
        return Look(path, "arrays", (), "", variables=shown, arrays=leaves)
    tables = (found,) if isinstance(found, Table) else getattr(found, "tables", ())
    units = {name: unit for table in tables for name, unit in zip(table.names, table.units, strict=True)}
    if not tables:
        return None
    return _bids(path, found, units) if isinstance(found, Bids) else _columns(path, found, units)


def _columns(path: str, found: Any, units: Mapping[str, str]) -> Look:
    """A table: beside channels in volts what is no angle and has another unit is no EMG."""
    role, volts = role_of(path, tuple(units)), {name: each for name, each in units.items() if each in MICROVOLTS}
    used = volts if role == "emg" and volts else units
    return Look(path, role, tuple(used), _one(used.values()), remarks=_remarks(getattr(found, "annotations", ())))


def _bids(path: str, found: Bids, units: Mapping[str, str]) -> Look:
    role = "motion" if path.endswith("_motion.tsv") else "emg"
    used = {n: u for n, u in units.items() if role == "motion" or found.channels[n]["type"].upper() == "EMG"}
    return Look(
        path, role, tuple(used), _one(used.values()), called=found.target_muscles,
        remarks=_remarks(found.annotations), acquired=found.start is not None,
    )  # fmt: skip


def _remarks(found: Iterable[Annotation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.text for each in found))


def _one(units: Iterable[str]) -> str:
    """The unit where it is one."""
    said = set(units)
    return said.pop() if len(said) == 1 else ""


def _c3d(path: str, found: C3D) -> Look:
    """Angles, one point for each coordinate, or markers; and the channels that are no force plate's."""
    points = without_subject(found).point_names
    angles = {name: own for name in points if (own := words.canonical(name, "plug_in_gait"))}
    first = dict.fromkeys(next(n for n in angles if angles[n] == own) for own in angles.values())
    channels = zip(found.analog_table().names, found.analog_units, strict=True)
    emg = {name: unit for name, unit in channels if unit.strip().lower() not in PLATE}
    return Look(
        path, "standing" if is_standing(path) else "c3d angles" if angles else "c3d markers", tuple(emg),
        _one(emg.values()), variables=tuple(first or points), convention="plug_in_gait", body=tuple(_body(found)),
    )  # fmt: skip


def _body(found: C3D) -> Iterator[str]:
    """Parameters that seem to be mass and height, with what they say."""
    for group, values in found.parameters.items():
        for name, value in values.items():
            one = [value] if isinstance(value, str) else np.ravel(np.asarray(value))
            if re.search(r"mass|weight|height", name, re.IGNORECASE) and len(one) == 1:
                yield f"{group}.{name} = {one[0]}"


def says_emg(path: str) -> bool:
    """Whether the name of a file says that it holds EMG."""
    return bool(EMG.search(PurePosixPath(path).stem))


def role_of(path: str, names: Sequence[str]) -> str:
    """What most columns of a table seem to be: motion, emg, forces, or dynamics; unknown where none says it."""
    angles = sum(map(words.is_angle, names))
    sites = sum(bool(words.site(split_unit(name)[0])) for name in names)
    forces = sum(bool(words.FORCE.search(name)) for name in names)
    if (sites and EMG.search(path)) or (not angles and not forces and says_emg(path)):
        return "emg"
    found = {"motion": angles, "emg": sites, "forces": forces}
    best = max(found, key=found.__getitem__)
    if best == "motion" and DYNAMICS.search(path):
        return "dynamics"
    return best if found[best] else "unknown"


def _table(path: str, place: Path, kind: str) -> Look:
    """A table of text or Parquet: its form is looked for, then the column of its seconds."""
    form = {"unit": "1"} if kind == "parquet" else text_form(place)
    try:
        names = formats.read(place, rate=1.0, **form).names
    except MyoshiftError:
        if kind == "parquet":
            raise
        form["short_rows"] = "drop"
        names = formats.read(place, rate=1.0, **form).names
    told = tuple((key, value, REMARKS.get(key, "")) for key, value in form.items() if key != "unit")
    time, rate = _seconds(place, names, form)
    names = tuple(name for name in names if name != time)
    units = {split_unit(name)[1] for name in names} - {""}
    told += (("time", time, f"check: {rate:.6g} Hz"),) if time else ()
    unit = units.pop() if len(units) == 1 else ""
    return Look(path, role_of(path, names), names, unit, timeless=not time, told=told)


def _seconds(place: Path, names: Sequence[str], form: Mapping[str, Any]) -> tuple[str, float]:
    """The column that holds seconds, and their rate: one that is called so, or a first one of even small steps."""
    for name in (*filter(TIME.fullmatch, names), names[0]):
        with suppress(MyoshiftError):
            found = formats.read(place, time=name, **form)
            called = TIME.fullmatch(name) is not None
            if called or (found.rate > 1.5 and not any(flag.code == "irregular" for flag in found.flags)):
                return name, found.rate
    return "", 0.0


def text_form(place: Path) -> dict[str, Any]:
    """How a text is to be read where it is not read so by itself: `preamble`, `decimal`, `names`."""
    with place.open("rb") as file:
        lines = [line.rstrip(b"\r\n") for line, _ in zip(file, range(LINES), strict=False)]
    for mark in formats.DELIMITERS:
        for decimal in (".", ","):
            first = None if mark == decimal else _numbers_begin(lines, mark.encode(), decimal)
            if first is not None:
                count = _width(lines[first], mark.encode(), decimal)
                labels = [cell for cell in (lines[first - 1] if first else b"").split(mark.encode()) if cell.strip()]
                above = first if len(labels) < 2 else first - 1
                form: dict[str, Any] = {"preamble": above} if above else {}
                form |= {"decimal": decimal} if decimal == "," else {}
                return form if above < first else {**form, "names": [f"column{k + 1}" for k in range(count)]}
    return {}


def _numbers_begin(lines: Sequence[bytes], mark: bytes, decimal: str) -> int | None:
    """The first of the lines from which there are rows of as many numbers each, two at least."""
    widths = [_width(line, mark, decimal) for line in lines]
    runs = (k for k in range(len(widths) - ROWS + 1) if widths[k] > 1 and len(set(widths[k : k + ROWS])) == 1)
    return next(runs, None)


def _width(line: bytes, mark: bytes, decimal: str) -> int:
    """How many numbers a line holds; 0 where a cell is none."""
    cells = [cell.strip().replace(decimal.encode(), b".") for cell in line.split(mark)]
    cells = cells[:-1] if not cells[-1] else cells
    return len(cells) if all(not cell or is_number(cell) for cell in cells) and any(cells) else 0


def leaves_of(found: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every number, array and text by its path, as `load.value` takes it; of a struct array those of all elements."""
    if isinstance(found, Mapping):
        for name, each in found.items():
            yield from leaves_of(each, f"{place}.{name}" if place else str(name))
    elif isinstance(found, list) and found and all(isinstance(each, Mapping) for each in found):
        for name in found[0]:
            with suppress(MyoshiftError):
                yield from leaves_of(elements(found, name), f"{place}.{name}")
    else:
        yield place, found


def _shape(found: Any) -> str:
    """What an array measures, a list of unequal ones by its length; empty of a single value."""
    with suppress(ValueError):
        return "x".join(map(str, np.shape(found)))
    return str(len(found))
