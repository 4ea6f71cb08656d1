"""The layout of an emg2pose file: one compound data set that lies in this very file and is all there.

HDF5 itself can point to other files, promise more than it holds and leave parts out; all three are refused before
anything is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats.hdf5 import refuse_elsewhere, refuse_impossible
from myoshift.formats.source import AGAIN
from myoshift.formats.text import clip

FINGERS = ("index", "middle", "ring", "pinky")
JOINTS = ("mcp_aa", "mcp_fe", "pip_fe", "dip_fe")
THUMB = ("thumb_cmc_fe", "thumb_cmc_aa", "thumb_mcp_fe", "thumb_ip_fe")
ANGLES = (*THUMB, *(f"{finger}_{joint}" for finger in FINGERS for joint in JOINTS))
CHANNELS = tuple(f"wrist16_{k:02d}" for k in range(1, 17))
FIELDS = {"time": (), "joint_angles": (len(ANGLES),), "emg": (len(CHANNELS),)}
GROUP, SERIES = "emg2pose", "timeseries"
WORDS = ("side", "user", "session", "stage", "filename")
STEP = 2**15  # rows that are read at a time: 8 MB


@contextmanager
def opened(path: str | Path) -> Iterator[tuple[dict[str, Any], Any]]:
    """The attributes, and the data set, of which nothing is read yet; what HDF5 raises inside is said in our words.

    Raises
    ------
    DataFormatError
        No HDF5, another layout, a missing attribute or field, links into other files, data that the file cannot
        hold or that are not all there.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            series = _series(file, Path(path).stat().st_size)
            yield _attributes(file[GROUP]), series
    except DataFormatError:
        raise
    except Exception as error:  # a damaged file makes HDF5 fail in any way
        why = " ".join(str(error).split())[:200]
        raise DataFormatError("the HDF5 file is damaged", why=f"{type(error).__name__}: {why}", mend=AGAIN) from error


def pieces(series: Any) -> Iterator[tuple[slice, Any]]:
    """The rows of a data set in their order, no more than `STEP` at a time."""
    for start in range(0, len(series), STEP):
        part = slice(start, min(start + STEP, len(series)))
        yield part, series[part]


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
    refuse_elsewhere(series, where)
    refuse_impossible(series, size, where)
    if not len(series):
        raise DataFormatError("there are no rows", where=where, mend=AGAIN)
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
