"""Delsys Trigno text exports (EMGworks, Trigno Discover): a column of time in front of the columns that it times.

Sensors and modalities have rates of their own, so the rows mean nothing: each column of numbers belongs to the
moments of the last time column in front of it, and slower ones end early, in blank cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats.clock import clock
from myoshift.formats.delimited import DELIMITERS
from myoshift.formats.detect import DELSYS_TIME, expect
from myoshift.formats.source import AGAIN, content, named
from myoshift.formats.tables import Tables
from myoshift.formats.text import cells, clip, decode, is_number, no_number, plain, refuse_duplicates
from myoshift.formats.units import SPELLINGS, split_unit, stated
from myoshift.types import Array, Flag, Table

POOLED = 0.5  # a column with fewer numbers than this share of its moments is no column of that rate
SHORT = 0.01  # share of the declared length that may be missing without a word
_LABEL = re.compile(
    r"Label:\s*(?P<name>.*?)\s+Sampling frequency:\s*(?P<rate>[\d.]+)(?:\s+Number of points:\s*(?P<points>\d+))?"
    r".*?\s+Unit:\s*(?P<unit>\S+)"
)
_RATE = re.compile(r"([\d.]+) ?Hz")
_LENGTH = re.compile(r"Collection Length \(seconds\):\W*([\d.]+)")
_TIME = re.compile(DELSYS_TIME.decode())


@dataclass(frozen=True)
class _Column:
    """A column of numbers: its label, unit, place, and what the lines above say about it."""

    name: str
    unit: str
    index: int
    rate: float | None
    points: int | None


@dataclass(frozen=True)
class _Head:
    """What stands above the numbers: columns by the index of their time column, and the line of the first number."""

    streams: dict[int, list[_Column]]
    width: int
    mark: str
    first: int
    seconds: float | None
    flags: tuple[Flag, ...]

    @property
    def columns(self) -> list[_Column]:
        return [column for columns in self.streams.values() for column in columns]


def read_delsys(path: str | Path, *, unit: str | Mapping[str, str] = "", decimal: Literal[".", ","] = ".") -> Tables:
    """Read a text export of EMGworks (`X[s]` in front of every channel) or Trigno Discover (`... Time Series (s)`).

    Parameters
    ----------
    unit : of the channels that state none, one for all or by name
    decimal : the decimal mark of the numbers

    Returns
    -------
    Tables
        A table for every time axis, its rate from the time column (and as declared, where it is). Discover channels
        are called `<sensor>: <label>`. Flags: `encoding`, `dropout` (blank cells among numbers, or a channel that
        ends before the others of its clock), `rows` (another number of points declared), `irregular`, `unread` (cells
        beyond the labels), `labels` (a line above names a channel that is none),
        `end` (the last line has no end: its number may be cut, and rows be lost).

    Raises
    ------
    DataFormatError
        No time column, a channel without unit, duplicate names, several rates under one time column, time that does
        not increase or contradicts the declared rate, rows that are ragged or hold anything but numbers.
    """
    with named(path):
        raw = content(path)
        expect(raw, "delsys")
        raw, notes = plain(raw)
        text, odd = decode(raw)
        lines = text.replace("\r\n", "\n").split("\n")
        head = _head(lines, decimal)
        end: tuple[Flag, ...] = ()
        if not text.endswith("\n"):
            end = (Flag("end", "no line break at the end: the last row may be cut"),)
        names = [column.name for column in head.columns]
        refuse_duplicates(names, "channel names", "the row of labels")
        units = dict(zip(names, stated(names, [column.unit for column in head.columns], unit), strict=True))
        numbers = _numbers("\n".join(lines[head.first :]), head, decimal)
        beyond = _unread(lines[head.first :], head)
        read = [_stream(numbers, time, columns) for time, columns in head.streams.items()]
        tables, doubts = _joined([(stamps, rate, values) for stamps, rate, values, _ in read], units)
        end += _short(head, [(len(stamps), rate) for stamps, rate, *_ in read])
        more = [flag for *_, flags in read for flag in flags]
        return Tables(tables=tables, flags=(*notes, *odd, *head.flags, *beyond, *more, *doubts, *end))


def _head(lines: list[str], decimal: str) -> _Head:
    """Find the row of labels, and read what stands above and below it."""
    found = next((k for k, line in enumerate(lines) if _TIME.search(line)), None)
    if found is None:
        raise DataFormatError(
            "there is no time column", why="a label X[s] or ... Time Series (s) expected", mend=AGAIN
        )
    mark = next((mark for mark in DELIMITERS if mark in lines[found] and mark != decimal), DELIMITERS[0])
    labels = cells(lines[found], mark)
    while labels and not labels[-1]:
        labels.pop()
    first = next((k for k in range(found + 1, len(lines)) if _is_row(lines[k], mark)), None)
    if first is None:
        raise DataFormatError("there are no rows", where=f"line {found + 2}", mend=AGAIN)
    for k in range(found + 1, first):  # lines of rates, not of numbers
        if sum(is_number(cell.replace(",", ".").encode()) for cell in cells(lines[k], mark)) > 1:
            raise no_number(cells(lines[k], mark)[0].encode(), k + 1, 1)
    sensors = _sensors(lines[:found], mark, len(labels))
    rates = {
        k: float(rate[1])
        for line in lines[found + 1 : first]
        for k, cell in enumerate(cells(line, mark))
        if (rate := _RATE.fullmatch(cell))
    }
    said = {match["name"]: match for line in lines[:found] if (match := _LABEL.search(line))}
    streams: dict[int, list[_Column]] = {}
    for k, label in enumerate(labels):
        if _TIME.search(label):
            streams[k] = []
        elif not label:
            continue
        elif not streams:
            raise DataFormatError(
                "a column stands in front of all time columns", where=f"column {k + 1}", why=clip(label)
            )
        else:
            streams[next(reversed(streams))].append(_column(label, k, sensors, rates, said))
    lost = tuple(Flag("labels", "a line above names a channel that is none", name) for name in said
                 if name not in (column.name for columns in streams.values() for column in columns))  # fmt: skip
    length = next((match[1] for line in lines[:found] if (match := _LENGTH.search(line))), "")
    seconds = float(length) if is_number(length.encode()) else None
    return _Head({t: c for t, c in streams.items() if c}, len(labels), mark, first, seconds, lost)


def _column(
    label: str, index: int, sensors: dict[int, str], rates: dict[int, float], said: Mapping[str, re.Match[str]]
) -> _Column:
    name, unit = split_unit(label)
    above = said.get(label) or said.get(name)
    name = f"{sensors[index]}: {name}" if index in sensors else name
    if above is None:
        return _Column(name, unit, index, rates.get(index), None)
    declared = SPELLINGS.get(above["unit"], above["unit"])
    if unit and unit != declared:
        raise DataFormatError("a channel states two units", where=f"channel {name!r}", why=f"{unit} and {declared}")
    rate = above["rate"]
    if not is_number(rate.encode()):
        raise DataFormatError("a header entry is not a number", where=f"channel {name!r}, frequency", why=clip(rate))
    points = None if above["points"] is None else int(above["points"])
    return _Column(name, declared, index, float(rate), points)


def _sensors(above: list[str], mark: str, width: int) -> dict[int, str]:
    """Sensor of every column in a Discover export: two lines above the labels, the name of each once, then blanks."""
    if len(above) < 2 or "sensor mode" not in above[-1]:
        return {}
    names, current = {}, ""
    for k, cell in enumerate((cells(above[-2], mark) + [""] * width)[:width]):
        current = cell or current
        if current:
            names[k] = current
    return names


def _is_row(line: str, mark: str) -> bool:
    """Whether a line begins with a number, a decimal comma in it or not."""
    return is_number(line.partition(mark)[0].strip().replace(",", ".").encode())


def _numbers(body: str, head: _Head, decimal: str) -> Array:
    """All cells, (rows, columns), NaN where one is blank; refuses a ragged row and a cell that is no number."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    body = body.rstrip() + "\n"
    count = body.partition("\n")[0].count(head.mark) + 1
    labels = [str(k) for k in range(count)]
    wanted = {label: pa.float64() for label in labels[: head.width]}
    if count >= head.width:
        try:
            table = arrow.read_csv(
                pa.py_buffer(body.encode()),
                arrow.ReadOptions(use_threads=False, column_names=labels),
                arrow.ParseOptions(delimiter=head.mark, quote_char=False),
                arrow.ConvertOptions(
                    column_types=wanted, include_columns=list(wanted), null_values=["", " "], decimal_point=decimal
                ),
            )
            return np.column_stack([column.to_numpy() for column in table.columns])
        except pa.ArrowInvalid:
            pass
    raise _culprit(body, head, count, decimal)


