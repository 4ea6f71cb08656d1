"""emg2pose recordings: HDF5 with one compound data set of time, joint angles of a hand, EMG of a wristband.

Layout: Salter et al. 2024, emg2pose, arXiv 2412.02725. `open_emg2pose` leaves the samples on disk and hands out rows;
`read_emg2pose` gives one recording whole.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.child import Watch
from myoshift.formats.detect import expect
from myoshift.formats.emg2pose_layout import ANGLES, CHANNELS, WORDS, opened, pieces
from myoshift.formats.source import AGAIN, mapped, named
from myoshift.types import Array, Array32, Flag, Mask, Table

Stamps = Literal["seconds", "samples"]
SOLVED = 1e-6  # rad: a hand whose angles are all below was not solved
FAILED = 0.2  # share of the time without a solved hand that is worth a word of its own


@dataclass(frozen=True, kw_only=True, eq=False)
class Emg2Pose:
    """One recording: 20 angles in rad, NaN where the hand could not be solved; 16 channels in no stated unit."""

    joint_angles: Table
    emg: Table
    side: str
    user: str
    session: str
    stage: str
    filename: str
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Emg2PoseFile:
    """One recording on disk.

    Parameters
    ----------
    rows, rate : number of samples, and Hz; sample k lies k / rate seconds after the first
    solved : first row and end (excluded) of every contiguous block in which the hand could be solved
    """

    path: Path
    rows: int
    rate: float
    solved: tuple[tuple[int, int], ...]
    side: str
    user: str
    session: str
    stage: str
    filename: str
    flags: tuple[Flag, ...] = ()

    def read(self, start: int, stop: int) -> tuple[Array32, Array32]:
        """Rows `start` to `stop` (excluded): angles (n, 20) in rad, NaN where not solved, and EMG (n, 16), float32.

        Raises
        ------
        DataFormatError
            When the file is no longer what it was when it was opened.
        IndexError
            When there are no such rows.
        """
        if not 0 <= start <= stop <= self.rows:
            raise IndexError(f"rows {start} to {stop} of {self.rows}")
        with named(self.path), opened(self.path) as (_, series):
            found = series[start:stop]
        angles = found["joint_angles"].astype(np.float32)
        angles[~_solved(found["joint_angles"])] = np.nan
        return angles, found["emg"].astype(np.float32)


def watch_emg2pose(gigabytes: float = 8.0) -> Watch:
    """A child process that looks at one file after another, to be handed to `open_emg2pose` where many are opened."""
    return Watch("myoshift.formats.emg2pose_child", [str(gigabytes)])


def open_emg2pose(
    path: str | Path,
    *,
    stamps: Stamps = "seconds",
    seconds: float = 60.0,
    gigabytes: float = 8.0,
    child: Watch | None = None,
) -> Emg2PoseFile:
    """Look at an emg2pose recording, and leave its samples where they are.

    Its time stamps (8 bytes a row) and 8 MB of its rows are the most that is in memory at a time.

    Parameters
    ----------
    stamps : what `time` counts; "samples" for cuttings that count rows in place of seconds
    seconds, gigabytes : limits of the child process that reads the file first
    child : that process, when many files are opened; a new one for this file alone when None

    Raises
    ------
    DataFormatError
        As `read_emg2pose`.
    """
    with named(path):
        expect(mapped(path), "hdf5")
        with watch_emg2pose(gigabytes) if child is None else nullcontext(child) as looking:
            looking.look(path, seconds)
        return scan(path, stamps)


def read_emg2pose(
    path: str | Path, *, stamps: Stamps = "seconds", seconds: float = 60.0, gigabytes: float = 8.0
) -> Emg2Pose:
    """Read an emg2pose recording.

    Parameters
    ----------
    stamps : what `time` counts; "samples" for cuttings that count rows in place of seconds
    seconds, gigabytes : limits of the child process that reads the file first

    Returns
    -------
    Emg2Pose
        Both tables on one even clock from 0 s on, of the rate that the file declares; stamps are held against it.
        Flags: `ik_failure`, `stamps` (repeated ones), `out_of_range` (angles beyond half a turn).

    Raises
    ------
    DataFormatError
        No HDF5, another layout, a missing attribute or field, links into other files, data that the file cannot
        hold or that are not all there, a rate that the stamps contradict by more than 0.1 %, stamps that go back.
    """
    return _whole(open_emg2pose(path, stamps=stamps, seconds=seconds, gigabytes=gigabytes))


def parse(path: str | Path, stamps: Stamps) -> Emg2Pose:
    """As `read_emg2pose`, in this process; a damaged file can hang or crash it."""
    return _whole(scan(path, stamps))


def _whole(file: Emg2PoseFile) -> Emg2Pose:
    """All samples as float64, at the precision of the file."""
    with named(file.path), opened(file.path) as (_, series):
        found = series[()]
    angles, emg = (np.asarray(found[field], np.float64) for field in ("joint_angles", "emg"))
    clock = np.arange(file.rows) / file.rate
    angles[~_solved(angles)] = np.nan
    return Emg2Pose(
        joint_angles=Table(values=angles, names=ANGLES, units=("rad",) * len(ANGLES), rate=file.rate, time=clock),
        emg=Table(values=emg, names=CHANNELS, units=("",) * len(CHANNELS), rate=file.rate, time=clock),
        flags=file.flags,
        **{word: getattr(file, word) for word in WORDS},
    )


def scan(path: str | Path, stamps: Stamps) -> Emg2PoseFile:
    """As `open_emg2pose`, in this process; a damaged file can hang or crash it."""
    with named(path), opened(path) as (attributes, series):
        time, solved = np.empty(len(series)), np.empty(len(series), np.bool_)
        widest = np.zeros(len(ANGLES))
        for part, found in pieces(series):
            time[part], solved[part] = found["time"], _solved(found["joint_angles"])
            widest = np.fmax(widest, np.abs(found["joint_angles"]).max(axis=0))
        rate, notes = _clock(time, attributes["sample_rate"], stamps)
        return Emg2PoseFile(
            path=Path(path),
            rows=len(time),
            rate=rate,
            solved=_runs(solved),
            flags=(*notes, *_doubts(solved, widest)),
            **{word: attributes[word] for word in WORDS},
        )


def _solved(angles: NDArray[Any]) -> Mask:
    """(T,) where a hand was solved: its angles are numbers, and not all of them 0."""
    found: Mask = np.isfinite(angles).all(axis=1) & (np.abs(angles) >= SOLVED).any(axis=1)
    return found


def _runs(solved: Mask) -> tuple[tuple[int, int], ...]:
    """First row and end (excluded) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], solved, [False]])))
    return tuple((int(start), int(stop)) for start, stop in edges.reshape(-1, 2))


