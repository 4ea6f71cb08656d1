"""One sequence of Muscles in Time (MinT): simulated activations, muscle forces and ground reaction forces at 50 Hz.

A sequence is a folder of three tables, pickled DataFrames or the same as text. The index of a row is its time: rows
of chunks whose simulation failed are not there, and the three tables need not have the same rows. Rows are therefore
joined by their frame, round(50 x seconds), and never by their place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.delimited import read_delimited
from myoshift.formats.source import content, named
from myoshift.formats.unpickle_frame import Frame, read_frame
from myoshift.types import Array, Flag, Table

Frames = NDArray[np.int64]
RATE = 50.0
FIRST = 7  # frame of 0.14 s: what comes before was cut as unstable
TOLERANCE = 0.001  # s by which a time may miss its frame
OVERSHOOT = 0.01
FLOOR = 0.0101  # least activation of the lower body's solver, 0.01, as it is rounded
ACTIVATIONS, GROUND, FORCES = "muscle_activations", "grf", "muscle_forces"
INDEX = ("", "time", "index", "Unnamed: 0")
"""Labels of the column of times in the text variant."""
GROUND_UNITS = ((r"ground_torque_(right|left)_[xyz]", "N m"), (r"ground_force_(right|left)_v[xyz]", "N"),
                (r"ground_force_(right|left)_p[xyz]", "m"))  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Mint:
    """One sequence.

    Parameters
    ----------
    frames : (T,) frames at 50 Hz, strictly increasing; where one is missing the simulation failed
    activations : (T, 402) of the muscles, 0 to 1, the columns in the order of the file
    ground : (T, 18) simulated ground reaction forces, None where the file is not there
    forces : (T, 402) N, None where the file is not there
    paths : the files that were read
    flags : gaps, rows that not all tables have, activations that were clipped or never leave the floor
    """

    frames: Frames
    activations: Table
    ground: Table | None
    forces: Table | None
    paths: tuple[Path, ...]
    flags: tuple[Flag, ...]

    def stretches(self, shortest: float = 0.5) -> Iterator[Mint]:
        """Every stretch without a gap that lasts at least `shortest` seconds."""
        edges = [0, *(int(row) + 1 for row in np.flatnonzero(np.diff(self.frames) > 1)), len(self.frames)]
        for start, stop in itertools.pairwise(edges):
            if stop - start >= shortest * RATE:
                yield self._rows(slice(start, stop))

    def _rows(self, rows: slice) -> Mint:
        return replace(
            self,
            frames=self.frames[rows],
            activations=_cut(self.activations, rows),
            ground=self.ground and _cut(self.ground, rows),
            forces=self.forces and _cut(self.forces, rows),
        )


def _cut(table: Table, rows: slice) -> Table:
    return replace(table, values=table.values[rows], time=table.time[rows])


def mint_files(folder: str | Path) -> tuple[Path, ...]:
    """The tables of a sequence that are there, activations first; a pickle before the same table as text."""
    return tuple(found for name in (ACTIVATIONS, GROUND, FORCES) if (found := _file(Path(folder), name)))


def read_mint(path: str | Path, *, muscles: Sequence[str]) -> Mint:
    """Read one sequence of MinT.

    Parameters
    ----------
    path : the folder of the sequence, or the file of its activations
    muscles : names of all muscles; `anatomy.mint_names()` are the 402 of the data set

    Raises
    ------
    DataFormatError
        No activations, a pickle that asks for anything but a table, other columns than the muscles, times that do
        not increase or are no multiple of 0.02 s, activations outside [-0.01, 1.01], tables without a common frame.
    """
    folder = Path(path) if Path(path).is_dir() else Path(path).parent
    files = {file.stem: file for file in mint_files(folder)}
    if ACTIVATIONS not in files:
        raise DataFormatError(
            "no muscle activations", where=folder, why=f"{ACTIVATIONS}.pkl or .csv is not there",
            mend="give the folder of one sequence, as it is unpacked",
        )  # fmt: skip
    read = {name: _read(file, () if name == GROUND else muscles) for name, file in files.items()}
    frames = np.array(sorted(set.intersection(*(set(each.tolist()) for each, _ in read.values()))), np.int64)
    if len(frames) < 2:
        raise DataFormatError("the tables have no common time", where=folder, why=_rows(read), mend="unpack it again")
    with named(files[ACTIVATIONS]):
        own, notes = _checked(_joined(*read[ACTIVATIONS], frames))
    return Mint(
        frames=frames,
        activations=_table(own, frames, "1"),
        ground=_table(_joined(*read[GROUND], frames), frames) if GROUND in read else None,
        forces=_table(_joined(*read[FORCES], frames), frames, "N") if FORCES in read else None,
        paths=tuple(files.values()),
        flags=(*_mismatch(read, frames), *_gaps(frames), *notes),
    )


def _file(folder: Path, name: str) -> Path | None:
    return next((file for end in (".pkl", ".csv") if (file := folder / f"{name}{end}").is_file()), None)


def _read(path: Path, muscles: Sequence[str]) -> tuple[Frames, Frame]:
    """Frames and content of one table."""
    found = read_frame(path) if path.suffix == ".pkl" else _text(path)
    with named(path):
        if muscles and sorted(found.names) != sorted(muscles):
            raise _other_columns(found.names, muscles)
        return _frames(found.index), found


def _text(path: Path) -> Frame:
    """The variant as text, as pandas writes it: the index first, often without a label."""
    with named(path):
        labels = content(path).split(b"\n", 1)[0].decode("utf-8", "replace").strip().split(",")
    if labels[0] in INDEX:
        labels[0] = "time"
    found = read_delimited(path, delimiter=",", names=labels, preamble=1, time="time")
    return Frame(found.values, found.names, found.time)


def _other_columns(names: Sequence[str], muscles: Sequence[str]) -> DataFormatError:
    stray, missing = [n for n in names if n not in set(muscles)], [n for n in muscles if n not in set(names)]
    twice = sorted({n for n in names if names.count(n) > 1})
    told = {"unknown": stray, "missing": missing, "there twice": twice}
    why = "; ".join(f"{len(each)} {what}: {', '.join(each[:3])}" for what, each in told.items() if each)
    return DataFormatError(
        f"the columns are not the {len(muscles)} muscles",
        why=why,
        mend="unpack the sequence again, and rename nothing",
    )


def _frames(index: Array) -> Frames:
    """Frames of times in seconds."""
    if not np.isfinite(index).all() or np.abs(index).max(initial=0) > 1e6:
        raise DataFormatError("a time is no number of seconds", why=f"{index[~np.isfinite(index)][:1]}")
    frames = np.round(index * RATE)
    wrong = np.flatnonzero(np.abs(index - frames / RATE) > TOLERANCE)
    if len(wrong):
        raise DataFormatError(
            "the times are no multiples of 0.02 s", where=f"row {wrong[0] + 1}", why=f"{index[wrong[0]]:.6g} s",
            mend="give the table at its own 50 Hz, with seconds as its index",
        )  # fmt: skip
    back = np.flatnonzero(np.diff(frames) <= 0)
    if len(back):
        at = int(back[0])
        raise DataFormatError(
            "time does not increase", where=f"row {at + 2}",
            why=f"{index[at]:g} s is followed by {index[at + 1]:g} s", mend="unpack the sequence again",
        )  # fmt: skip
    return frames.astype(np.int64)


def _joined(own: Frames, table: Frame, frames: Frames) -> Frame:
    """The rows of a table at these frames."""
    return Frame(table.values[np.searchsorted(own, frames)], table.names, frames / RATE)


def _checked(table: Frame) -> tuple[Frame, tuple[Flag, ...]]:
    """Activations within 0 to 1, and what was found on the way."""
    values, notes = table.values, []
    outside = (values < -OVERSHOOT) | (values > 1 + OVERSHOOT)
    if outside.any():
        row, column = map(int, np.argwhere(outside)[0])
        raise DataFormatError(
            "an activation outside 0 to 1", where=f"{table.names[column]}, {table.index[row]:g} s",
            why=f"{np.nanmin(values[:, column]):g}..{np.nanmax(values[:, column]):g}, limit {OVERSHOOT} beyond",
            mend="give activations as the data set has them, neither forces nor percent",
        )  # fmt: skip
    over = int(((values < 0) | (values > 1)).sum())
    if over:
        notes.append(
            Flag("clipped", f"{over} activations are beyond 0 to 1 by at most {OVERSHOOT}, and were clipped")
        )
    if missing := int(np.isnan(values).sum()):
        notes.append(Flag("missing", f"{missing} activations are no numbers"))
    low = [name for name, top in zip(table.names, np.nan_to_num(values).max(axis=0), strict=True) if top <= FLOOR]
    if len(low) == len(table.names):
        notes.append(Flag("floor", f"no activation is ever above {FLOOR}: nothing was simulated"))
    elif low:
        notes.append(Flag("floor", f"{len(low)} muscles are never above {FLOOR}", ", ".join(low)))
    return Frame(np.clip(values, 0.0, 1.0), table.names, table.index), tuple(notes)


def _table(table: Frame, frames: Frames, unit: str = "") -> Table:
    units = tuple(unit or _ground_unit(name) for name in table.names)
    return Table(values=table.values, names=table.names, units=units, rate=RATE, time=frames / RATE)


def _ground_unit(name: str) -> str:
    return next((unit for pattern, unit in GROUND_UNITS if re.fullmatch(pattern, name)), "")


def _rows(read: dict[str, tuple[Frames, Frame]]) -> str:
    return ", ".join(f"{name} {len(frames)}" for name, (frames, _) in read.items())


def _mismatch(read: dict[str, tuple[Frames, Frame]], frames: Frames) -> Iterator[Flag]:
    if any(len(own) != len(frames) for own, _ in read.values()):
        yield Flag("rows", f"rows: {_rows(read)}; the {len(frames)} frames that all have are kept")
    for name in (GROUND, FORCES):
        if name not in read:
            yield Flag("missing_file", f"{name} is not there")


def _gaps(frames: Frames) -> Iterator[Flag]:
    """What is missing between the first and the last frame, and at the beginning."""
    lost = (np.diff(frames)[np.diff(frames) > 1] - 1) / RATE
    if len(lost):
        yield Flag(
            "gaps", f"{len(lost)} gaps, longest {lost.max():.2f} s, {lost.sum():.2f} s in all; none is interpolated"
        )
    if frames[0] != FIRST:
        yield Flag(
            "start", f"the first frame is at {frames[0] / RATE:.2f} s, in the data set at {FIRST / RATE:.2f} s"
        )