def _short(head: _Head, streams: Sequence[tuple[int, float]]) -> tuple[Flag, ...]:
    """A flag when a stream (samples, rate) is shorter, by more than a sample, than the lines above say."""
    count, rate = min(streams, key=lambda stream: stream[0] / stream[1])
    if head.seconds is None or (count + 1) / rate > (1 - SHORT) * head.seconds:
        return ()
    found = count / rate
    return (Flag("rows", f"{head.seconds:g} s declared, {found:.6g} s present: rows are missing"),)


def _unread(rows: list[str], head: _Head) -> tuple[Flag, ...]:
    """A flag for cells behind the last label that are not blank, as the table of markers beside the numbers."""
    more = rows[0].count(head.mark) + 1 - head.width
    if more < 1:
        return ()
    count = sum(bool("".join(row.split(head.mark)[head.width :]).strip()) for row in rows)
    return (Flag("unread", f"{count} rows hold something beyond the labels"),) if count else ()


def _culprit(body: str, head: _Head, count: int, decimal: str) -> DataFormatError:
    """The first row of another width than the first, or cell that is no number."""
    for line, row in enumerate(body.rstrip().split("\n"), head.first + 1):
        cells = [cell.strip() for cell in row.split(head.mark)]
        for column, cell in enumerate(cells[: head.width], 1):
            raw = cell.replace(",", ".").encode() if decimal == "," else cell.encode()
            if raw and not is_number(raw):
                return no_number(cell.encode(), line, column)
        if len(cells) != count or count < head.width:
            return DataFormatError(
                "a row is ragged",
                where=f"line {line}",
                why=f"{len(cells)} cells, {max(count, head.width)} expected: {clip(row)}",
                mend="export the file again; where numbers have a decimal comma, read it with decimal=','",
            )
    return DataFormatError("the rows cannot be read as numbers", where=f"line {head.first + 1}", mend=AGAIN)


