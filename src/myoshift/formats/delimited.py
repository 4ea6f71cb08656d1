"""Delimited text (.csv, .tsv, .txt): lines of words, perhaps a row of labels, rows of numbers between delimiters.

Such files state next to nothing: names, units and the rate are what the caller says, or a column of time stamps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats.clock import clock
from myoshift.formats.detect import expect
from myoshift.formats.rates import refuse_blank, refuse_held
from myoshift.formats.source import AGAIN, content, named
from myoshift.formats.text import cells, clip, decode, is_number, no_number, parse, plain, refuse_duplicates
from myoshift.formats.units import split_unit, stated
from myoshift.types import Array, Flag, Table

DELIMITERS = ("\t", ";", ",")
NOTHING = b"n/a"  # what BIDS writes for a missing number


def read_delimited(
    path: str | Path,
    *,
    delimiter: str | None = None,
    names: Sequence[str] | None = None,
    unit: str | Sequence[str] | None = "",
    rate: float | None = None,
    time: str | None = None,
    preamble: int = 0,
    decimal: Literal[".", ","] = ".",
    short_rows: Literal["refuse", "drop"] = "refuse",
    held: Sequence[str] = (),
) -> Table:
    """Read a table of numbers between delimiters.

    Parameters
    ----------
    delimiter : one character; None for the first of tab, semicolon and comma that the first row holds
    names : labels of all columns, for a file without a row of labels
    unit : of every column, or one for each column except the time; "" where it is not known; None where all labels
        end with theirs, as in `LT SOLEUS,uV`, `EMG 1 (mV)`, `knee [deg]`
    rate : Hz; the rows are then even steps from 0 s on
    time : label of the column that holds seconds; with `rate`, the two must agree to 0.1 %
    preamble : lines of words above the labels or, with `names`, above the numbers
    decimal : the decimal mark of the numbers
    short_rows : "drop" leaves rows out in which numbers are missing, and flags how many; among other rows they are
        NaN, so that the steps stay even, with `time` they are gone
    held : columns of a slower device, whose values are repeated until the next one comes

    Returns
    -------
    Table
        NaN where a cell is `nan` or `n/a`. A delimiter at the end of every row is no cell; there, a row without one
        is unfinished. Flags: `encoding`, `short_rows`, `irregular`, `end` (the last line has no end). Whole rows lost
        at the end leave no trace.

    Raises
    ------
    DataFormatError
        Neither rate nor time, duplicate or missing labels, ragged rows, cells that are no numbers (a decimal comma is
        named), a label without unit where `unit` is None, time that does not increase or contradicts the rate.
    """
    with named(path):
        raw = content(path)
        expect(raw, "csv")
        raw, notes = _line_breaks(*plain(raw))
        end = () if raw.endswith(b"\n") else (Flag("end", "no line break at the end: the last row may be cut"),)
        head, body = _above(raw, preamble + (names is None))
        mark = delimiter or _delimiter(head[-1] if names is None else body)
        _refuse_unclear(mark, decimal, rate, time)
        labels, own, head_notes = _columns(head, mark, names, unit)
        body = body.replace(b",", b".") if decimal == "," else body
        rows = Rows(body.replace(NOTHING, b"nan"), mark.encode(), len(labels), len(head) + 1)
        try:
            values, short = rows.read(short_rows, even=time is None)
        except DataFormatError:
            refuse_blank(rows.filled(labels, time), rate)
            raise
        kept = [i for i, label in enumerate(labels) if label != time]
        stamps, steps, rhythm = _time(values, labels, rate, time)
        refuse_held(values[:, kept], [labels[i] for i in kept], steps, held)
        return Table(
            values=values[:, kept],
            names=tuple(labels[i] for i in kept),
            units=_units(unit, [(labels[i], own[i]) for i in kept]),
            rate=steps,
            time=stamps,
            flags=(*notes, *head_notes, *short, *rhythm, *end),
        )


@dataclass(frozen=True)
class Rows:
    """The rows below the labels: `width` numbers each, separated by `mark`, the first on line `first` of the file."""

    body: bytes
    mark: bytes
    width: int
    first: int

    def read(self, short_rows: str, *, even: bool) -> tuple[Array, tuple[Flag, ...]]:
        """The numbers (T, width), and a flag when rows were left out (see `read_delimited`)."""
        if not self.body.strip():
            raise DataFormatError("there are no rows", where=f"line {self.first}", mend=AGAIN)
        whole = self._parse(self.body)
        if whole is not None and self.body.count(self.mark) == len(whole) * self._marks:
            return whole, ()
        lines = {line: text for line, text in enumerate(self.body.split(b"\n"), self.first) if text.strip(b" \r")}
        short = [line for line, text in lines.items() if self._is_short(text)]
        if short and short_rows == "refuse":
            raise self._short(lines[short[0]], short[0], last=short[0] == max(lines))
        there = [line for line in lines if line not in set(short)]
        values = self._numbers(lines, there)
        note = f"{len(short)} of {len(lines)} rows hold fewer than {self.width} numbers and were left out"
        flag = Flag("short_rows", f"{note}, the first on line {short[0]}" if short else note)
        return (self._spread(values, list(lines), there) if even else values), (flag,) if short else ()

    def filled(self, labels: Sequence[str], time: str | None) -> dict[str, int]:
        """Cells that are not blank in each column but the time."""
        lines = [[cell.strip() for cell in text.split(self.mark)] for text in self.body.split(b"\n") if text.strip()]
        there = {label: sum(len(row) > k and bool(row[k]) for row in lines) for k, label in enumerate(labels)}
        return {label: count for label, count in there.items() if label != time}

    @cached_property
    def _trailing(self) -> bool:
        """Whether rows end with a delimiter: the first one has one more than it needs, and nothing behind it."""
        row = self.body.lstrip(b"\n").partition(b"\n")[0]
        return row.count(self.mark) == self.width and not row.rpartition(self.mark)[2].strip()

    @property
    def _marks(self) -> int:
        return self.width - 1 + self._trailing

    def _parse(self, body: bytes) -> Array | None:
        return parse(body, self.mark.decode(), self.width)

    def _cells(self, text: bytes) -> list[bytes]:
        """Stripped cells of a row; of an unfinished row its last cell does not count."""
        cells = [cell.strip() for cell in text.split(self.mark)]
        return cells[:-1] if self._trailing and (not cells[-1] or len(cells) <= self.width) else cells

    def _is_short(self, text: bytes) -> bool:
        cells = self._cells(text)
        return len(cells) < self.width or not all(cells[: self.width])

    def _numbers(self, lines: dict[int, bytes], there: list[int]) -> Array:
        """The numbers of the lines that are there; refuses the first one that is too long or no number."""
        values = self._parse(b"\n".join(lines[line] for line in there)) if there else None
        marks = sum(lines[line].count(self.mark) for line in there)
        if values is not None and marks == len(there) * self._marks:
            return values
        for line in there:
            cells = self._cells(lines[line])
            for column, cell in enumerate(cells[: self.width], 1):
                if not is_number(cell):
                    raise no_number(cell, line, column)
            if len(cells) > self.width:
                raise self._ragged(len(cells), line)
        raise DataFormatError("the rows cannot be read as numbers", where=f"line {self.first}", mend=AGAIN)

    def _spread(self, values: Array, lines: list[int], there: list[int]) -> Array:
        """Rows left out among others become NaN, those at the end are gone."""
        kept = np.isin(lines, there)
        out = np.full((int(np.flatnonzero(kept)[-1]) + 1, self.width), np.nan)
        out[kept[: len(out)]] = values
        return out

    def _short(self, text: bytes, line: int, *, last: bool) -> DataFormatError:
        cells = self._cells(text)
        if any(cells):
            wrong = next((k for k, cell in enumerate(cells, 1) if cell and not is_number(cell)), None)
            if wrong is not None:
                return no_number(cells[wrong - 1], line, wrong)
        return DataFormatError(
            "the last row is truncated" if last else "a row is ragged",
            where=f"line {line}",
            why=f"{sum(map(bool, cells))} numbers where {self.width} columns promise {self.width}",
            mend="export the file again, or leave such rows out with short_rows='drop'",
        )

    def _ragged(self, cells: int, line: int) -> DataFormatError:
        return DataFormatError(
            "a row is ragged",
            where=f"line {line}",
            why=f"{cells} cells where {self.width} columns promise {self.width}",
            mend="correct the row, or name every column",
        )


def _line_breaks(raw: bytes, notes: tuple[Flag, ...]) -> tuple[bytes, tuple[Flag, ...]]:
    """The text with plain line ends, and one more note where it had others."""
    if b"\r\n" not in raw:
        return raw, notes
    return raw.replace(b"\r\n", b"\n"), (*notes, Flag("encoding", "lines end with carriage return and line feed"))


def _above(raw: bytes, count: int) -> tuple[list[bytes], bytes]:
    """The first lines, and what is below them."""
    *head, body = raw.split(b"\n", count)
    if len(head) < count:
        raise DataFormatError(
            "the file ends above its numbers",
            where=f"line {len(head) + 1}",
            why=f"{count} lines of words promised",
            mend=AGAIN,
        )
    return head, body


def _delimiter(text: bytes) -> str:
    row = text.lstrip(b"\n").partition(b"\n")[0]
    return next((mark for mark in DELIMITERS if mark.encode() in row), DELIMITERS[0])


def _refuse_unclear(mark: str, decimal: str, rate: float | None, time: str | None) -> None:
    if len(mark.encode()) != 1 or mark == decimal:
        raise DataFormatError(
            "an impossible delimiter",
            why=f"delimiter {clip(mark)}, decimal mark {clip(decimal)}",
            mend="state the one character between the cells with delimiter=, as in delimiter=';'",
        )
    if rate is None and time is None:
        raise DataFormatError(
            "no sampling rate",
            why="a table of text states none",
            mend="state it in Hz (rate=, --rate), or the column that holds seconds (time=, --time)",
        )
    if rate is not None and not (np.isfinite(rate) and rate > 0):
        raise DataFormatError("the stated sampling rate is impossible", why=f"{rate:g} Hz", mend="state it in Hz")


def _columns(
    head: list[bytes], mark: str, names: Sequence[str] | None, unit: str | Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Flag, ...]]:
    """Labels of the columns, the units at their ends where those are asked for, and a note about the encoding."""
    labels, notes = _labels(head[-1], mark, len(head)) if names is None else (tuple(names), ())
    labels, own = _split(labels) if unit is None else (labels, labels)
    refuse_duplicates(labels, "column labels", f"line {len(head)}" if names is None else "names")
    return labels, own, notes


def _labels(line: bytes, mark: str, number: int) -> tuple[tuple[str, ...], tuple[Flag, ...]]:
    """Labels of the columns, without the quotes of a spreadsheet."""
    text, notes = decode(line)
    labels = cells(text, mark)
    if labels[-1] == "" and len(labels) > 1:
        del labels[-1]
    if "" in labels or all(is_number(label.encode()) for label in labels):
        raise DataFormatError(
            "the row of labels is none",
            where=f"line {number}",
            why=clip(text),
            mend="state the labels with names=, and the lines above them with preamble=",
        )
    return tuple(labels), notes


def _split(labels: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and units of labels that end with a unit."""
    pairs = [split_unit(label) for label in labels]
    return tuple(name for name, _ in pairs), tuple(unit for _, unit in pairs)


def _units(unit: str | Sequence[str] | None, columns: list[tuple[str, str]]) -> tuple[str, ...]:
    """Units as stated, or as the labels end with them; `columns` are names and units."""
    if unit is None:
        return stated([name for name, _ in columns], [own for _, own in columns], "")
    units = (unit,) * len(columns) if isinstance(unit, str) else tuple(unit)
    if len(units) != len(columns):
        raise DataFormatError(
            "units and columns disagree",
            why=f"{len(units)} units, {len(columns)} columns",
            mend="state one for each column",
        )
    return units


def _time(
    values: Array, labels: tuple[str, ...], rate: float | None, time: str | None
) -> tuple[Array, float, tuple[Flag, ...]]:
    """Time of every row, the rate, and a flag for an irregular clock."""
    if time is None:
        return np.arange(len(values)) / (rate or 1.0), rate or 1.0, ()
    if time not in labels:
        raise DataFormatError(
            f"there is no column {time!r}", why=f"columns: {', '.join(labels)[:200]}", mend="name the column of time"
        )
    stamps = values[:, labels.index(time)]
    measured, rhythm = clock(stamps, rate)
    return stamps, measured, rhythm
