"""Few-shot curves: r against how much of a new person was labelled, within and across trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from myoshift.bench import stats
from myoshift.bench.report import figures
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.written import Written
from myoshift.bench.spec import Benchmark

MOST = 7
"""Most methods that one drawing shows; all are in the leaderboards."""
COLUMNS = (
    *(Column("r", "r"), Column("r_hierarchical_low", "low"), Column("r_hierarchical_high", "high")),
    *(Column("people", "people", "count"), Column("institutions", "institutions", "count")),
)


@dataclass(frozen=True, eq=False)
class Shots:
    """The curves of one condition: drawings, their legend, and the table behind them."""

    condition: str
    along: str
    legend: tuple[str, ...]
    drawings: tuple[Markup, ...]
    table: Shown


@dataclass(frozen=True)
class Amount:
    """A protocol of a series, and how much it gives."""

    protocol: str
    value: float


def shots(written: Written) -> list[Shots]:
    """A set of curves for every series of amounts and condition with two amounts or more."""
    found = []
    for (along, rest), amounts in _series(written.spec).items():
        board = written.leaderboard
        rows = board[board["protocol"].isin([each.protocol for each in amounts])]
        for condition, part in rows.groupby("condition", sort=False):
            if part["protocol"].nunique() > 1:
                found.append(_shots(written, str(condition), along, rest, amounts, part))
    return found


def _series(spec: Benchmark) -> dict[tuple[str, str], list[Amount]]:
    """Protocols that differ in the amount alone, in its order: `strides`, or `labelled seconds`."""
    found: dict[tuple[str, str], list[Amount]] = {}
    for protocol in spec.protocols:
        if protocol.name != "few_shot":
            continue
        unit = "strides" if protocol.settings.get("strides") else "seconds"
        rest = ", ".join(f"{key} {value}" for key, value in protocol.settings.items() if key != unit)
        found.setdefault((unit, rest), []).append(Amount(protocol.label, float(protocol.settings[unit])))
    return {key: sorted(each, key=lambda one: one.value) for key, each in found.items()}


def _shots(
    written: Written, condition: str, along: str, rest: str, amounts: list[Amount], part: pd.DataFrame
) -> Shots:
    methods = _chosen(part, written.spec)
    shown = part[part["method"].isin(methods)]
    drawings = [
        _drawing(written, f"{scope} trials", along, amounts, shown[shown["scope"] == scope], methods)
        for scope in ("across", "within")
        if (part["scope"] == scope).any()
    ]
    keys = ("protocol", "condition", "scope", "access", "method")
    name = f"{condition}{', ' + rest if rest else ''}"
    table = Shown(f"Few-shot curves, {name}, {along}", ("board",), shown, keys, COLUMNS)
    return Shots(name, along, tuple(methods), tuple(drawings), table)


def _chosen(part: pd.DataFrame, spec: Benchmark) -> list[str]:
    """Best without labels, the reference, the best at each amount, then the highest means; at most seven."""
    scored = part[part["r"].notna()].sort_values("r", ascending=False)
    without, own = scored[scored["calibration_seconds"] == 0], scored[scored["calibration_seconds"] > 0]
    first = [*without["method"].head(1), *(name for name in own["reference"] if name)]
    each = own.groupby(["protocol", "scope"], sort=False)["method"].first()
    means = own.groupby("method")["r"].mean().sort_values(ascending=False, kind="stable")
    order = list(dict.fromkeys([*first, *each, *means.index]))[:MOST]
    labels = [method.label for method in spec.methods]
    return sorted(order, key=lambda name: labels.index(name) if name in labels else len(labels))


def _drawing(
    written: Written, title: str, along: str, amounts: list[Amount], rows: pd.DataFrame, methods: list[str]
) -> Markup:
    there = [each for each in amounts if (rows["protocol"] == each.protocol).any()]
    people = [_people(written.results, rows, each.protocol) for each in there]
    same = (False, *(a == b for a, b in zip(people[1:], people[:-1], strict=True)))
    series = [_curve(rows[rows["method"] == method], method, there, same) for method in methods]
    said = tuple(f"{each.value:g}\nn = {len(who)}" for each, who in zip(there, people, strict=True))
    ticks = figures.Ticks(np.array([each.value for each in there]), said, f"labelled {along} of the person")
    return figures.curves(series, ticks, title)


def _people(results: pd.DataFrame, rows: pd.DataFrame, protocol: str) -> frozenset[Any]:
    """Who was tested; lines join amounts with the same people alone."""
    first = rows.iloc[0]
    here = results[
        (results["protocol"] == protocol)
        & (results["condition"] == first["condition"])
        & (results["scope"] == first["scope"])
    ]
    return frozenset(here[stats.PERSON].itertuples(index=False, name=None))


def _curve(own: pd.DataFrame, method: str, amounts: list[Amount], same: tuple[bool, ...]) -> figures.Curve:
    one = own.drop_duplicates("protocol").set_index("protocol").reindex([each.protocol for each in amounts])
    y, low, high = (one[name].to_numpy(float) for name in ("r", "r_hierarchical_low", "r_hierarchical_high"))
    flat = bool((own["calibration_seconds"] == 0).all())
    return figures.Curve(method, np.array([each.value for each in amounts]), y, low, high, same, flat)