def _stream(numbers: Array, time: int, columns: list[_Column]) -> tuple[Array, float, dict[str, Array], list[Flag]]:
    """The moments of one time column, its rate, the channels that it times, and what there is to say."""
    there = np.isfinite(numbers[:, time])
    length = int(there.sum())
    names = ", ".join(column.name for column in columns)[:160]
    if not length or not there[:length].all():
        row = int(np.argmin(there)) + 1
        raise DataFormatError("a time stamp is missing", where=f"row {row}", why=f"time of {names}", mend=AGAIN)
    stamps = numbers[:length, time]
    rates = {column.rate for column in columns if column.rate is not None}
    if len(rates) > 1:
        why = "; ".join(f"{c.rate:g} Hz: {c.name}" for c in columns if c.rate is not None)
        raise _pooled(why)
    try:
        rate, flags = clock(stamps, next(iter(rates), None))
    except DataFormatError as error:
        raise DataFormatError(error.what, where=f"time of {names}, {error.where}".rstrip(", "), why=error.why,
                              mend=error.mend) from error  # fmt: skip
    values = {column.name: numbers[:length, column.index] for column in columns}
    _refuse_pooled(values, rate)
    return stamps, rate, values, [*flags, *_losses(numbers, length, columns)]


def _refuse_pooled(values: dict[str, Array], rate: float) -> None:
    """Refuse columns that hold far fewer numbers than their time column has moments."""
    shares = {name: float(np.isfinite(column).mean()) for name, column in values.items()}
    if min(shares.values()) < POOLED:
        raise _pooled("; ".join(f"{rate * share:.6g} Hz: {name}" for name, share in shares.items()))


def _pooled(why: str) -> DataFormatError:
    return DataFormatError(
        "columns of two rates under one time column",
        why=why[:400],
        mend="export every sensor with a time column of its own, or delete the columns that are mostly blank",
    )


def _losses(numbers: Array, length: int, columns: list[_Column]) -> Iterator[Flag]:
    """Flags for blank cells among numbers and for another number of points than declared; refuses untimed numbers."""
    for column in columns:
        there = np.isfinite(numbers[:, column.index])
        if there[length:].any():
            row = length + int(np.argmax(there[length:])) + 1
            raise DataFormatError("a number has no time", where=f"row {row}, channel {column.name!r}", mend=AGAIN)
        lost = int((~there[:length]).sum())
        if lost:
            yield Flag("dropout", f"{lost} of {length} samples are blank", column.name)
        if column.points is not None and column.points != length:
            yield Flag("rows", f"{column.points} points declared, {length} present: those are used", column.name)


def _joined(
    streams: list[tuple[Array, float, dict[str, Array]]], units: dict[str, str]
) -> tuple[tuple[Table, ...], list[Flag]]:
    """Streams of one clock as one table, as long as the longest; a flag for every channel that ends before it."""
    clocks: list[list[tuple[Array, float, dict[str, Array]]]] = []
    for stream in streams:
        home = next((each for each in clocks if _same(each[0][0], stream[0])), None)
        if home is None:
            clocks.append([stream])
        else:
            home.append(stream)
    tables, flags = [], []
    for group in clocks:
        stamps, rate, _ = max(group, key=lambda each: len(each[0]))
        columns = {name: values for _, _, found in group for name, values in found.items()}
        whole = np.full((len(columns), len(stamps)), np.nan)
        for row, (name, values) in zip(whole, columns.items(), strict=True):
            row[: len(values)] = values
            if len(values) < len(stamps):
                flags.append(Flag("dropout", f"ends {len(stamps) - len(values)} samples before others", name))
        tables.append(
            Table(
                values=whole.T,
                names=tuple(columns),
                units=tuple(units[name] for name in columns),
                rate=rate,
                time=stamps,
            )
        )
    return tuple(tables), flags


def _same(one: Array, other: Array) -> bool:
    """Whether two clocks agree as long as both run."""
    length = min(len(one), len(other))
    return length > 1 and bool(np.array_equal(one[:length], other[:length]))
