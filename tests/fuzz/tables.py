"""Tables as text, .sto, .mot and .trc, taken apart into header, labels and rows, damaged and put together again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fuzz.mutant import Mutant, pick

NUMBERS = ("-1", "0", "1", "7", "999999999999", "1e9", "nan", "inf", "", "many", "2.5", "0x10", "1,5", "٣", "²")
CELLS = (
    "1e308",
    "-1e400",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "",
    "1,5",
    "0x10",
    "--",
    "9" * 400,
    "1.#IND",
    "nan(ind)",
    "٣",
)
LABELS = ("", "time", "TIME", " ", "a\tb", "\xff\xfe", "x" * 5000, "nan", "0", "endheader", "\0")
ENDS = ("\r\n", "\r", "\n\n", "\n\r", "\x0b", "\x85", "\u2028")


@dataclass(frozen=True)
class TextTable:
    """A table as text; `columns` are those that a label stands for (three of a marker)."""

    head: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "sto"
    end: str = "\n"
    encoding: str = "latin-1"
    mark: str = "\t"

    @property
    def data(self):
        return self.end.join([*_BUILD[self.kind](self), ""]).encode(self.encoding, errors="replace")

    @property
    def facts(self):
        """Shape and rate: one over the mean step, of a single row what the header states."""
        count, width = len(self.rows), len(self.labels)
        shape = (count, width, 3) if self.kind == "trc" else (count, width)
        time = [float(row[self.clock]) for row in self.rows]
        stated = [float(value) for key, value in self.head if key == "DataRate"]
        return (shape, (count - 1) / (time[-1] - time[0]) if count > 1 else next(iter(stated), None))

    @property
    def clock(self):
        return 1 if self.kind == "trc" else 0

    @property
    def counts(self):
        return {"nrows", "ncolumns", "datarows", "datacolumns", "numframes", "nummarkers"} & {
            key.lower() for key, _ in self.head
        }


def _sto(table):
    joint = "=" if table.kind == "sto" else " "
    head = [f"{key}{joint}{value}" if value is not None else key for key, value in table.head]
    return [*head, "endheader", "\t".join(("time", *table.labels)), *("\t".join(row) for row in table.rows)]


def _trc(table):
    marks = "\t".join(f"{axis}{i}" for i in range(1, len(table.labels) + 1) for axis in "XYZ")
    return [
        "PathFileType\t4\t(X/Y/Z)\ttrial.trc",
        "\t".join(key for key, _ in table.head),
        "\t".join(value for _, value in table.head),
        "Frame#\tTime\t" + "\t\t\t".join(table.labels),
        "\t\t" + marks,
        *("\t".join(row) for row in table.rows),
    ]


def _csv(table):
    return [table.mark.join(("time", *table.labels)), *(table.mark.join(row) for row in table.rows)]


_BUILD = {"sto": _sto, "mot": _sto, "trc": _trc, "csv": _csv}


def make(kind, *, counts=True, rate=False, rows=24, columns=4, mark="\t"):
    """A table of random numbers at 100 Hz."""
    random, time = np.random.default_rng(5), [f"{i / 100:.8f}" for i in range(rows)]
    labels = tuple(f"c{i}" for i in range(columns))
    width = 3 * columns if kind == "trc" else columns
    cells = [[f"{v:.6f}" for v in row] for row in random.normal(size=(rows, width))]
    if kind == "trc":
        head = [("DataRate", "100.00"), ("CameraRate", "100.00"), ("Units", "mm")]
        head += [("NumFrames", str(rows)), ("NumMarkers", str(columns))] if counts else []
        return TextTable(
            tuple(head),
            labels,
            tuple((str(i + 1), t, *row) for i, (t, row) in enumerate(zip(time, cells, strict=True))),
            kind,
        )
    body = tuple((t, *row) for t, row in zip(time, cells, strict=True))
    if kind == "csv":
        return TextTable((), labels, body, kind, mark=mark)
    names = ("nRows", "nColumns") if kind == "sto" else ("datarows", "datacolumns")
    head = [("Coordinates", None)]
    head += zip(names, (str(rows), str(columns + 1)), strict=True) if counts else []
    head += [("DataRate", "100")] if rate else []
    head += [("inDegrees", "no")] if kind == "sto" else [("range", f"{time[0]} {time[-1]}")]
    return TextTable(tuple(head), labels, body, kind)


def _legal(table, damage, *, counted):
    """A mutant that is another file in its own right, unless a count in the header says otherwise."""
    return Mutant(table.data, damage, None if table.counts & counted else table.facts)


ROWS, COLUMNS = {"nrows", "datarows", "numframes"}, {"ncolumns", "datacolumns", "nummarkers"}


def field_changed(table, random):
    """One header entry has an extreme value; no entry but the rate may change what is read."""
    at = int(random.integers(0, len(table.head)))
    key, old = table.head[at]
    near = (str(int(float(old)) + 1), str(int(float(old)) - 1)) if old and old.replace(".", "").isdigit() else ()
    value = pick(random, NUMBERS + near)
    head = (*table.head[:at], (key, value), *table.head[at + 1 :])
    return Mutant(replace(table, head=head).data, f"header {key} = {value!r}")


def field_gone(table, random):
    at = int(random.integers(0, len(table.head)))
    head = table.head[:at] + table.head[at + 1 :]
    return Mutant(replace(table, head=head).data, f"header {table.head[at][0]} left out")


def field_twice(table, random):
    key, _ = pick(random, table.head)
    head = (*table.head, (key, pick(random, NUMBERS)))
    return Mutant(replace(table, head=head).data, f"header {key} twice")


def end_of_header_gone(table, random):
    return Mutant(
        table.data.replace(b"endheader", pick(random, (b"", b"end header", b"endheader endheader")), 1), "endheader"
    )


def rows_cut(table, random):
    """Cut between two rows: what is left is a table, if the header does not count."""
    count = int(random.integers(1, len(table.rows)))
    return _legal(replace(table, rows=table.rows[:count]), "cut between rows", counted=ROWS)


def first_rows_gone(table, random):
    count = int(random.integers(1, len(table.rows) - 1))
    return _legal(replace(table, rows=table.rows[count:]), "first rows left out", counted=ROWS)


def row_gone(table, random):
    at = int(random.integers(1, len(table.rows) - 1))
    return Mutant(replace(table, rows=table.rows[:at] + table.rows[at + 1 :]).data, "a row left out")


def row_twice(table, random):
    at = int(random.integers(0, len(table.rows)))
    return Mutant(replace(table, rows=table.rows[: at + 1] + table.rows[at:]).data, "a row twice")


def rows_swapped(table, random):
    rows = list(table.rows)
    a, b = random.integers(0, len(rows), 2)
    rows[a], rows[b] = rows[b], rows[a]
    return Mutant(replace(table, rows=tuple(rows)).data, "rows swapped")


def column_gone(table, random):
    """A column left out with its label: another table, if the header does not count."""
    at = int(random.integers(0, len(table.labels)))
    size, first = (3, 2) if table.kind == "trc" else (1, 1)
    a = first + at * size
    labels = table.labels[:at] + table.labels[at + 1 :]
    rows = tuple(row[:a] + row[a + size :] for row in table.rows)
    return _legal(replace(table, labels=labels, rows=rows), "a column left out", counted=COLUMNS)


def column_without_label(table, random):
    rows = tuple((*row, "1.0") for row in table.rows)
    return Mutant(replace(table, rows=rows).data, "a column without label")


def label_changed(table, random):
    at, label = int(random.integers(0, len(table.labels))), pick(random, (*LABELS, table.labels[0], table.labels[-1]))
    labels = (*table.labels[:at], label, *table.labels[at + 1 :])
    return Mutant(replace(table, labels=labels).data, f"label {label[:20]!r}")


def label_gone(table, random):
    at = int(random.integers(0, len(table.labels)))
    return Mutant(replace(table, labels=table.labels[:at] + table.labels[at + 1 :]).data, "a label left out")


def columns_swapped(table, random):
    a, b = random.integers(0, len(table.rows[0]), 2)
    rows = [list(row) for row in table.rows]
    for row in rows:
        row[a], row[b] = row[b], row[a]
    return Mutant(replace(table, rows=tuple(map(tuple, rows))).data, "columns swapped")


def cell_changed(table, random):
    rows, cell = [list(row) for row in table.rows], pick(random, CELLS)
    row = pick(random, rows)
    row[int(random.integers(0, len(row)))] = cell
    return Mutant(replace(table, rows=tuple(map(tuple, rows))).data, f"cell {cell[:20]!r}")


def other_clock(table, random):
    """Every time multiplied: another rate, if the header does not state one."""
    factor, at = pick(random, (0.5, 2.0, 1e-3, 1e3, -1.0, 0.0)), table.clock
    rows = tuple((*row[:at], f"{float(row[at]) * factor:.8f}", *row[at + 1 :]) for row in table.rows)
    changed = replace(table, rows=rows)
    stated = factor <= 0 or any(key == "DataRate" for key, _ in table.head)
    return Mutant(changed.data, f"time times {factor:g}", None if stated else changed.facts)


def other_ends(table, random):
    return Mutant(replace(table, end=pick(random, ENDS), encoding="utf-8").data, "line ends")


def mixed_ends(table, random):
    lines = table.data.split(b"\n")
    return Mutant(
        b"".join(line + pick(random, (b"\n", b"\r\n", b"\n\n", b"\r")) for line in lines), "mixed line ends"
    )


def other_encoding(table, random):
    data = table.data.decode()
    coded = pick(random, ("utf-16", "utf-16-le", "utf-8-sig", "utf-32", "cp500"))
    return Mutant(data.encode(coded), f"encoded as {coded}")


def blanks(table, random):
    old, new = pick(
        random, ((b"\t", b" "), (b"\t", b"\t\t"), (b"\t", b","), (b"\n", b"\t\n"), (b"\t", b" \t "), (b".", b","))
    )
    return Mutant(table.data.replace(old, new), f"{old!r} for {new!r}")


def plain(data: bytes):
    """Shape and rate of a .sto or .mot file that does not contradict itself, read in the plainest way; else None."""
    try:
        text = data.decode("latin-1").replace("\r\n", "\n")
        head, _, body = text.partition("\nendheader\n")
        labels, *lines = [line for line in body.split("\n") if line.strip()]
        rows = [[float(cell) for cell in line.split()] for line in lines]
        width = len([cell for cell in labels.split("\t") if cell.strip()])
        stated = {
            k.strip().lower(): v.strip()
            for k, _, v in (line.replace("=", " ").partition(" ") for line in head.split("\n"))
        }
        counted = {"nrows": len(rows), "datarows": len(rows), "ncolumns": width, "datacolumns": width}
        if any(len(row) != width for row in rows) or any(int(stated.get(k, n)) != n for k, n in counted.items()):
            return None
        time = [row[0] for row in rows]
        if len(rows) == 1:
            return ((1, width - 1), float(stated["datarate"]))
        return ((len(rows), width - 1), (len(rows) - 1) / (time[-1] - time[0]))
    except (ValueError, ZeroDivisionError, IndexError, OverflowError, KeyError):
        return None


def plain_csv(data: bytes):
    """As `plain`, for delimited text with a column of time."""
    try:
        labels, *lines = [line for line in data.decode("latin-1").replace("\r\n", "\n").split("\n") if line.strip()]
        mark = next(mark for mark in "\t;," if mark in labels)
        rows = [[float(cell) for cell in line.split(mark)] for line in lines]
        names = labels.split(mark)
        if any(len(row) != len(names) for row in rows) or len(set(names)) < len(names):
            return None
        time = [row[names.index("time")] for row in rows]
        return ((len(rows), len(names) - 1), (len(rows) - 1) / (time[-1] - time[0]))
    except (ValueError, ZeroDivisionError, IndexError, OverflowError, StopIteration):
        return None


def plain_trc(data: bytes):
    """As `plain`, for a .trc file."""
    try:
        lines = data.decode("latin-1").replace("\r\n", "\n").split("\n")
        stated = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
        names = [cell for cell in lines[3].split("\t")[2:] if cell.strip()]
        rows = [line.split("\t") for line in lines[5:] if line.strip()]
        if any(len(row) != 2 + 3 * len(names) for row in rows):
            return None
        if int(stated.get("NumMarkers", len(names))) != len(names) or int(stated.get("NumFrames", len(rows))) != len(
            rows
        ):
            return None
        time = [float(row[1]) for row in rows]
        if len(rows) == 1:
            return ((1, len(names), 3), float(stated["DataRate"]))
        return ((len(rows), len(names), 3), (len(rows) - 1) / (time[-1] - time[0]))
    except (ValueError, ZeroDivisionError, IndexError, OverflowError, KeyError):
        return None


HEADERS = (field_changed, field_changed, field_gone, field_twice)
CONTENT = (
    rows_cut,
    first_rows_gone,
    row_gone,
    row_twice,
    rows_swapped,
    column_gone,
    column_without_label,
    label_changed,
    label_gone,
    columns_swapped,
    cell_changed,
    other_clock,
    other_ends,
    mixed_ends,
    other_encoding,
    blanks,
)
DAMAGES = (*HEADERS, *CONTENT)
