"""A laboratory's own files as recordings: joint angles of one file beside the EMG of another, or of the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift import anatomy, formats, registry, signal
from myoshift.calibration.quality import clipping
from myoshift.datasets import Preparation, prepare
from myoshift.datasets.emg import envelopes
from myoshift.deploy.files import refuse_other_signs
from myoshift.errors import DataFormatError, DataRefused, UnknownNameError
from myoshift.types import EmgKind, Flag, Recording, SourceFile, Subject, Table, Trial

TIME = "time"
"""The column of a .csv that holds seconds."""
UNLIKE = "unlike_lengths"
"""Code of the flag of motion and EMG of different lengths."""
CLIPPED = "emg_clipped"
"""Code of the flag of channels of an envelope that stand at their largest value."""
SAME = 0.03
"""Share by which the two may differ in length without a word."""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a user states of files that do not say it themselves.

    Parameters
    ----------
    emg_kind : whether EMG is raw or an envelope; never guessed
    convention : whose names and signs the angles follow
    angle_unit : of a file whose header does not state it
    mass, height : of the person, kg and m
    """

    emg_kind: EmgKind | None = None
    convention: str = "rajagopal"
    angle_unit: Literal["deg", "rad"] | None = None
    mass: float | None = None
    height: float | None = None


def read_pairs(paths: Sequence[Path], stated: Stated, rate: float = 100.0) -> tuple[tuple[Recording, float], ...]:
    """Recordings with motion and EMG, each with the lowest native rate of its files (Hz).

    A table with joint angles is motion, one whose columns are named as sites with a side (`soleus_r`) is EMG; a file
    may hold both. The first motion belongs to the first EMG, the second to the second; both have one clock.

    Parameters
    ----------
    paths : .mot, .sto or .csv tables with a column `time`
    rate : Hz of the recordings

    Raises
    ------
    DataRefused
        When a file is no table, motion or EMG is missing, it is not stated whether EMG is raw, or the two share less
        than half a second.
    """
    tables = [(path, _table(path, stated)) for path in paths]
    motions = [(path, table.select(found)) for path, table in tables if (found := _angles(table, stated.convention))]
    emgs = [(path, table.select(found)) for path, table in tables if (found := _sites(table))]
    _refuse_lonely(paths, [p for p, _ in motions], [p for p, _ in emgs])
    _refuse_unstated(stated, emgs[0][0])
    return tuple(_recording(motion, emg, stated, rate) for motion, emg in zip(motions, emgs, strict=True))


def read_emg(path: Path, stated: Stated, rate: float = 100.0) -> Table:
    """Envelopes (T, S) of one file at its sites with a side, on its own clock; faster ones come down to `rate` Hz.

    Channels that are no EMG are NaN, as where EMG is read beside its motion; the flags say which.

    Raises
    ------
    DataRefused
        When the file is no table or has no column of a site with a side, it is not stated whether EMG is raw, or most
        channels of raw EMG are not.
    """
    table = _table(path, stated)
    sites = _sites(table)
    if not sites:
        raise DataRefused(
            "no column is EMG of a known site",
            where=path,
            why=f"columns: {', '.join(table.names)[:200]}",
            mend="name the columns as sites with a side (soleus_r, ...; `myoshift list sites`)",
        )
    _refuse_unstated(stated, path)
    trial = _trial(path, table.select(sites), stated, motion=None, sources=(formats.source(path),))
    found, flags = envelopes(trial, Preparation())
    if found is None:
        raise DataRefused("no EMG", where=path)
    values, time = found.values, found.time
    if found.rate > rate:
        values = signal.resample(values, found.rate, rate)
        time = time[0] + np.arange(len(values)) / rate
    units = tuple("" if unit in ("deg", "rad") else unit for unit in found.units)  # of all columns of a .sto
    return replace(found, values=values, units=units, time=time, rate=min(found.rate, rate), flags=flags)


def _refuse_unstated(stated: Stated, where: Path) -> None:
    if stated.emg_kind is None:
        raise DataRefused(
            "it is not stated whether the EMG is raw or an envelope",
            where=where,
            mend="say --emg-kind raw or --emg-kind envelope",
        )


