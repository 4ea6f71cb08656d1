"""EDF, EDF+, BDF and BDF+ files: signals of several rates in records, whole numbers that become values by two limits.

Format: see `edf_header`. Rate = samples per record / record duration; value = (number - digital minimum) *
(physical maximum - physical minimum) / (digital maximum - digital minimum) + physical minimum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.detect import sniff
from myoshift.formats.edf_annotations import read_annotations, refuse_gaps, starts
from myoshift.formats.edf_header import Header, Signal, read_header
from myoshift.formats.source import Bytes, mapped, named
from myoshift.formats.tables import Annotation, Tables
from myoshift.formats.text import clip, refuse_duplicates
from myoshift.formats.units import SPELLINGS
from myoshift.types import Array, Flag, Mask, Table

RUN = 3  # equal samples at a digital limit, or zeros at the end, that are no chance
SPARSE = 10  # rows may be so many times the samples, where a file has gaps,
KNOWN = {*SPELLINGS.values(), "nV", "Boolean", "degC", "C", "bpm", "mmHg", "Ohm", "kOhm"}
ROOM = 1 << 24  # or as many numbers as that


@dataclass(frozen=True, kw_only=True, eq=False)
class Edf(Tables):
    """What one file holds: a table for each rate, in the units of the file, 0 s at the first sample.

    Parameters
    ----------
    order : labels of all signals as they follow one another in the file
    start : date and time of the first sample, None where the header has none
    prefilters : what the header says about filters, by channel; empty texts left out
    transducers : likewise, about electrodes
    """

    order: tuple[str, ...]
    start: datetime | None
    patient: str
    recording: str
    prefilters: dict[str, str] = field(default_factory=dict)
    transducers: dict[str, str] = field(default_factory=dict)


def read_edf(
    path: str | Path,
    *,
    unit: str | Mapping[str, str] = "",
    names: Sequence[str] | None = None,
    decimal: Literal[".", ","] = ".",
) -> Edf:
    """Read an EDF, EDF+, BDF or BDF+ file.

    Parameters
    ----------
    unit : of the signals that state none, one for all or by label
    names : labels of all signals but annotations, for a file that repeats labels
    decimal : the decimal mark of header numbers

    Returns
    -------
    Edf
        Samples that a discontinuous (+D) file leaves out are NaN. `µV` is written `uV`. Flags: `encoding`, `start`,
        `records` (their number left open), `labels` (empty ones are called `channel_3`), `unit` (an unknown one),
        `plus` (annotations, but no mark of a + file), `gaps`, `saturated` (runs at a digital limit), `out_of_range`
        (numbers beyond the digital limits), `zero_tail` (nothing but zeros at the end: a padded record).

    Raises
    ------
    DataFormatError
        The file is not as large as its header says, a header field is impossible, a signal has no unit, labels
        repeat, record times contradict a file without gaps, annotations are malformed.
    """
    with named(path):
        raw = mapped(path)
        header = read_header(_expected(raw), decimal)
        signals, notes = _labelled(header, names, unit)
        onsets, remarks = read_annotations(raw, header)
        if onsets is not None and header.plus == "C":
            refuse_gaps(onsets, header)
        first = 0.0 if onsets is None else float(onsets[0])
        groups = _groups(signals)
        read = [_table(raw, header, group, onsets) for group in groups]
        found = [flag for _, flags in read for flag in flags]
        return Edf(
            tables=tuple(table for table, _ in read),
            annotations=tuple(Annotation(each.text, each.time - first, each.duration) for each in remarks),
            flags=(*header.flags, *notes, *found, *_tail(raw, header, signals)),
            order=tuple(signal.label for signal in signals),
            start=_later(header.start, first),
            patient=header.patient,
            recording=header.recording,
            prefilters={signal.label: signal.prefilter for signal in signals if signal.prefilter},
            transducers={signal.label: signal.transducer for signal in signals if signal.transducer},
        )


def _expected(raw: Bytes) -> Bytes:
    found = sniff(raw)
    if found not in ("edf", "bdf"):
        raise DataFormatError(
            f"the content is {found}, not edf or bdf",
            why=f"the first bytes are {raw[:16]!r}",
            mend="give the file that its name promises, or use the reader of its format",
        )
    return raw


def _later(start: datetime | None, seconds: float) -> datetime | None:
    try:
        return None if start is None else start + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _labelled(
    header: Header, names: Sequence[str] | None, unit: str | Mapping[str, str]
) -> tuple[list[Signal], tuple[Flag, ...]]:
    """The signals that hold numbers, each with a label of its own and a unit."""
    signals = [signal for signal in header.signals if not signal.is_annotations]
    if not signals:
        raise DataFormatError("there are no signals", where="header", why="nothing but annotations")
    labels = [signal.label or f"channel_{k}" for k, signal in enumerate(signals, 1)] if names is None else list(names)
    if len(labels) != len(signals):
        raise DataFormatError("names and signals disagree", why=f"{len(labels)} names, {len(signals)} signals")
    refuse_duplicates(labels, "signal labels", "header" if names is None else "names")
    given = dict.fromkeys(labels, unit) if isinstance(unit, str) else unit
    missing = [label for label, s in zip(labels, signals, strict=True) if not (s.unit or given.get(label))]
    if missing:
        raise DataFormatError(
            "a signal has no unit",
            where=f"channel {missing[0]!r}",
            why=f"{len(missing)} of {len(signals)} signals state none; accepted: V, mV, uV, or any other text",
            mend="state it with unit=, as in unit='uV'",
        )
    empty = sum(not signal.label for signal in signals) if names is None else 0
    named_ = [
        replace(signal, label=label, unit=signal.unit or given.get(label, ""))
        for label, signal in zip(labels, signals, strict=True)
    ]
    odd = [Flag("unit", f"unknown unit {clip(s.unit)}", s.label) for s in named_ if s.unit not in KNOWN]
    lost = len(signals) < len(header.signals) and not header.plus
    return named_, (
        *((Flag("labels", f"{empty} signals have no label"),) if empty else ()),
        *((Flag("plus", "annotations in a file not marked as EDF+ or BDF+: gaps cannot be seen"),) if lost else ()),
        *odd,
    )


def _groups(signals: list[Signal]) -> list[list[Signal]]:
    """Signals of one rate each, in the order in which the rates occur."""
    rates = dict.fromkeys(signal.samples for signal in signals)
    return [[signal for signal in signals if signal.samples == samples] for samples in rates]


def _table(raw: Bytes, header: Header, signals: list[Signal], onsets: Array | None) -> tuple[Table, tuple[Flag, ...]]:
    """All signals of one rate, and what there is to say about them."""
    samples = signals[0].samples
    rate, length = samples / header.duration, header.records * samples
    rows, flags = None, list[Flag]()
    if header.plus == "D" and onsets is not None:
        rows = starts(onsets, header, samples)
        length = int(rows[-1]) + samples
        flags += _gaps(rows, samples, rate, length, len(signals))
    values: Array = np.empty((len(signals), length)) if rows is None else np.full((len(signals), length), np.nan)
    for signal, row in zip(signals, values, strict=True):
        found = digital(raw, header, signal)
        flags += _extremes(found, signal)
        if rows is None:
            _scale(found, signal, row.reshape(found.shape))
        else:
            row[rows[:, None] + np.arange(samples)] = _scale(found, signal, np.empty(found.shape))
    return Table(
        values=values.T,
        names=tuple(signal.label for signal in signals),
        units=tuple(signal.unit for signal in signals),
        rate=rate,
        time=np.arange(length) / rate,
    ), tuple(flags)


def digital(raw: Bytes, header: Header, signal: Signal) -> NDArray[Any]:
    """The whole numbers of a signal, (records, samples); of three bytes, with one in front that is shifted out."""
    at, shape = header.size + signal.offset, (header.records, signal.samples)
    if header.width == 2:
        return np.ndarray(shape, "<i2", raw, at, (header.record, 2))
    words: NDArray[Any] = np.ndarray(shape, "<i4", raw, at - 1, (header.record, 3))
    return np.asarray(words >> 8)


def _scale(found: NDArray[Any], signal: Signal, out: Array) -> Array:
    np.multiply(found, signal.gain, out=out)
    out += signal.low - signal.least * signal.gain
    return out


def _gaps(rows: NDArray[Any], samples: int, rate: float, length: int, channels: int) -> Iterator[Flag]:
    """A flag for the gaps; refuses rows that no memory may be spent on."""
    present = len(rows) * samples
    if length > SPARSE * present and length * channels > ROOM:
        raise DataFormatError(
            "nearly everything between the records is missing",
            where="record times",
            why=f"{present} samples over {length / rate:.6g} s, which are {length} at {rate:g} Hz",
            mend="split the file at its gaps",
        )
    lost = np.diff(rows) - samples
    if lost.any():
        yield Flag(
            "gaps",
            f"{int((lost > 0).sum())} gaps between records, longest {lost.max() / rate:.6g} s, "
            f"{lost.sum() / rate:.6g} s in all: NaN",
            f"{rate:.8g} Hz",
        )


def _extremes(found: NDArray[Any], signal: Signal) -> Iterator[Flag]:
    """Flags for numbers at the digital limits in runs, and beyond them."""
    least, most = int(found.min()), int(found.max())
    if least < signal.least or most > signal.most:
        yield Flag("out_of_range", f"{least} .. {most} beyond the digital limits {signal.least} .. {signal.most}",
                   signal.label)  # fmt: skip
    if least > signal.least and most < signal.most:
        return
    flat = found.ravel()
    count = sum(_in_runs(flat == limit) for limit in (signal.least, signal.most))
    if count:
        yield Flag("saturated", f"{count} of {flat.size} samples in runs at a digital limit", signal.label)


def _in_runs(there: Mask) -> int:
    """How many True stand in runs of `RUN` and more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= RUN].sum())


def _tail(raw: Bytes, header: Header, signals: list[Signal]) -> tuple[Flag, ...]:
    """A flag when all signals end with zeros, as a padded last record does."""
    shortest = np.inf
    for signal in signals:
        there = ~_zero(digital(raw, header, signal)[-1:], signal).ravel()
        zeros = int(np.argmax(there[::-1])) if there.any() else len(there)
        if zeros < RUN:
            return ()
        shortest = min(shortest, zeros / signal.samples * header.duration)
    return (Flag("zero_tail", f"all signals are zero for the last {shortest:.6g} s of the last record: padding?"),)


def _zero(found: NDArray[Any], signal: Signal) -> Mask:
    """Where a number is zero, or stands for a value of zero."""
    zero = round(signal.least - signal.low / signal.gain)
    return np.asarray((found == 0) | (found == zero))
