"""Columns of several rates in one table that states a single one: a slower column repeats its values, or is blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.types import Array

FEWEST = 20  # changes of a column from which a rhythm is one
COMPLETE = 0.5  # share of the moments of its rhythm at which a held column must really change
MEND = (
    "export one file for each rate, or read a Delsys export as such; held=(...) declares columns that repeat values"
)


def refuse_held(values: Array, names: Sequence[str], rate: float, declared: Sequence[str] = ()) -> None:
    """Refuse a table (T, C) in which some columns change only at every k-th row and others in between.

    Raises
    ------
    DataFormatError
        Naming the groups of columns with their rates; columns of `declared` are not looked at.
    """
    changes = {
        name: np.flatnonzero(values[1:, k] != values[:-1, k]) for k, name in enumerate(names) if name not in declared
    }
    rhythms = {name: _rhythm(rows, len(values)) for name, rows in changes.items()}
    slow = {name: k for name, k in rhythms.items() if k > 1}
    if slow and any(k == 1 for k in rhythms.values()):
        refuse({name: rate / k for name, k in rhythms.items() if k})


def refuse_blank(cells: Mapping[str, int], rate: float | None) -> None:
    """Refuse a table in which columns have different numbers of cells, as when slower ones end early or skip rows.

    Parameters
    ----------
    cells : numbers in each column
    rate : Hz of a full column, where it is known

    Raises
    ------
    DataFormatError
        Naming the groups of columns with their rates, as shares of the full rate where that is not known.
    """
    full = max(cells.values(), default=0)
    slow = {name for name, count in cells.items() if FEWEST <= count < 0.9 * full}
    if slow and all(count == full for name, count in cells.items() if name not in slow):
        refuse({name: (rate or 1.0) * count / full for name, count in cells.items()}, "Hz" if rate else "of the rows")


def refuse(rates: Mapping[str, float], unit: str = "Hz") -> None:
    """Say which columns have which rate."""
    groups: dict[str, list[str]] = {}
    for name, rate in rates.items():
        groups.setdefault(f"{rate:.4g} {unit}", []).append(name)
    said = "; ".join(f"{rate}: {', '.join(names)[:80]}" for rate, names in groups.items())
    raise DataFormatError("columns of several rates in one table", where="the columns", why=said, mend=MEND)


def _rhythm(rows: NDArray[np.intp], length: int) -> int:
    """K where a column changes only at every k-th row, 1 where it changes anywhere, 0 where it hardly changes."""
    if len(rows) < FEWEST:
        return 0
    k = int(np.gcd.reduce(np.diff(rows)))
    return k if len(rows) >= COMPLETE * (length / k - 1) else 0
