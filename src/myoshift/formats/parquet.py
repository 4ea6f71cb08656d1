"""Parquet: columns of numbers with a rate and units that the schema states, or the caller.

Units are metadata `unit` of a column, the rate in Hz is metadata `rate` of the schema. What pandas or Arrow put there
about objects of their own is not looked at. A child process reads first: a damaged file can crash the library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats import child
from myoshift.formats.clock import clock
from myoshift.formats.detect import expect
from myoshift.formats.source import AGAIN, mapped, named
from myoshift.formats.text import clip, refuse_duplicates
from myoshift.formats.units import stated
from myoshift.types import Array, Flag, Table

LIMIT = 2**32  # bytes of a file, unpacked
SPREAD, RATIO = 1 << 26, 100  # bytes that any file may unpack to, beyond `RATIO` times its size


def read_parquet(
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    unit: str | Mapping[str, str] = "",
    rate: float | None = None,
    time: str | None = None,
    seconds: float = 60.0,
    gigabytes: float = 8.0,
) -> Table:
    """Read a Parquet file as one table.

    Parameters
    ----------
    columns : those to read, in this order; all by default
    unit : of the columns whose metadata state none, one for all or by name
    rate : Hz, where the metadata state none; the rows are then even steps from 0 s on
    time : the column that holds seconds; with a rate, the two must agree to 0.1 %
    seconds, gigabytes : limits of the child process that reads the file first

    Returns
    -------
    Table
        Nulls are NaN. Flags: `irregular`.

    Raises
    ------
    DataFormatError
        Not Parquet, damaged or truncated, too large unpacked, a column that is missing or holds no numbers, no rate,
        no unit, a stated rate that contradicts the metadata, time that does not increase.
    """
    with named(path):
        expect(mapped(path), "parquet")
        wanted = None if columns is None else list(dict.fromkeys([*columns, *([time] if time else [])]))
        child.run("myoshift.formats.parquet_child", [str(path), str(gigabytes)], seconds)
        names, units, values, metadata = parse(path, wanted)
        stamps, steps, flags = _clock(values, names, _rate(rate, metadata), time)
        kept = [k for k, name in enumerate(names) if name != time]
        listed = [names[k] for k in kept]
        return Table(
            values=values[:, kept],
            names=tuple(listed),
            units=stated(listed, [units[k] for k in kept], unit),
            rate=steps,
            time=stamps,
            flags=flags,
        )


def _clock(
    values: Array, names: list[str], declared: float | None, time: str | None
) -> tuple[Array, float, tuple[Flag, ...]]:
    """Time of every row, the rate, and a flag for an irregular clock."""
    if time is not None and time not in names:
        raise _missing(time, names)
    if time is not None:
        stamps = values[:, names.index(time)]
        return stamps, *clock(stamps, declared)
    if declared is None:
        raise DataFormatError(
            "no sampling rate",
            why="the schema has no metadata 'rate'",
            mend="state it in Hz (rate=, --rate), or the column that holds seconds (time=, --time)",
        )
    return np.arange(len(values)) / declared, declared, ()


def parse(path: str | Path, wanted: list[str] | None) -> tuple[list[str], list[str], Array, dict[str, str]]:
    """Names, units, numbers (T, C) and metadata of the schema; in this process, which a damaged file can crash."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path, arrow_extensions_enabled=False) as file:
            schema = file.schema_arrow
            refuse_duplicates(schema.names, "column names", "schema")
            names = list(schema.names) if wanted is None else wanted
            for name in names:
                _refuse_other(schema, name)
            _refuse_large(file.metadata, len(names), Path(path).stat().st_size)
            table = file.read(columns=names, use_threads=False, use_pandas_metadata=False)
            if not table.num_rows or not names or table.num_rows != file.metadata.num_rows:
                raise DataFormatError(
                    "there are no rows, or not all of them",
                    why=f"{table.num_rows} of {file.metadata.num_rows} rows and {len(names)} columns",
                    mend=AGAIN,
                )
            numbers = [table.column(name).cast(pa.float64(), safe=False).to_numpy() for name in names]
            units = [_text(schema.field(name).metadata, b"unit") for name in names]
            return names, units, np.column_stack(numbers), {"rate": _text(schema.metadata, b"rate")}
    except DataFormatError:
        raise
    except Exception as error:  # a damaged file makes the library fail in any way
        why = clip(" ".join(str(error).split()))
        raise DataFormatError(
            "the Parquet file is damaged or truncated", why=f"{type(error).__name__}: {why}", mend=AGAIN
        ) from error


def _refuse_other(schema: Any, name: str) -> None:
    """Refuse a column that is not there, or holds anything but numbers."""
    from pyarrow import types

    if name not in schema.names:
        raise _missing(name, schema.names)
    kind = schema.field(name).type
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise DataFormatError(
            "a column does not hold numbers", where=f"column {name!r}", why=clip(str(kind)),
            mend="leave it out with columns=",
        )  # fmt: skip


def _missing(name: str, names: Sequence[str]) -> DataFormatError:
    return DataFormatError(f"there is no column {name!r}", why=f"columns: {', '.join(names)[:200]}")


def _refuse_large(metadata: Any, columns: int, size: int) -> None:
    """Refuse, before anything is unpacked, more rows than a file of this size may unpack to."""
    promised, limit = 8 * metadata.num_rows * columns, min(LIMIT, SPREAD + RATIO * size)
    if metadata.num_rows < 0 or promised > limit:
        raise DataFormatError(
            "the columns are too large",
            why=f"{metadata.num_rows} rows of {columns} columns are {promised} bytes, limit {limit} for {size} bytes",
            mend="save them in parts",
        )


def _rate(given: float | None, metadata: dict[str, str]) -> float | None:
    """The rate that the caller or the schema states; refuses two that differ."""
    try:
        own = float(metadata["rate"]) if metadata["rate"] else None
    except ValueError as error:
        raise DataFormatError("the declared sampling rate is no number", why=clip(metadata["rate"])) from error
    for rate in (own, given):
        if rate is not None and not (np.isfinite(rate) and rate > 0):
            raise DataFormatError(
                "the declared sampling rate is impossible", why=f"{rate:g} Hz", mend="state it in Hz"
            )
    if own and given and abs(given / own - 1) > 1e-3:
        raise DataFormatError(
            "the stated sampling rate contradicts the schema", why=f"stated {given:g} Hz, declared {own:g} Hz"
        )
    return own or given


def _text(metadata: Any, key: bytes) -> str:
    return str((metadata or {}).get(key, b"").decode("utf-8", "replace").strip())
