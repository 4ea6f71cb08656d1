"""Delays against literature: by how much a prediction comes after the EMG, muscle by muscle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from myoshift.bench import stats
from myoshift.bench.report import figures
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written
from myoshift.types import Array

ELECTROMECHANICAL = (20.0, 100.0)
"""ms between EMG and force, knee extensors, maximal isometric, n = 176 (Zhou 1995)."""
EXPECTED = {"simulated": (55.0, 25.0), "measured": (0.0, 35.0)}
"""Mean and SD, ms: simulated activation against EMG, and a model that learned from EMG against EMG."""
EDGES = np.arange(-155.0, 156, 10)
"""ms, bins of the histogram; a lag is looked for within 150 ms either way."""
ALONG = "ms by which the prediction comes after the EMG"
PHYSICAL = "static_optimisation"
COLUMNS = (
    *(Column("lag", "mean lag, ms", "whole"), Column("sd", "SD over people, ms", "whole")),
    *(Column("people", "people", "count"), Column("edge", "at ±150 ms", "count")),
)


@dataclass(frozen=True, eq=False)
class Lags:
    """Lags of one method in one condition: dots by muscle, a histogram, and the table."""

    condition: str
    method: str
    kind: str
    institutions: tuple[str, ...]
    drawings: tuple[Markup, ...]
    table: Shown


def lags(written: Written, methods: Sequence[str]) -> list[Lags]:
    """For each condition of the first protocol, the lags of the drawn method; once those of static optimisation."""
    spec, first = written.spec, written.spec.protocols[0]
    results = written.results
    found: list[Lags] = []
    for section, part in stats.sections(results[results["protocol"] == first.label], spec):
        for method in dict.fromkeys([*methods[:1], *([] if found else [PHYSICAL])]):
            people = by_person(part, method)
            if len(people):
                simulated = method.startswith(PHYSICAL) or first.name.startswith("synthetic")
                found.append(_lags(section, method, "simulated" if simulated else "measured", people))
    return found


def by_person(part: pd.DataFrame, method: str) -> pd.DataFrame:
    """Lag (ms) of each person and muscle, the mean over sides and seeds; a muscle without a lag is left out."""
    own = part[(part["metric"] == "lag") & (part["method"] == method) & part["value"].notna()]
    means = own.groupby([*stats.PERSON, "muscle"])["value"].mean()
    return (1000 * means).rename("lag").reset_index()


def _lags(section: stats.Section, method: str, kind: str, people: pd.DataFrame) -> Lags:
    by = people.groupby(["institution", "muscle"], sort=True)["lag"]
    table = by.agg(lag="mean", sd="std", people="count").reset_index()
    table["edge"] = by.agg(lambda each: int((each.abs() >= 149).sum())).to_numpy()
    title = f"Lag of {method}, {section.condition}"
    shown = Shown(title, ("lags", *vars(section).values(), method), table, ("institution", "muscle"), COLUMNS)
    places = tuple(sorted(set(people["institution"])))
    return Lags(
        section.condition, method, kind, places, (_dots(table, places, title), _bins(people, kind, title)), shown
    )


def _dots(table: pd.DataFrame, places: Sequence[str], title: str) -> Markup:
    muscles = list(dict.fromkeys(table["muscle"]))
    rows = figures.Rows(
        names=tuple(words(muscle) for muscle in muscles),
        row=table["muscle"].map(muscles.index).to_numpy(float),
        value=table["lag"].to_numpy(float),
        group=table["institution"].map(list(places).index).to_numpy(float),
    )
    return figures.dots(rows, title, ALONG, reach=158, span=ELECTROMECHANICAL)


def _bins(people: pd.DataFrame, kind: str, title: str) -> Markup:
    counts = np.histogram(people["lag"], EDGES)[0].astype(float)
    at = np.linspace(EDGES[0], EDGES[-1], 125)
    expected = len(people) * (EDGES[1] - EDGES[0]) * _normal(at, *EXPECTED[kind])
    return figures.histogram(counts, EDGES, (at, expected), title, "ms, people × muscles; line: what was expected")


def _normal(at: Array, mean: float, sd: float) -> Array:
    """Normal density."""
    return np.asarray(np.exp(-0.5 * ((at - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi)))
