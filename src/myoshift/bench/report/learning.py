"""Learning curves (r against laboratories or minutes to learn from), and errors over the gait cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from myoshift.bench import stats
from myoshift.bench.curves import learning_curve
from myoshift.bench.report import figures
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.written import Written
from myoshift.bench.spec import Benchmark

COLUMNS = (
    *(Column("r", "r"), Column("low", "low"), Column("high", "high")),
    *(Column("people", "people", "count"), Column("institutions", "institutions", "count")),
)
PHASES = tuple(f"rmse_phase_{k}" for k in range(10))
MOST = 7


@dataclass(frozen=True, eq=False)
class Drawn:
    """Drawings with one legend and the table behind them."""

    title: str
    legend: tuple[str, ...]
    drawings: tuple[Markup, ...]
    table: Shown


def learning(written: Written) -> list[Drawn]:
    """A drawing per kind of source and condition; none where the benchmark has no such protocol."""
    table = learning_curve(written.results, written.spec)
    return [
        _learned(str(kind), str(condition), part) for (kind, condition), part in table.groupby(["kind", "condition"])
    ]


def _learned(kind: str, condition: str, part: pd.DataFrame) -> Drawn:
    methods = list(dict.fromkeys(part["method"]))[:MOST]
    amounts = np.array(sorted(set(part["amount"].astype(float))))
    most = part.groupby("amount")["people"].max()
    said = tuple(f"{amount:g}\nn = {int(most[amount])}" for amount in amounts)
    ticks = figures.Ticks(amounts, said, kind)
    series = [_curve(part[part["method"] == method], method, amounts, most) for method in methods]
    drawing = figures.curves(series, ticks, condition)
    shown = part[part["method"].isin(methods)]
    name = f"Learning curve over {kind}, {condition}"
    return Drawn(
        name,
        tuple(methods),
        (drawing,),
        Shown(name, ("learning", kind, condition), shown, ("amount", "method"), COLUMNS),
    )


def _curve(own: pd.DataFrame, method: str, amounts: np.ndarray, most: pd.Series) -> figures.Curve:
    one = own.drop_duplicates("amount").set_index(own["amount"].astype(float)).reindex(amounts)
    y, low, high = (one[name].to_numpy(float) for name in ("r", "low", "high"))
    people = one["people"].to_numpy(float)
    joined = (False, *(bool(a == b) for a, b in zip(people[1:], people[:-1], strict=True)))
    return figures.Curve(method, amounts, y, low, high, joined)


def phases(written: Written, methods: list[str]) -> list[Drawn]:
    """RMSE in each tenth of the gait cycle, over the primary muscles, for the methods that are drawn."""
    table, first = written.results, written.spec.protocols[0].label
    if not table["metric"].isin(PHASES).any():
        return []
    parts = stats.sections(table[table["protocol"] == first], written.spec)
    return [drawn for section, part in parts for drawn in [_phases(section, part, methods, written.spec)] if drawn]


def _phases(section: stats.Section, part: pd.DataFrame, methods: list[str], spec: Benchmark) -> Drawn | None:
    by = [stats.over_seeds(stats.by_person(part, metric, spec.primary)) for metric in PHASES]
    chosen = [method for method in methods if any(method in each and each[method].notna().any() for each in by)]
    rows = [
        {"phase": f"{10 * k}–{10 * k + 10} %", "method": method, "at": 10 * k + 5, **_mean(each[method])}
        for k, each in enumerate(by)
        for method in chosen
    ]
    if not rows:
        return None
    table = pd.DataFrame(rows)
    at = np.arange(5.0, 100, 10)
    ticks = figures.Ticks(at, tuple(f"{value:g}" for value in at), "% of the gait cycle", step=10)
    series = [_over_cycle(table[table["method"] == method], method) for method in chosen]
    title = f"{section.condition}: error over the gait cycle"
    query = ("phases", *vars(section).values())
    columns = (Column("rmse", "RMSE"), Column("people", "people", "count"))
    shown = Shown(title, query, table, ("method", "phase"), columns)
    return Drawn(title, tuple(chosen), (figures.curves(series, ticks, title, y="RMSE"),), shown)


def _mean(people: pd.Series) -> dict[str, float]:
    found = stats.estimate(people)
    interval = found.by_person_hierarchical
    return {"rmse": found.by_person.value, "low": interval.low, "high": interval.high, "people": found.people}


def _over_cycle(own: pd.DataFrame, method: str) -> figures.Curve:
    at, y, low, high = (own[name].to_numpy(float) for name in ("at", "rmse", "low", "high"))
    return figures.Curve(method, at, y, low, high, (False, *[True] * (len(at) - 1)))
