"""Sections that appear when a benchmark has what they show: ranks, what the shift consists of, selection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written


@dataclass(frozen=True, eq=False)
class Extra:
    """A section: what it says, in sentences and in a table."""

    id: str
    title: str
    text: str
    sentences: tuple[str, ...]
    table: Shown


def extras(written: Written) -> list[Extra]:
    """The sections whose query this version has and which find something in the scores."""
    return [found for make in (_ladder, _selection) if (found := make(written)) is not None]


def query(module: str, name: str) -> Callable[..., Any] | None:
    """A function of the bench; None in a version that has not got it."""
    try:
        found: Callable[..., Any] | None = getattr(import_module(f"myoshift.bench.{module}"), name, None)
    except ModuleNotFoundError:
        return None
    return found


def _ladder(written: Written) -> Extra | None:
    """What the shift consists of, step by step."""
    ask, advise = query("decomposition", "ladder"), query("decomposition", "advice")
    table = ask(written.results, written.spec) if ask else pd.DataFrame()
    if table.empty:
        return None
    text = (
        "The same predictions, corrected step by step with what only the other half of the test labels says (the "
        "oracle): gain, delay, mixing. What a step adds is what calibrating it could bring at most; the ceiling is a "
        "model of the person's own other half. None of this is ranked."
    )
    keys = ("protocol", "condition", "scope", "method", "step")
    kept = table.drop(columns=["institution", "target_labels"], errors="ignore")
    said = tuple(advise(table)) if advise else ()
    return Extra("ladder", "What the shift consists of", text, said, shown("Ladder", ("ladder",), kept, keys))


def _selection(written: Written) -> Extra | None:
    """What choosing without labels of the target costs."""
    ask, gather = query("selection", "summary"), query("selection", "evidence_of")
    if not ask or not gather:
        return None
    table = ask(written.results, gather(written.out, written.results), written.spec)
    if table.empty:
        return None
    text = (
        "What choosing a method by each rule costs against the best choice (regret), what it gains on the default, "
        "and how well the rule ranks. Rows that are a bound have seen the answers, for comparison alone."
    )
    keys = ("protocol", "condition", "scope", "selector")
    return Extra(
        "selection",
        "Choosing without labels of the target",
        text,
        (),
        shown("Selection", ("selection",), table, keys),
    )


def shown(title: str, name: tuple[str, ...], table: pd.DataFrame, keys: tuple[str, ...]) -> Shown:
    """Any table: `keys` name a row, everything else is a column."""
    flat = table.rename(columns=str).reset_index(drop=True)
    columns = [each for each in flat.columns if each not in keys]
    return Shown(title, name, flat, keys, tuple(Column(each, words(each), _style(flat[each])) for each in columns))


def _style(values: pd.Series) -> str:
    """Text, counts or numbers."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "text"
    known = values.dropna().to_numpy(float)
    return "count" if np.array_equal(known, np.round(known)) else "r"
