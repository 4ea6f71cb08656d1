"""Sections that appear when the benchmark has what they show: ranks, selection, what the shift consists of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from myoshift.bench.report.learning import query
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written


@dataclass(frozen=True)
class Extra:
    """A query of the scores, and what the page says about it."""

    id: str
    module: str
    function: str
    title: str
    text: str


EXTRAS = (
    Extra(
        *("ladder", "decomposition", "ladder", "What the shift consists of"),
        "The same predictions, corrected step by step with what only the test labels say (the oracle): gain, delay, "
        "mixing. What a step adds is what calibrating it could bring at most; the ceiling is a model of the same person.",
    ),
    Extra(
        *("selection", "selection", "summary", "Choosing a model without labels of the target"),
        "What choosing by each rule costs against the best choice (regret), and how well a rule ranks. The oracle "
        "sees the test labels and is there as a bound alone.",
    ),
)


@dataclass(frozen=True, eq=False)
class Found:
    """A section that has something to show."""

    id: str
    title: str
    text: str
    table: Shown


def extras(written: Written) -> list[Found]:
    """The queries that this version has and that find something in the scores."""
    found = []
    for extra in EXTRAS:
        ask = query(extra.module, extra.function)
        table = ask(written.results, written.spec) if ask else pd.DataFrame()
        if len(table):
            found.append(Found(extra.id, extra.title, extra.text, shown(extra.title, (extra.id,), table)))
    return found


def shown(title: str, name: tuple[str, ...], table: pd.DataFrame) -> Shown:
    """Any table: what is text names a row, numbers are its columns."""
    flat = table.rename(columns=str).reset_index(drop=True)
    numbers = [each for each in flat.columns if pd.api.types.is_numeric_dtype(flat[each])]
    keys = tuple(each for each in flat.columns if each not in numbers)
    return Shown(title, name, flat, keys, tuple(Column(each, words(each), _style(flat[each])) for each in numbers))


def _style(values: pd.Series) -> str:
    """Whole numbers are counts."""
    known = values.dropna().to_numpy(float)
    return "count" if np.array_equal(known, np.round(known)) else "r"
