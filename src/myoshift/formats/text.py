"""Text tables: encodings, and columns of numbers that say where they go wrong."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats.source import AGAIN
from myoshift.types import Array, Flag

_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|nan|inf|infinity)", re.IGNORECASE)
_WINDOWS_NAN = re.compile(rb"[+-]?(nan\((ind|snan)\)|1\.#(IND|QNAN|SNAN)0*)", re.IGNORECASE)
_LARGE = 1 << 18  # bytes of text above which a faster parser is worth its import
_GROUPED = re.compile(rb"[+-]?\d{1,3}(?:[.,' ]\d{3})*[.,]\d+")
_SEVERAL = re.compile(rb"[-+.\deE]+(?:[\s;|:]+[-+.\deE]+)+")
_COMMA = re.compile(rb"[+-]?\d+,\d+([eE][+-]?\d+)?")


def plain(raw: bytes) -> tuple[bytes, tuple[Flag, ...]]:
    """The text as bytes without byte-order mark, and a note when it was not plain ASCII or UTF-8.

    Raises
    ------
    DataFormatError
        When UTF-16 text breaks off.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16").encode(), (Flag("encoding", "the text is UTF-16"),)
        except UnicodeDecodeError as error:
            raise DataFormatError(
                "the text cannot be decoded", where=f"byte {error.start}", why="UTF-16 expected", mend=AGAIN
            ) from error
    if raw.startswith(codecs.BOM_UTF8):
        return raw[len(codecs.BOM_UTF8) :], (Flag("encoding", "the text begins with a UTF-8 byte-order mark"),)
    return raw, ()


def decode(head: bytes) -> tuple[str, tuple[Flag, ...]]:
    """Header text as UTF-8, or as latin-1 with a note."""
    try:
        return head.decode(), ()
    except UnicodeDecodeError as error:
        return head.decode("latin-1"), (Flag("encoding", f"byte {error.start} is not UTF-8: read as latin-1"),)


def clip(cell: bytes | str) -> str:
    """At most 40 characters of a cell, for a message."""
    text = cell.decode("latin-1") if isinstance(cell, bytes) else cell
    return repr(text if len(text) <= 40 else text[:40] + "...")


def cells(line: str, mark: str) -> list[str]:
    """Cells of a line of words, stripped; between quotes a delimiter is none."""
    try:
        row = next(csv.reader([line], delimiter=mark)) if '"' in line else line.split(mark)
    except csv.Error as error:
        raise DataFormatError(
            "a line cannot be split into cells", why=f"{error}: {clip(line)}", mend=AGAIN
        ) from error
    return [cell.strip().strip('"').strip() for cell in row]


