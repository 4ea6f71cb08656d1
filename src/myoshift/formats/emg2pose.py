"""emg2pose recordings: HDF5 with one compound data set of time, joint angles of a hand, EMG of a wristband.

Layout: Salter et al. 2024, emg2pose, arXiv 2412.02725. HDF5 itself can point to other files, promise more than it
holds and leave parts out; all three are refused before anything is read.
"""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats import child
from myoshift.formats.detect import expect
from myoshift.formats.emg2pose_child import WORDS
from myoshift.formats.source import AGAIN, content, named
from myoshift.formats.text import clip
from myoshift.types import Array, Flag, Mask, Table

FINGERS = ("index", "middle", "ring", "pinky")
JOINTS = ("mcp_aa", "mcp_fe", "pip_fe", "dip_fe")
THUMB = ("thumb_cmc_fe", "thumb_cmc_aa", "thumb_mcp_fe", "thumb_ip_fe")
ANGLES = (*THUMB, *(f"{finger}_{joint}" for finger in FINGERS for joint in JOINTS))
CHANNELS = tuple(f"wrist16_{k:02d}" for k in range(1, 17))
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


def read_emg2pose(
    path: str | Path,
    *,
    stamps: Literal["seconds", "samples"] = "seconds",
    seconds: float = 60.0,
    gigabytes: float = 8.0,
) -> Emg2Pose:
    """Read an emg2pose recording.

    Parameters
    ----------
    stamps : what `time` counts; "samples" for cuttings that count rows in place of seconds
    seconds, gigabytes : limits of the child process that reads, as damaged HDF5 can crash or hang its reader

    Returns
    -------
    Emg2Pose
        Both tables on one even clock from 0 s on, of the rate that the file declares; stamps are held against it.
        Flags: `ik_failure`, `stamps` (repeated ones), `out_of_range` (angles beyond half a turn).

    Raises
    ------
    DataFormatError
        No HDF5, another layout, a missing attribute or field, links into other files, data that the file cannot
        hold or that are not all there, a file that crashes its reader, a rate that the stamps contradict by more
        than 0.1 %, stamps that go back.
    """
    with named(path):
        expect(content(path), "hdf5")
        rows, attributes = _extracted(path, seconds, gigabytes)
        rate, notes = _clock(rows["time"], attributes["sample_rate"], stamps)
        angles, doubts = _solved(np.asarray(rows["joint_angles"], np.float64))
        clock = np.arange(len(rows)) / rate
        emg = np.asarray(rows["emg"], np.float64)
        return Emg2Pose(
            joint_angles=Table(values=angles, names=ANGLES, units=("rad",) * len(ANGLES), rate=rate, time=clock),
            emg=Table(values=emg, names=CHANNELS, units=("",) * len(CHANNELS), rate=rate, time=clock),
            flags=(*notes, *doubts),
            **{word: attributes[word] for word in WORDS},
        )


def _extracted(path: str | Path, seconds: float, gigabytes: float) -> tuple[NDArray[Any], dict[str, Any]]:
    """Rows and attributes of the file, as the child process leaves them."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = (str(path), folder, str(gigabytes))
        done = child.run("myoshift.formats.emg2pose_child", *arguments, seconds=seconds, again=AGAIN)
        if done.returncode:
            raise _told(done.stdout, done.stderr)
        attributes = json.loads(Path(folder, "attributes.json").read_text(encoding="utf-8"))
        return np.load(Path(folder, "rows.npy"), allow_pickle=False), attributes


def _told(out: str, err: str) -> DataFormatError:
    """The child's refusal, or that it failed without one (out of memory)."""
    try:
        return DataFormatError(**json.loads(out.strip().splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        why = clip((err.strip().splitlines() or ["no reason given"])[-1])
        return DataFormatError("the HDF5 file cannot be read", why=why, mend=AGAIN)


def _clock(time: NDArray[Any], declared: float, stamps: str) -> tuple[float, tuple[Flag, ...]]:
    """The declared rate, which the stamps must support; equal neighbours are allowed, and flagged."""
    seconds = np.asarray(time, np.float64) / (declared if stamps == "samples" else 1.0)
    steps = np.diff(seconds)
    bad = np.flatnonzero(~(steps >= 0))
    if len(bad) or not np.isfinite(seconds).all():
        row = int(bad[0]) + 1 if len(bad) else int(np.argmin(np.isfinite(seconds)))
        raise DataFormatError(
            "time goes back, or is no number",
            where=f"row {row + 1}",
            why=f"{time[max(row - 1, 0)]:.10g} is followed by {time[row]:.10g}",
            mend=AGAIN,
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


def _solved(angles: Array) -> tuple[Array, tuple[Flag, ...]]:
    """Angles, NaN where no hand was solved (all of them 0), and what there is to say about them."""
    failed: Mask = np.asarray((np.abs(angles) < SOLVED).all(axis=1))
    flags = []
    if failed.any():
        much = ", which is much" if failed.mean() > FAILED else ""
        flags.append(Flag("ik_failure", f"no hand was solved in {failed.mean():.1%} of the time{much}"))
    beyond = [name for name, column in zip(ANGLES, angles.T, strict=True) if np.abs(column).max() > math.pi]
    if beyond:
        flags.append(Flag("out_of_range", "angles beyond half a turn", ", ".join(beyond)))
    return np.where(failed[:, None], np.nan, angles), tuple(flags)
