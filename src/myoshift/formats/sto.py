"""OpenSim tables, .sto and .mot: a header, a row of labels, rows of numbers.

Both header dialects (`nRows=`/`nColumns=`/`inDegrees=` and `datarows`/`datacolumns`). The reader adds no meaning:
an angular unit is the one that the header states for the whole file, and which columns it concerns is the consumer's
knowledge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats.clock import clock
from myoshift.formats.detect import END_OF_HEADER, HEADER_LIMIT, expect, sniff
from myoshift.formats.source import content, named, write_atomic
from myoshift.formats.text import clip, decode, number, numbers, plain, refuse_duplicates, rows
from myoshift.types import Array, Flag, Table

_KEY = re.compile(r"\s*([A-Za-z]\w*)\s*(?:=|\s)\s*(.*?)\s*$")


def read_sto(
    path: str | Path, *, angle_unit: Literal["deg", "rad"] | None = None, decimal: Literal[".", ","] = "."
) -> Table:
    """Read a .sto or .mot file.

    Parameters
    ----------
    angle_unit : the angular unit, where the caller knows better than the header's `inDegrees`
    decimal : the decimal mark of the numbers

    Returns
    -------
    Table
        Labels as in the file, stripped (see `short_name`). The unit of every column is the angular unit that the
        file declares, "deg" or "rad", and "" when it declares none. Flags: `rows` and `columns` (header counts that
        lie), `irregular`, `encoding`, `unit`.

    Raises
    ------
    DataFormatError
        Wrong or missing header, ragged rows, cells that are no numbers, duplicate labels, time that does not increase
        or contradicts `DataRate`.
    """
    with named(path):
        raw = content(path)
        expect(raw, "sto")
        raw, notes = plain(raw)
        end = END_OF_HEADER.search(raw[:HEADER_LIMIT])
        if end is None:
            raise _no_endheader(raw)
        head, head_notes = decode(raw[: end.start()])
        label_line, body = _below(raw, end.end())
        labels, label_notes = decode(label_line)
        names = _names(labels)
        line = raw.count(b"\n", 0, len(raw) - len(body)) + 1
        if decimal == ",":
            body = body.replace(b",", b".")
        values = numbers(body, len(names), line)
        keys = _keys(head)
        rate, rhythm = clock(values[:, 0], number(keys.get("datarate"), "DataRate"))
        unit, unit_notes = _unit(keys.get("indegrees"), angle_unit)
        return Table(
            values=values[:, 1:],
            names=names[1:],
            units=(unit,) * (len(names) - 1),
            rate=rate,
            time=values[:, 0],
            flags=(*notes, *head_notes, *label_notes, *_counts(keys, values, len(raw)), *rhythm, *unit_notes),
        )


def short_name(label: str) -> str:
    """The last name of a state path: `/jointset/hip_r/hip_flexion_r/value` is `hip_flexion_r`.

    `/forceset/soleus_r/activation` is `soleus_r`; other quantities keep theirs, `hip_flexion_r/speed`.
    """
    if not label.startswith("/"):
        return label.removesuffix(".activation")
    *_, owner, quantity = ["", *label.split("/")]
    if quantity in ("value", "activation"):
        return owner
    return quantity if owner in ("forceset", "") else f"{owner}/{quantity}"


def write_sto(path: str | Path, table: Table, *, in_degrees: bool = False, name: str = "myoshift") -> None:
    """Write a table so that OpenSim reads it, every digit kept, the whole file or nothing.

    Raises
    ------
    DataFormatError
        When a column name holds a tab or line break, or is empty or `time`.
    """
    for column in table.names:
        if re.search(r"[\t\r\n]", column) or column.strip() in ("", "time"):
            raise DataFormatError(
                "a column name that a .sto file cannot hold", where=f"{path}, {column!r}", mend="rename the column"
            )
    head = [
        " ".join(name.split()),
        "version=1",
        f"nRows={len(table.time)}",
        f"nColumns={len(table.names) + 1}",
        f"inDegrees={'yes' if in_degrees else 'no'}",
        "endheader",
        "\t".join(("time", *table.names)),
    ]
    write_atomic(path, ("\n".join(head) + "\n").encode() + rows(np.column_stack([table.time, table.values])))


def _below(raw: bytes, end: int) -> tuple[bytes, bytes]:
    """The line of labels below the header that ends there, and the rows."""
    start = end
    while raw[start : start + 1] == b"\n":
        start += 1
    stop = raw.find(b"\n", start)
    return (raw[start:stop], raw[stop + 1 :]) if stop >= 0 else (raw[start:], b"")


def _no_endheader(raw: bytes) -> DataFormatError:
    first, found = clip(raw.partition(b"\n")[0]), sniff(raw)
    return DataFormatError(
        "the header has no line `endheader`",
        where="line 1",
        why=f"the file begins with {first}: {found} where sto is expected",
        mend="add a line `endheader` above the column labels, or give a table of text the suffix .csv",
    )


def _names(line: str) -> tuple[str, ...]:
    """Column labels; tabs, also doubled ones, separate them, blanks only where there is no tab."""
    cells = line.split("\t" if "\t" in line else None)
    names = tuple(cell.strip() for cell in cells if cell.strip())
    if not names or names[0].lower() != "time":
        raise DataFormatError(
            "the first column is not `time`",
            where="the line below endheader",
            why=f"its labels are {clip(line)}",
            mend="name the first column time, and separate the columns by tabs",
        )
    refuse_duplicates(names, "column labels", "the line below endheader")
    return names


def _keys(head: str) -> dict[str, str]:
    """Header entries by lower-case key, the first of a kind; sentences of free text do no harm."""
    found: dict[str, str] = {}
    for line in head.splitlines():
        if match := _KEY.match(line):
            found.setdefault(match[1].lower(), match[2])
    return found


def _unit(stated: str | None, asked: str | None) -> tuple[str, tuple[Flag, ...]]:
    unit = {"yes": "deg", "no": "rad"}.get((stated or "").lower(), "")
    if asked and unit and asked != unit:
        return asked, (
            Flag("unit", f"the header says inDegrees={stated}; read as {asked} because the caller says so"),
        )
    if stated is not None and not unit:
        return asked or "", (Flag("unit", f"the header says inDegrees={clip(stated)}, neither yes nor no"),)
    return asked or unit, ()


def _counts(keys: dict[str, str], values: Array, size: int) -> Iterator[Flag]:
    """Header counts that disagree with the content; counts that no file of this size can hold are refused."""
    for code, present in zip(("rows", "columns"), values.shape, strict=True):
        stated = keys.get(f"n{code}", keys.get(f"data{code}"))
        if stated is None or stated == str(present):
            continue
        if stated.isdecimal() and float(stated) >= min(2**31, max(size, 1)):
            raise DataFormatError(
                "an impossible count in the header",
                where=f"n{code.capitalize()}",
                why=f"{clip(stated)[1:-1]} {code} in a file of {size} bytes",
                mend=f"the file holds {present}: correct the header",
            )
        yield Flag(code, f"the header announces {clip(stated)[1:-1]} {code}, {present} are present and were used")
