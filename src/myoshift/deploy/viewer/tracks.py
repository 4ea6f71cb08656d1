"""Activation from a file, to colour muscles with and to draw over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy, formats
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Array, Flag, Table

TIME = "time"
ENDS = ("low", "high")
"""What follows the name of a muscle on the columns of its interval: `soleus_r_low`, `soleus_r_high`."""
SUFFIX = "_activation"  # behind the names of some writers' columns
KINDS = ("sto", "csv", "text", "parquet")
RAW = -0.05
"""An activation is never below this: what is, is an EMG that was not rectified, or a force."""
GLIMPSE = 8  # names in a message


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """Activation of muscles or sites over time, out of one source.

    Parameters
    ----------
    name : of the source, as a legend shows it
    time : (T,) s, increasing
    names : K muscles (`soleus_r`) or sites (`gastrocnemius_medialis_r`), as the source has them
    values : (T, K) activations, NaN where not known
    low, high : (T, K) ends of an interval around them, NaN for columns without; None without any
    flags : what a reader of the picture must know
    """

    name: str
    time: Array
    names: tuple[str, ...]
    values: Array
    low: Array | None = None
    high: Array | None = None
    flags: tuple[Flag, ...] = ()

    def at(self, time: float | Array) -> Array:
        """Values (K,) at a time (s), or (N, K) at N times: on straight lines between samples, NaN outside of them."""
        return _between(self.time, self.values, time)

    def interval(self, time: float | Array) -> tuple[Array, Array] | None:
        """Low and high ends of the interval at a time, or at several; None where the source has none."""
        if self.low is None or self.high is None:
            return None
        return _between(self.time, self.low, time), _between(self.time, self.high, time)

    def muscles(self, muscles: Sequence[str], time: float | Array) -> Array:
        """Values (M,) or (N, M) of these muscles at a time, NaN for those of which the source says nothing.

        A muscle takes its own column if there is one, else the mean of the sites that see it, by the weights of the
        montage.
        """
        seen = sharing(self.names, tuple(muscles))
        values = self.at(time)
        known = np.isfinite(values)
        total = known @ seen
        summed = np.where(known, values, 0.0) @ seen
        mean: Array = np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)
        return mean


def read(path: Path, *, name: str = "") -> Track:
    """Activation of a .sto, .csv or .parquet file, with a column `time` in seconds.

    Columns are muscles or sites with a side, under the names of any model that `anatomy` knows; others are left out
    and flagged. Columns `NAME_low` and `NAME_high` are the interval of the column NAME.

    Raises
    ------
    DataRefused
        When the file is no table, none of its columns is a muscle or site, or values are below zero.
    """
    table = _table(path)
    short = [formats.short_name(each).removesuffix(SUFFIX) for each in table.names]
    there = [k for k, label in enumerate(short) if _known(label)]
    if not there:
        raise _nobody(path, short)
    track = Track(
        name=name or path.name,
        time=table.time,
        names=tuple(short[k] for k in there),
        values=table.values[:, there],
        flags=table.flags,
    )
    _refuse_raw(track, path)
    bounds = [_bounds(table, short, track.names, end) for end in ENDS]
    low, high = bounds if all(bound is not None for bound in bounds) else (None, None)
    return replace(track, low=low, high=high, flags=(*track.flags, *_notes(track, short)))


@lru_cache(maxsize=16)
def sharing(names: tuple[str, ...], muscles: tuple[str, ...]) -> Array:
    """What each muscle takes from each column, (K, M) weights: from its own, or from the sites that see it."""
    out = np.zeros((len(names), len(muscles)))
    own = {muscle: k for k, label in enumerate(names) if _is_muscle(label) for muscle in _muscles(label)}
    for column, muscle in enumerate(muscles):
        if muscle in own:
            out[own[muscle], column] = 1.0
            continue
        base, side = anatomy.split_side(muscle)
        for k, label in enumerate(names):
            site, of = anatomy.split_side(label)
            if not _is_muscle(label) and of == side and site in anatomy.SITES:
                out[k, column] = anatomy.site(site).muscles.get(base, 0.0)
    out.setflags(write=False)  # it is kept for the next frame
    return out


def shared(time: Array, track: Track) -> tuple[NDArray[np.int64], tuple[Flag, ...]]:
    """The frames at those times of a picture at which the track is known, and a flag if the two are not as long.

    Raises
    ------
    DataRefused
        When there is none.
    """
    frames = np.flatnonzero((time >= track.time[0] - 1e-6) & (time <= track.time[-1] + 1e-6))
    spans = f"the picture {_span(time)}, {track.name} {_span(track.time)}"
    if not len(frames):
        raise DataRefused(
            "files that are shown together share no time",
            where=track.name,
            why=spans,
            mend="give files of the same recording, on one clock",
        )
    if len(frames) == len(time) and track.time[0] >= time[0] - 0.05 and track.time[-1] <= time[-1] + 0.05:
        return frames, ()
    return frames, (Flag("cut", f"{spans}; shown is {_span(time[frames])}"),)


def _table(path: Path) -> Table:
    kind = formats.kind(path)
    if kind not in KINDS:
        raise DataRefused(
            "this is no table of activation",
            where=path,
            why=f"its content is {kind}",
            mend="give a .sto, .csv or .parquet file, as `myoshift predict` and `myoshift simulate` write",
        )
    if kind == "sto":
        return formats.read_sto(path)
    if kind == "parquet":
        return formats.read_parquet(path, unit="1", time=TIME)
    return formats.read_delimited(path, time=TIME)


def _known(label: str) -> bool:
    base, side = anatomy.split_side(label)
    return _is_muscle(label) or (side is not None and base in anatomy.SITES)


def _is_muscle(label: str) -> bool:
    return bool(_muscles(label))


@lru_cache(maxsize=4096)
def _muscles(label: str) -> tuple[str, ...]:
    """The muscles of the legs that a label of any model stands for; none if it is none."""
    try:
        found = anatomy.muscles(label)
    except UnknownNameError:
        return ()
    return tuple(each.name for each in found if each.name in anatomy.MUSCLES)


def _bounds(table: Table, short: Sequence[str], names: Sequence[str], end: str) -> Array | None:
    """(T, K) one end of the intervals, NaN for columns without; None if no column has one."""
    wanted = [f"{each}_{end}" for each in names]
    if not set(wanted) & set(short):
        return None
    nothing = np.full(len(table.time), np.nan)
    return np.stack([table.values[:, short.index(w)] if w in short else nothing for w in wanted], axis=1)


def _notes(track: Track, short: Sequence[str]) -> tuple[Flag, ...]:
    ends = {f"{name}_{end}" for name in track.names for end in ENDS}
    rest = [label for label in short if label not in track.names and label not in ends]
    notes = []
    if rest:
        notes.append(Flag("left_out", "neither muscle nor site of the legs", _some(rest)))
    top = np.nanmax(track.values) if np.isfinite(track.values).any() else np.nan
    if top > 1.0:
        notes.append(Flag("above_one", f"values up to {top:.3g}: colours end at 1", track.name))
    return tuple(notes)


def _refuse_raw(track: Track, path: Path) -> None:
    with np.errstate(invalid="ignore"):
        below = [name for name, column in zip(track.names, track.values.T, strict=True) if (column < RAW).any()]
    if below:
        raise DataRefused(
            "an activation is not below zero",
            where=path,
            why=f"{_some(below)}; the lowest value is {np.nanmin(track.values):.3g}",
            mend="give an envelope between 0 and 1, not a raw EMG",
        )


def _nobody(path: Path, short: Sequence[str]) -> DataRefused:
    sideless = [name for name in short if name in anatomy.IPSILATERAL or name in anatomy.SITES]
    return DataRefused(
        "no column says of which leg it is" if sideless else "no column is a muscle or a site of the legs",
        where=path,
        why=f"columns: {_some(sideless or short)}",
        mend="name them like `soleus_r` or `gastrocnemius_medialis_l`; "
        "`myoshift list muscles` and `myoshift list sites` show all names",
    )


def _between(grid: Array, columns: Array, time: float | Array) -> Array:
    asked = np.asarray(time, dtype=np.float64)
    flat = np.atleast_1d(asked)
    out = np.stack([np.interp(flat, grid, each, left=np.nan, right=np.nan) for each in columns.T], axis=1)
    return out if asked.ndim else out[0]


def _span(time: Array) -> str:
    return f"{time[0]:.2f}..{time[-1]:.2f} s"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - GLIMPSE} more" if len(names) > GLIMPSE else ""
    return ", ".join(names[:GLIMPSE]) + more
