"""Tables as .csv and .parquet: time in seconds first, every digit kept, the whole file or nothing.

What is written here is read back by `read_delimited` and `read_parquet` with `time="time"`, and by pandas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats.source import write_atomic
from myoshift.formats.text import rows
from myoshift.types import Table

TIME = "time"
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""


def write_csv(path: str | Path, table: Table) -> None:
    """Write a table with commas, one row of labels, and `nan` where a sample is missing.

    Raises
    ------
    DataFormatError
        When a column name is empty, `time`, holds a line break, or would be run as a formula by a spreadsheet.
    """
    refuse_unfit(path, table.names)
    write_atomic(path, labels(table.names, ",") + rows(np.column_stack([table.time, table.values]), ","))


def write_parquet(path: str | Path, table: Table, about: Mapping[str, str]) -> None:
    """Write a table as Parquet: the unit is metadata `unit` of each column, the rate metadata `rate` of the schema.

    Parameters
    ----------
    about : more metadata of the schema, for example the model that a prediction comes from

    Raises
    ------
    DataFormatError
        As `write_csv`.
    """
    import pyarrow as pa
    from pyarrow import parquet

    refuse_unfit(path, table.names)
    names, units = (TIME, *table.names), ("s", *table.units)
    fields = [pa.field(name, pa.float64(), metadata={"unit": unit}) for name, unit in zip(names, units, strict=True)]
    schema = pa.schema(fields, metadata={"rate": repr(table.rate), **about})
    columns = [np.ascontiguousarray(column) for column in (table.time, *table.values.T)]
    buffer = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns, schema=schema), buffer)
    write_atomic(path, bytes(buffer.getvalue()))


def labels(names: Sequence[str], delimiter: str) -> bytes:
    """The row of labels, `time` first; a name that holds the delimiter or quotes stands between quotes."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerow([TIME, *names])
    return buffer.getvalue().encode()


def refuse_unfit(path: str | Path, names: Sequence[str]) -> None:
    """Refuse names that a row of labels cannot hold, or that a spreadsheet would run."""
    for name in names:
        if not name.strip() or name == TIME or not name.isprintable() or name.startswith(FORMULA):
            raise DataFormatError(
                "a column name that a table cannot hold", where=f"{path}, {name!r}", mend="rename the column"
            )