def _clock(time: Array, declared: float, stamps: Stamps) -> tuple[float, tuple[Flag, ...]]:
    """The declared rate, which the stamps must support; equal neighbours are allowed, and flagged."""
    seconds = time / (declared if stamps == "samples" else 1.0)
    steps = np.diff(seconds)
    bad = np.flatnonzero(~np.isfinite(seconds) | np.append(False, steps < 0))
    if len(bad):
        row = int(bad[0])
        raise DataFormatError(
            "time goes back, or is no number", where=f"row {row + 1}", why=f"time stamp {time[row]:.10g}", mend=AGAIN
        )
    spans = {"median step": float(np.median(steps)), "mean step": float(steps.mean())} if len(steps) else {}
    for what, step in spans.items():
        off = abs(step * declared - 1) if step else math.inf
        if off > 1e-3 and (what == "median step" or off * len(steps) > 0.5):
            raise DataFormatError(
                "the declared sampling rate contradicts the time stamps",
                where="time",
                why=f"declared {declared:g} Hz, {what} {step:.6g} s over {len(time)} rows",
                mend="correct the file; where it counts rows in place of seconds, read it with stamps='samples'",
            )
    repeated, flags = int((steps == 0).sum()), []
    if stamps == "samples":
        flags.append(
            Flag("stamps", "time counts rows, not seconds: nothing but the file's attribute states the rate")
        )
    if repeated:
        flags.append(Flag("stamps", f"{repeated} time stamps repeat the one before"))
    return declared, tuple(flags)


def _doubts(solved: Mask, widest: Array) -> tuple[Flag, ...]:
    """What there is to say about a hand that was not always solved, or was bent beyond half a turn."""
    failed, flags = 1 - float(solved.mean()), []
    if failed:
        much = ", which is much" if failed > FAILED else ""
        flags.append(Flag("ik_failure", f"no hand was solved in {failed:.1%} of the time{much}"))
    beyond = [name for name, angle in zip(ANGLES, widest, strict=True) if angle > math.pi]
    if beyond:
        flags.append(Flag("out_of_range", "angles beyond half a turn", ", ".join(beyond)))
    return tuple(flags)
