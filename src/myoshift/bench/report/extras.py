"""Sections that appear when a benchmark has what they show: ranks, what to fix, forecasts, selection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from myoshift.bench import decomposition, forecast, selection
from myoshift.bench.report import ranked
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written


@dataclass(frozen=True, eq=False)
class Extra:
    """A section: what it says, in sentences, drawings and a table."""

    id: str
    title: str
    text: str
    sentences: tuple[str, ...]
    table: Shown
    figures: tuple[Markup, ...] = ()


def extras(written: Written) -> list[Extra]:
    """The sections that find something in the scores."""
    makers = (_ranks, _ladder, _forecast, _selection)
    return [found for make in makers if (found := make(written)) is not None]


def _ranks(written: Written) -> Extra | None:
    """Which methods rank alike."""
    found = ranked.ranked(written)
    if not found:
        return None
    text = (
        "Methods ranked within every person, 1 is best, and the ranks averaged. Methods that share a grey bar differ "
        "by less than Nemenyi's critical difference. It takes people for independent: where they share institutions "
        "it shows too much, and no verdict of this page rests on it."
    )
    table = shown("Ranks", ("ranks",), ranked.table(found), ranked.KEYS)
    return Extra("ranks", "Ranks", text, (), table, tuple(ranked.figures(written, found)))


def _ladder(written: Written) -> Extra | None:
    """What the shift consists of, step by step."""
    table = decomposition.ladder(written.results, written.spec)
    if table.empty:
        return None
    text = (
        "The same predictions, corrected step by step with what only the other half of the test labels says (the "
        "oracle): gain, delay, mixing. What a step adds is what calibrating it could bring at most; the ceiling is a "
        "model of the person's own other half. None of this is ranked."
    )
    keys = ("protocol", "condition", "scope", "method", "step")
    kept = table.drop(columns=["institution", "target_labels"], errors="ignore")
    said = decomposition.advice(table)
    return Extra("ladder", "What to fix in a laboratory", text, said, shown("Ladder", ("ladder",), kept, keys))


def _forecast(written: Written) -> Extra | None:
    """Which r to expect where nothing was measured."""
    if not any(protocol.name == "leave_two_domains_out" for protocol in written.spec.protocols):
        return None
    table = forecast.summary(forecast.table(written.results, written.spec))
    if table.empty:
        return None
    text = (
        "The r of people of an institution, forecast from their motion alone by what happened in the others. Beside "
        "it the same with one sign, and the mean of the others, which it must beat."
    )
    keys = ("method", "condition", "forecast")
    return Extra("forecast", "Forecast without EMG", text, (), shown("Forecast", ("forecast",), table, keys))


def _selection(written: Written) -> Extra | None:
    """What choosing without labels of the target costs."""
    if not any(protocol.name == selection.PROTOCOL for protocol in written.spec.protocols):
        return None
    evidence = selection.evidence_of(written.out, written.results)
    table = selection.summary(written.results, evidence, written.spec)
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
