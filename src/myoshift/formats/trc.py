"""Marker files, .trc: three header lines, two lines of labels, rows of frame, time and coordinates."""

from __future__ import annotations

from pathlib import Path

from myoshift.errors import DataFormatError
from myoshift.formats.clock import clock
from myoshift.formats.detect import expect
from myoshift.formats.source import AGAIN, content, named
from myoshift.formats.text import clip, decode, number, numbers, plain, refuse_duplicates
from myoshift.types import Flag, Markers

METRES = {"m": 1.0, "dm": 0.1, "cm": 0.01, "mm": 0.001}


def read_trc(path: str | Path, *, unit: str | None = None) -> Markers:
    """Read a .trc file as metres; an empty cell is a marker that was not seen.

    Parameters
    ----------
    unit : m, dm, cm or mm, for a file that states none

    Raises
    ------
    DataFormatError
        No unit, a marker count that contradicts the labels, ragged rows, cells that are no numbers, time that does
        not increase or contradicts `DataRate`.
    """
    with named(path):
        raw = content(path)
        expect(raw, "trc")
        raw, notes = plain(raw)
        *head, body = raw.split(b"\n", 5)
        if len(head) < 5:
            raise DataFormatError(
                "the header is truncated", where=f"line {len(head) + 1}", why="5 lines promised", mend=AGAIN
            )
        lines, head_notes = decode(b"\n".join(head))
        _, keys, values, labels, _ = lines.split("\n")
        header = _header(keys, values)
        names = tuple(cell.strip() for cell in labels.split("\t")[2:] if cell.strip())
        refuse_duplicates(names, "marker names", "line 4")
        if header.get("NumMarkers", str(len(names))) != str(len(names)):
            raise DataFormatError(
                "the marker count contradicts the labels",
                where="NumMarkers",
                why=f"{header['NumMarkers']} announced, {len(names)} labels",
                mend="correct the header or the labels",
            )
        rows = numbers(_fill(body, 2 + 3 * len(names)), 2 + 3 * len(names), first_line=6)
        rate, rhythm = clock(rows[:, 1], number(header.get("DataRate"), "DataRate"))
        return Markers(
            values=rows[:, 2:].reshape(len(rows), -1, 3) * _scale(unit or header.get("Units", "")),
            names=names,
            rate=rate,
            time=rows[:, 1],
            flags=(*notes, *head_notes, *_count(header, len(rows)), *rhythm),
        )


def _header(keys: str, values: str) -> dict[str, str]:
    """Header entries; a line with fewer values than keys is taken to miss the unit, the only word among numbers."""
    names, cells = keys.split(), values.split()
    if len(cells) < len(names) and all(cell.replace(".", "").isdigit() for cell in cells):
        names = [name for name in names if name != "Units"]
    return dict(zip(names, cells, strict=False))


def _scale(unit: str) -> float:
    if unit not in METRES:
        raise DataFormatError(
            "no unit of length",
            where="Units",
            why=f"{clip(unit)}; accepted: {', '.join(METRES)}",
            mend="write the unit into the header, or read the file with unit='mm'",
        )
    return METRES[unit]


def _fill(body: bytes, width: int) -> bytes:
    """Write nan into the empty cells between tabs; a tab at the end of a full row is no cell."""
    if b"\t\t" not in body and b"\t\n" not in body.replace(b"\r", b""):
        return body
    rows = []
    for line in body.split(b"\n"):
        cells = [cell.strip() or b"nan" for cell in line.split(b"\t")] if line.strip() else []
        rows.append(b"\t".join(cells[:width] if cells[width:] == [b"nan"] else cells))
    return b"\n".join(rows)


def _count(header: dict[str, str], rows: int) -> tuple[Flag, ...]:
    stated = header.get("NumFrames", str(rows))
    if stated == str(rows):
        return ()
    return (Flag("rows", f"the header announces {clip(stated)[1:-1]} rows, {rows} are present and were used"),)
