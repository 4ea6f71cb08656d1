"""Synergies of a lab's own files: envelopes in, weights, activations and both rules for their number out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import anatomy, formats, signal
from myoshift.errors import ConfigError, DataRefused, UnknownNameError
from myoshift.formats.detect import detect
from myoshift.physiology import rank as ranks
from myoshift.physiology.rank import HiddenCurve, VafCurve, rank_by_cross_validation, rank_by_vaf
from myoshift.physiology.synergy import Synergies, factorise, refuse_unfit
from myoshift.types import Array, EmgKind, Flag, Recording, Table

RATE = 100.0
"""Hz; faster envelopes are resampled to it."""
RINGING = 0.05
"""Largest share of a channel's power in negative values that an envelope has from filters and splines."""
MUSCLES = 0.5
"""Share of columns with the name of a muscle or site from which on all are taken to be muscles."""
SUFFIXES = (".activation", "_activation")


@dataclass(frozen=True, eq=False)
class Found:
    """Synergies of one person, and how their number was found.

    Parameters
    ----------
    name : file or person
    muscles : M names
    rate : Hz
    pieces : frames of each file or recording, end to end
    synergies : of the number that was taken
    curve : VAF against the number
    hidden : error on hidden stretches against the number; None where there was too little to hide
    why : in words, which rule gave the number
    """

    name: str
    muscles: tuple[str, ...]
    rate: float
    pieces: tuple[int, ...]
    synergies: Synergies
    curve: VafCurve
    hidden: HiddenCurve | None
    why: str
    flags: tuple[Flag, ...] = field(default=())

    @property
    def table(self) -> Table:
        """Activations (T, K) of the synergies against time; pieces follow each other."""
        values = self.synergies.activations
        names = tuple(f"synergy_{number + 1}" for number in range(values.shape[1]))
        time = np.arange(len(values)) / self.rate
        return Table(values=values, names=names, units=("1",) * len(names), rate=self.rate, time=time)


def of_files(
    files: Sequence[Path],
    *,
    kind: EmgKind = "envelope",
    columns: Sequence[str] = (),
    rank: int | None = None,
    as_given: bool = False,
    seed: int = 0,
    **options: Any,
) -> Found:
    """Synergies of one person's files, end to end; a muscle that one of them lacks was not measured there.

    Parameters
    ----------
    kind : what the columns are; raw EMG is made envelopes
    columns : those to take; without, all where half of them have the name of a muscle or site, or none has; else
        those that have
    rank : number of synergies; found where None
    as_given : amplitudes as in the files, and not over the 95th percentile of each muscle
    options : of the reader of text, `rate` or `time`

    Raises
    ------
    DataRefused
        When a file is no table or holds no such columns, an envelope is negative, or `factorise` refuses it.
    """
    read = [_read(file, kind, columns, options) for file in files]
    rate = min(RATE, *(table.rate for table in read))
    names = tuple(dict.fromkeys(name for table in read for name in table.names))
    pieces = [_on(names, table, signal.resample(table.values, table.rate, rate)) for table in read]
    flags = tuple(dict.fromkeys(flag for table in read for flag in table.flags))
    where = ", ".join(str(file) for file in files)
    return analysed(where, names, rate, pieces, rank=rank, as_given=as_given, seed=seed, flags=flags)


def of_recordings(recordings: Sequence[Recording], *, rank: int | None = None, seed: int = 0) -> Iterator[Found]:
    """Synergies of each person, whose muscles are at least three, over all of their recordings."""
    people = dict.fromkeys(recording.person for recording in recordings)
    for person in people:
        own = [recording for recording in recordings if recording.person == person]
        names = tuple(dict.fromkeys(name for each in own for name in each.activation_names if _measured(each, name)))
        pieces = [_recorded(names, each) for each in own]
        if len(names) >= ranks.FEWEST:
            yield analysed(person, names, own[0].rate, pieces, rank=rank, seed=seed)


def analysed(
    name: str,
    muscles: tuple[str, ...],
    rate: float,
    pieces: Sequence[Array],
    *,
    rank: int | None = None,
    as_given: bool = False,
    seed: int = 0,
    flags: tuple[Flag, ...] = (),
) -> Found:
    """Synergies of envelopes (T_i, M), and their number where it is not given.

    Silent and never measured muscles are left out, with a flag.
    """
    reference = signal.percentile_reference(pieces)
    known = np.isfinite(reference)
    silent = [muscle for muscle, there in zip(muscles, known, strict=True) if not there]
    if silent:
        flags += (Flag("silent", "no activity: left out", ", ".join(silent)),)
    values = np.concatenate(pieces)[:, known] / (1.0 if as_given else reference[known])
    try:
        refuse_unfit(values, 1 if rank is None else rank)
        curve = rank_by_vaf(values, seed=seed)
        hidden = _hidden(values, seed)
        taken, why = _taken(rank, curve, hidden)
        synergies = factorise(values, taken, seed=seed)
    except DataRefused as error:
        raise DataRefused(error.what, where=name, why=error.why, mend=error.mend) from error
    kept = tuple(muscle for muscle, there in zip(muscles, known, strict=True) if there)
    return Found(name, kept, rate, tuple(map(len, pieces)), synergies, curve, hidden, why, flags)