def refuse_duplicates(names: Sequence[str], what: str, where: str) -> None:
    """Refuse names that occur twice, and say at which positions (counted from 1)."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        places = {name: [i for i, n in enumerate(names, 1) if n == name] for name in twice}
        raise DataFormatError(f"duplicate {what}", where=where, why=f"{places}", mend="rename or delete them")


def number(text: str | None, where: str) -> float | None:
    """A header entry as a number, None where there is no entry."""
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise DataFormatError(
            "a header entry is not a number", where=where, why=clip(text or ""), mend="correct the header"
        ) from error


def numbers(body: bytes, width: int, first_line: int) -> Array:
    """Rows of `width` numbers separated by blanks or tabs, (T, width) float64.

    Raises
    ------
    DataFormatError
        At the first ragged row or cell that is no number, with its line (`first_line` is the body's first).
    """
    if not body or body.isspace():
        raise DataFormatError("there are no rows", where=f"line {first_line}", mend=AGAIN)
    values = parse_fast(body, width) if len(body) > _LARGE else None
    if values is None:
        values = parse(body)
    if values is None or values.shape[1] != width:
        raise _culprit(body, width, first_line)
    return values


def rows(values: Array, delimiter: str = "\t") -> bytes:
    """Lines of numbers (T, C) with a delimiter between them, each with the fewest digits that give it back."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    buffer = pa.BufferOutputStream()
    table = pa.table(
        [np.ascontiguousarray(column) for column in values.T], names=[str(i) for i in range(values.shape[1])]
    )
    arrow.write_csv(table, buffer, arrow.WriteOptions(include_header=False, delimiter=delimiter))
    return bytes(buffer.getvalue())


def parse_fast(body: bytes, width: int) -> Array | None:
    """Rows of exactly `width` numbers, one tab between two, four times as fast; None for anything else."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    if b"(" in body or (b"\r" in body and body.count(b"\r") != body.count(b"\r\n")):
        return None
    names = [str(i) for i in range(width)]
    try:
        table = arrow.read_csv(
            pa.py_buffer(body),
            arrow.ReadOptions(use_threads=False, column_names=names),
            arrow.ParseOptions(delimiter="\t", quote_char=False),
            arrow.ConvertOptions(column_types=dict.fromkeys(names, pa.float64()), null_values=[], check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None
    values = np.empty((table.num_rows, width))
    for column, chunks in enumerate(table.columns):
        row = 0
        for chunk in chunks.chunks:
            values[row : row + len(chunk), column] = chunk.to_numpy()
            row += len(chunk)
    return values


def parse(body: bytes, delimiter: str | None = None, columns: int | None = None) -> Array | None:
    """Rows of numbers, (T, C) float64, between blanks or a delimiter; None when they are none, or ragged.

    With `columns`, what stands behind that many cells of a row is not looked at.
    """
    for windows in (False, True):
        try:
            return np.loadtxt(
                io.BytesIO(_WINDOWS_NAN.sub(b"nan", body) if windows else body),
                dtype=np.float64,
                comments=None,
                delimiter=delimiter,
                usecols=None if columns is None else range(columns),
                ndmin=2,
            )
        except ValueError:
            continue
    return None


def is_number(cell: bytes) -> bool:
    """Whether a cell, blanks around it stripped, is a number or a way to write that there is none."""
    return bool(_NUMBER.fullmatch(cell) or _WINDOWS_NAN.fullmatch(cell))


def _culprit(body: bytes, width: int, first_line: int) -> DataFormatError:
    """The first row that is not `width` numbers, found slowly because it is only looked for in bad files."""
    lines = body.rstrip().split(b"\n")
    for line, text in enumerate(lines, first_line):
        cells = text.split()
        for column, cell in enumerate(cells, 1):
            if not is_number(cell):
                return no_number(cell, line, column)
        if cells and len(cells) != width:
            last = line == first_line + len(lines) - 1
            return DataFormatError(
                "the last row is truncated" if last else "a row is ragged",
                where=f"line {line}",
                why=f"{len(cells)} cells where the {width} column labels promise {width}",
                mend="export the file again, or delete the row",
            )
    return DataFormatError("the rows cannot be read as numbers", where=f"line {first_line}", mend=AGAIN)


def no_number(cell: bytes, line: int, column: int) -> DataFormatError:
    """What to say of a cell that is no number: a decimal comma is named as what it is."""
    where = f"line {line}, column {column}"
    if _COMMA.fullmatch(cell):
        return DataFormatError(
            "a decimal comma where a decimal point is expected",
            where=where,
            why=f"the cell is {clip(cell)}",
            mend="replace the commas by points, or read the file with decimal=','",
        )
    if _GROUPED.fullmatch(cell):
        return DataFormatError(
            "a thousands separator or decimal comma in a number",
            where=where,
            why=f"the cell is {clip(cell)}",
            mend="write numbers without thousands separators; decimal=',' reads decimal commas",
        )
    if _SEVERAL.fullmatch(cell):
        return DataFormatError(
            "several numbers in one cell",
            where=where,
            why=f"the cell is {clip(cell)}",
            mend="state the character between the cells, delimiter=';'",
        )
    return DataFormatError(
        "a cell is not a number",
        where=where,
        why=f"the cell is {clip(cell)}",
        mend="correct the cell, or write nan for a missing sample",
    )
