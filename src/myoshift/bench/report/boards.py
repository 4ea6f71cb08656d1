"""Leaderboards, headlines and matrices."""

from __future__ import annotations

from typing import Any

import pandas as pd

from myoshift.bench import stats
from myoshift.bench.report import figures
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.words import title, words
from myoshift.bench.report.written import Written
from myoshift.bench.spec import Benchmark

COLUMNS = (
    *(
        Column("people", "people", "count"),
        Column("institutions", "institutions", "count"),
        Column("r", "r by person"),
    ),
    *(Column("r_hierarchical_low", "low"), Column("r_hierarchical_high", "high")),
    *(Column("r_institution", "r by institution"), Column("difference", "difference in r", "difference")),
)
"""What of a leaderboard is to be taken along; all of it is in `leaderboard.csv`."""


def sections(written: Written, splits: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The leaderboards, protocol by protocol in the order of the benchmark."""
    parts = stats.sections(written.results, written.spec)
    strange = {
        name: sorted({each for fold in folds for each in fold["unfamiliar"]}) for name, folds in splits.items()
    }
    return [
        {**_section(written, section, part), "unfamiliar": strange.get(section.protocol, [])}
        for section, part in parts
    ]


def _section(written: Written, section: stats.Section, part: pd.DataFrame) -> dict[str, Any]:
    board = written.leaderboard
    chosen = board[(board[stats.SECTION] == list(vars(section).values())).all(axis=1)]
    limits = ["r_hierarchical_low", "r_hierarchical_high", "r_low", "r_high", "r", "r_institution"]
    scale = figures.Scale.around(list(chosen[chosen["method"] != "constant"][limits].to_numpy(float).ravel()))
    groups = [
        {"access": access, "rows": rows.to_dict("records")} for access, rows in chosen.groupby("access", sort=False)
    ]
    muscles = stats.muscles(part, written.spec)
    name = tuple(vars(section).values())
    return {
        **vars(section),
        "title": title(written.spec, section.protocol),
        "groups": groups,
        "unit": " or ".join(sorted({unit.partition(":")[0] for unit in part["amplitude_reference"]})),
        "scale": scale,
        "places": _places(part, written.spec),
        "board": Shown("Leaderboard", ("board", *name), chosen, ("access", "method"), COLUMNS),
        "muscles": _heat(("muscles", *name), muscles.loc[list(dict.fromkeys(chosen["method"]))], "method"),
        "counts": muscles.loc["people"],
    }


def _heat(query: tuple[str, ...], table: pd.DataFrame, key: str) -> Shown:
    """A table of r as it is drawn: rows and columns are names."""
    columns = tuple(Column(str(name), words(str(name)), "two") for name in table.columns)
    frame = table.set_axis([str(name) for name in table.columns], axis=1).rename_axis(key).reset_index()
    return Shown("Muscle by muscle" if key == "method" else "Source and target", query, frame, (key,), columns)


def _places(part: pd.DataFrame, spec: Benchmark) -> dict[str, dict[str, float]]:
    """Mean r of each method in each institution."""
    people = stats.over_seeds(stats.by_person(part, "r", spec.primary))
    means = people.groupby(level="institution").mean()
    return {str(method): {str(k): float(v) for k, v in means[method].items()} for method in means.columns}


def matrices(written: Written) -> list[dict[str, Any]]:
    """Source by target, for every method of `single_real`."""
    found = []
    for section, part in stats.sections(written.results, written.spec):
        if section.protocol.startswith("single_real"):
            for method in sorted(set(part["method"]) - {"constant"}):
                query = ("matrix", section.protocol, section.condition, method)
                heat = _heat(query, stats.matrix(part, method, written.spec), "source")
                found.append({"method": method, "condition": section.condition, "table": heat})
    return found