def _hidden(values: Array, seed: int) -> HiddenCurve | None:
    enough = values.shape[1] >= ranks.FEWEST and len(values) >= 2 * ranks.STRETCHES
    return rank_by_cross_validation(values, seed=seed) if enough else None


def _taken(asked: int | None, curve: VafCurve, hidden: HiddenCurve | None) -> tuple[int, str]:
    if asked is not None:
        return asked, "as asked"
    if hidden is not None:
        return hidden.rank, "fewest that predict hidden stretches of muscles as well as the best (one standard error)"
    if curve.rank is not None:
        return curve.rank, "too little data to hide a part of: fewest with VAF >= 0.90, and >= 0.75 of each muscle"
    return len(curve.vaf), "too little data to hide a part of, and no number accounts for enough: the most"


def _read(file: Path, kind: EmgKind, columns: Sequence[str], options: dict[str, Any]) -> Table:
    """Envelopes of a file's muscles, >= 0."""
    text = detect(file) in formats.WORDS and file.suffix.lower() not in formats.SUFFIXES
    if options and not text:
        raise ConfigError("--rate and --time are for tables of text", where=file, mend="leave them out")
    table = formats.read(file, **(options or {"time": "time"} if text else {}))
    if not isinstance(table, Table):
        raise DataRefused("no table of muscles", where=file, mend="give a .sto, .mot or .csv with a column for each")
    table = _chosen(table, file, columns)
    if kind == "raw":
        return replace(table, values=_enveloped(table, file))
    negative = np.nansum(np.square(np.minimum(table.values, 0)), axis=0)
    share = negative / np.maximum(np.nansum(np.square(table.values), axis=0), np.finfo(float).tiny)
    if (share > RINGING).any():
        worst = int(np.argmax(share))
        raise DataRefused(
            "an envelope is never negative",
            where=f"{file}, {table.names[worst]}",
            why=f"{share[worst]:.0%} of its power is in negative values",
            mend="state --kind raw for raw EMG, or leave the column out with --columns",
        )
    below = [name for name, each in zip(table.names, share, strict=True) if each > 0]
    note = (Flag("negative", "a little below 0 here and there: clipped", ", ".join(below)),) if below else ()
    return replace(table, values=np.maximum(table.values, 0.0), flags=(*table.flags, *note))


def _enveloped(table: Table, file: Path) -> Array:
    try:
        return signal.envelope(table.values, table.rate)
    except DataRefused as error:
        where = f"{file}, {error.where}" if error.where else str(file)
        raise DataRefused(error.what, where=where, why=error.why, mend=error.mend) from error


def _chosen(table: Table, file: Path, columns: Sequence[str]) -> Table:
    short = {_plain(name): name for name in table.names}
    missing = [name for name in columns if name not in table.names and name not in short]
    if missing:
        raise DataRefused(
            f"there is no column {missing[0]!r}",
            where=file,
            why=f"columns: {', '.join(short)}",
            mend="name some of these",
        )
    known = [name for name in table.names if _is_muscle(_plain(name))]
    some = known if known and len(known) < MUSCLES * len(table.names) else list(table.names)
    kept = [short.get(name, name) for name in columns] or some
    others = [name for name in table.names if name not in kept] if not columns else []
    notes = (Flag("no_muscle", "left out, the name is of no muscle or site", _few(others)),) if others else ()
    named = replace(table.select(tuple(kept)), names=tuple(_plain(name) for name in kept))
    return replace(named, flags=(*table.flags, *notes))


def _few(names: Sequence[str], most: int = 6) -> str:
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _plain(name: str) -> str:
    short = formats.short_name(name)
    for suffix in SUFFIXES:
        short = short.removesuffix(suffix)
    return short


def _is_muscle(name: str) -> bool:
    for known in (anatomy.muscles, anatomy.site):
        try:
            known(name)
        except UnknownNameError:
            continue
        return True
    return False


def _on(names: Sequence[str], table: Table, values: Array) -> Array:
    """Values (T, C) of a table's columns as (T, M) of these names, NaN where it has none."""
    out = np.full((len(values), len(names)), np.nan)
    out[:, [names.index(name) for name in table.names]] = np.maximum(values, 0.0)  # resampling rings a little
    return out


def _measured(recording: Recording, name: str) -> bool:
    return bool(np.isfinite(recording.activation[:, recording.activation_names.index(name)]).any())


def _recorded(names: Sequence[str], recording: Recording) -> Array:
    out = np.full((len(recording.activation), len(names)), np.nan)
    for place, name in enumerate(names):
        if name in recording.activation_names:
            out[:, place] = recording.activation[:, recording.activation_names.index(name)]
    return np.asarray(out[np.isfinite(out).any(axis=1)])
