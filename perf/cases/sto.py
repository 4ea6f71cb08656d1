"""OpenSim tables: 16 columns and time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from myoshift.formats import read_sto, write_sto
from myoshift.types import Table
from perf.contest import OURS, Case, Contest, Entrant, installed

COLUMNS = 16


def table(rows: int) -> Table:
    """Random numbers with all their digits, at 1000 Hz."""
    return Table(
        values=np.random.default_rng(0).normal(size=(rows, COLUMNS)),
        names=tuple(f"muscle_{i}" for i in range(COLUMNS)),
        units=("",) * COLUMNS,
        rate=1000.0,
        time=np.arange(rows) / 1000,
    )


@contextmanager
def read(folder: Path, rows: int) -> Iterator[Contest]:
    """A file of so many rows."""
    path = folder / "table.sto"
    write_sto(path, table(rows))
    entrants = {OURS: Entrant(lambda: (read_sto(path).values,)), "pandas": Entrant(lambda: (_pandas(path),))}
    if installed("opensim"):
        entrants["opensim"] = Entrant(lambda: (_opensim_values(path),))
    yield Contest(entrants, tolerance=1e-15)


@contextmanager
def write(folder: Path, rows: int) -> Iterator[Contest]:
    """A table of so many rows; a draft for OpenSim to write again."""
    ours, theirs = folder / "ours.sto", folder / "theirs.sto"
    content = table(rows)
    write_sto(ours, content)
    entrants = {OURS: Entrant(lambda: write_sto(ours, content), same=False)}
    if installed("opensim"):
        opensim = _opensim()
        loaded = opensim.TimeSeriesTable(str(ours))
        entrants["opensim"] = Entrant(lambda: opensim.STOFileAdapter.write(loaded, str(theirs)), same=False)
    yield Contest(entrants)


def _pandas(path: Path) -> Any:
    import pandas

    return pandas.read_csv(path, sep="\t", skiprows=6).to_numpy()[:, 1:]


def _opensim_values(path: Path) -> Any:
    table = _opensim().TimeSeriesTable(str(path))
    return table.getMatrix().to_numpy().copy()  # without the copy it is a view of memory that goes with the table


def _opensim() -> Any:
    import opensim

    opensim.Logger.setLevelString("off")
    return opensim


READ = Case(
    name="read .sto",
    job="a .sto file of 17 columns to an array",
    unit="rows",
    sizes=(1_000, 10_000, 120_000),
    quick=(1_000, 10_000),
    tiny=10,
    enter=read,
    marked=120_000,
    marks={"opensim": 10},
)
WRITE = Case(
    name="write .sto",
    job="an array to a .sto file of 17 columns, every digit kept",
    unit="rows",
    sizes=(1_000, 10_000, 120_000),
    quick=(1_000, 10_000),
    tiny=10,
    enter=write,
    marked=120_000,
    marks={"opensim": 1},
)
