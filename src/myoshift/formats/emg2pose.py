"""emg2pose recordings: HDF5 with one compound data set of time, joint angles of a hand, EMG of a wristband.

Layout: Salter et al. 2024, emg2pose, arXiv 2412.02725. HDF5 itself can point to other files, promise more than it
holds and leave parts out; all three are refused before anything is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats import child
from myoshift.formats.detect import expect
from myoshift.formats.source import AGAIN, mapped, named
from myoshift.formats.text import clip
from myoshift.types import Array, Flag, Mask, Table

FINGERS = ("index", "middle", "ring", "pinky")
JOINTS = ("mcp_aa", "mcp_fe", "pip_fe", "dip_fe")
THUMB = ("thumb_cmc_fe", "thumb_cmc_aa", "thumb_mcp_fe", "thumb_ip_fe")
ANGLES = (*THUMB, *(f"{finger}_{joint}" for finger in FINGERS for joint in JOINTS))
CHANNELS = tuple(f"wrist16_{k:02d}" for k in range(1, 17))
FIELDS = {"time": (), "joint_angles": (len(ANGLES),), "emg": (len(CHANNELS),)}
GROUP, SERIES = "emg2pose", "timeseries"
WORDS = ("side", "user", "session", "stage", "filename")
DENSEST = 1032  # no byte of deflate holds more than this many bytes
LIMIT = 2**32  # bytes of one recording, unpacked
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
    with named(path):
        expect(mapped(path), "hdf5")
        child.run("myoshift.formats.emg2pose_child", [str(path), str(gigabytes)], seconds)
        return parse(path, stamps)


def parse(path: str | Path, stamps: str) -> Emg2Pose:
    """As `read_emg2pose`, in this process; a damaged file can hang or crash it."""
    with named(path):
        attributes, rows = skeleton(path, values=True)
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


def skeleton(path: str | Path, *, values: bool = False) -> tuple[dict[str, Any], Any]:
    """The attributes, and the rows where `values` are asked for; raises as `read_emg2pose`."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            series, attributes = _series(file, Path(path).stat().st_size), _attributes(file[GROUP])
            return attributes, series[()] if values else None
    except DataFormatError:
        raise
    except Exception as error:  # a damaged file makes HDF5 fail in any way
        why = " ".join(str(error).split())[:200]
        raise DataFormatError("the HDF5 file is damaged", why=f"{type(error).__name__}: {why}", mend=AGAIN) from error


def _series(file: Any, size: int) -> Any:
    """The data set, when it lies in this file, is whole, and has the fields of this layout."""
    group = _member(file, GROUP, "Group")
    series = _member(group, SERIES, "Dataset")
    where = f"{GROUP}/{SERIES}"
    found = series.dtype.fields or {}
    wrong = [name for name, shape in FIELDS.items() if name not in found or not _holds(found[name][0], shape)]
    if wrong or series.ndim != 1:
        raise DataFormatError(
            "another layout than emg2pose",
            where=where,
            why=f"shape {series.shape}, fields {clip(str(series.dtype))}; {', '.join(wrong) or 'rows'} expected",
            mend="give a file as the emg2pose project publishes them",
        )
    if series.is_virtual or series.external:
        raise DataFormatError(
            "the data lie in other files",
            where=where,
            why="a virtual or external data set",
            mend="copy them into one",
        )
    _refuse_impossible(series, size, where)
    return series


def _member(group: Any, name: str, kind: str) -> Any:
    """A member that lies in this very file; links are not followed."""
    import h5py

    if name not in group:
        present = ", ".join(sorted(map(str, group)))[:200] or "nothing"
        raise DataFormatError(
            "another layout than emg2pose", where=group.name, why=f"{name!r} expected, {present} found",
            mend="give a file as the emg2pose project publishes them",
        )  # fmt: skip
    link = group.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise DataFormatError(
            "a link in place of data",
            where=f"{group.name}{name}",
            why=type(link).__name__,
            mend="copy the data into one file",
        )
    member = group[name]
    if not isinstance(member, getattr(h5py, kind)):
        raise DataFormatError("another layout than emg2pose", where=name, why=f"{type(member).__name__}, not {kind}")
    return member


def _holds(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
    return dtype.shape == shape and dtype.base.kind == "f"


def _refuse_impossible(series: Any, size: int, where: str) -> None:
    """Refuse, before anything is allocated, data that no file of this size can hold, or that are not all there."""
    stored, promised = series.id.get_storage_size(), series.dtype.itemsize * math.prod(series.shape)
    chunk = series.dtype.itemsize * math.prod(series.chunks or (0,))
    whole = promised == stored if series.chunks is None else promised <= stored * DENSEST
    chunks = math.prod(-(-n // c) for n, c in zip(series.shape, series.chunks or series.shape, strict=True) if c)
    missing = series.chunks is not None and series.id.get_num_chunks() != chunks
    if stored > size or max(promised, chunk) > LIMIT or chunk > size * DENSEST or not whole or missing:
        raise DataFormatError(
            "the data are truncated, or larger than the file can hold",
            where=where,
            why=f"{series.shape} rows promise {promised} bytes, {stored} bytes are stored, the file has {size} bytes",
            mend=AGAIN,
        )
    if not len(series):
        raise DataFormatError("there are no rows", where=where, mend=AGAIN)


def _attributes(group: Any) -> dict[str, Any]:
    """The attributes that every recording states; words as text, the rate as a number."""
    missing = [name for name in (*WORDS, "sample_rate", "num_channels") if name not in group.attrs]
    if missing:
        raise DataFormatError(
            "an attribute is missing", where=GROUP, why=", ".join(missing), mend="give the file as it was published"
        )
    rate, count = (float(np.asarray(group.attrs[name]).item()) for name in ("sample_rate", "num_channels"))
    if count != len(CHANNELS) or not (math.isfinite(rate) and rate > 0):
        raise DataFormatError(
            "an attribute is impossible",
            where=GROUP,
            why=f"num_channels {count:g}, sample_rate {rate:g}; {len(CHANNELS)} and a rate in Hz expected",
            mend="give the file as it was published",
        )
    return {**{word: _word(group.attrs[word]) for word in WORDS}, "sample_rate": rate}


def _word(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _clock(time: NDArray[Any], declared: float, stamps: str) -> tuple[float, tuple[Flag, ...]]:
    """The declared rate, which the stamps must support; equal neighbours are allowed, and flagged."""
    seconds = np.asarray(time, np.float64) / (declared if stamps == "samples" else 1.0)
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