def _table(path: Path, stated: Stated) -> Table:
    kind = formats.detect(path)
    if kind in formats.WORDS and path.suffix.lower() not in formats.SUFFIXES:
        found = formats.read(path, time=TIME, unit=stated.angle_unit or "")
    else:
        found = formats.read(path, **({"angle_unit": stated.angle_unit} if kind == "sto" else {}))
    if isinstance(found, Table):
        return found
    raise DataFormatError(
        "motion and EMG are read from tables of joint angles and EMG",
        where=path,
        why=f"this is a {kind} file",
        mend="give them as .mot, .sto or .csv, or let `myoshift delay` read a registered data set with --dataset",
    )


def _angles(table: Table, convention: str) -> tuple[str, ...]:
    return tuple(name for name in table.names if _is_coordinate(formats.short_name(name), convention))


def _is_coordinate(name: str, convention: str) -> bool:
    if convention not in anatomy.CONVENTIONS:
        raise registry.unknown("convention", convention, anatomy.CONVENTIONS)
    try:
        return bool(anatomy.coordinate(name, convention))
    except UnknownNameError:
        return False


def _sites(table: Table) -> tuple[str, ...]:
    parts = ((name, *anatomy.split_side(name)) for name in table.names)
    return tuple(name for name, base, side in parts if side is not None and base in anatomy.SITES)


def _refuse_lonely(paths: Sequence[Path], motions: Sequence[Path], emgs: Sequence[Path]) -> None:
    if motions and len(motions) == len(emgs):
        return
    held = ", ".join(
        f"{path.name}: {' and '.join(w for w, h in (('motion', motions), ('EMG', emgs)) if path in h) or 'neither'}"
        for path in paths
    )
    raise DataRefused(
        "this needs motion and EMG of the same recording",
        where=", ".join(map(str, paths)),
        why=held,
        mend="give a table with joint angles (hip_flexion_r, ...) and one whose columns are sites with a side "
        "(soleus_r, ...; `myoshift list sites`)",
    )


def _recording(
    motion: tuple[Path, Table], emg: tuple[Path, Table], stated: Stated, rate: float
) -> tuple[Recording, float]:
    (path, angles), (other, channels) = motion, emg
    sources = tuple(formats.source(each) for each in dict.fromkeys((path, other)))
    trial = _trial(path, channels, stated, motion=angles, sources=sources)
    trial = replace(trial, flags=(*_unlike(angles, channels, other), *trial.flags))
    recording = prepare(trial, Preparation(rate=rate))
    refuse_other_signs(recording, path, stated.convention)
    return recording, min(angles.rate, channels.rate)


def _trial(
    path: Path, channels: Table, stated: Stated, *, motion: Table | None, sources: tuple[SourceFile, ...]
) -> Trial:
    return Trial(
        name=path.stem,
        dataset="file",
        institution="unknown",
        subject=Subject(id="unknown", mass=stated.mass, height=stated.height),
        task="unknown",
        convention=stated.convention,
        motion=motion,
        emg=channels,
        emg_kind=stated.emg_kind or "raw",
        sites={name: name for name in channels.names},
        sources=sources,
        flags=tuple(_standing(channels, stated)),
    )


def _unlike(angles: Table, channels: Table, where: Path) -> Iterator[Flag]:
    """EMG that lasts longer or shorter than the motion: cut otherwise, or of another rate than it says."""
    motion, emg = (float(each.time[-1] - each.time[0]) for each in (angles, channels))
    if abs(emg - motion) > SAME * max(motion, emg):
        why = f"the EMG lasts {emg:.2f} s and the motion {motion:.2f} s: wrong rate, or cut otherwise"
        yield Flag(UNLIKE, why, where.name)


def _standing(channels: Table, stated: Stated) -> Iterator[Flag]:
    """Envelopes that were cut off; of raw EMG the verdict of `signal.quality` says it."""
    if stated.emg_kind == "envelope":
        for name, values in zip(channels.names, channels.values.T, strict=True):
            found = clipping([values], channels.rate)
            if found and found[0] == "refuse":
                yield Flag(CLIPPED, found[1], name)
