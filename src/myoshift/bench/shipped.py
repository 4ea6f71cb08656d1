"""The scores of the shipped models, from a table of the benchmark `shipped` into their folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from myoshift.bench import results, stats
from myoshift.bench import spec as specs
from myoshift.bench.intervals import LEAST_INSTITUTIONS, LEAST_PEOPLE
from myoshift.bench.spec import Benchmark
from myoshift.predictor import Predictor, shipped

PROTOCOL = "leave_one_domain_out"
LABELS = {"shipped": False, "shipped causal": True}
"""Rows of the benchmark, and which of the models each is."""
DIGITS = 3


def scores(table: pd.DataFrame, spec: Benchmark, label: str) -> dict[str, Any]:
    """What a model's `scores.json` says: r by person in each condition, and of each site in the first one.

    Intervals (95 %) are those of a new institution: institutions resampled, then people. There is none where too few
    were measured to claim anything.
    """
    board = stats.leaderboard(table, spec)
    rows = board[(board["protocol"] == PROTOCOL) & (board["method"] == label)]
    found = {str(row["condition"]): _row(row) for _, row in rows.iterrows()}
    first = next(iter(spec.conditions))
    chosen = table["method"].eq(label) & table["protocol"].eq(PROTOCOL) & table["condition"].eq(first)
    measured = table[chosen & table["metric"].eq("r") & table["value"].notna()]
    for site in spec.outputs:
        people = measured[measured["muscle"] == site].groupby(stats.PERSON)["value"].mean()
        if len(people):
            found[f"{first}, {site}"] = {"r": round(float(people.mean()), DIGITS), "people": len(people)}
    return found


def _row(row: pd.Series[Any]) -> dict[str, Any]:
    people, institutions = int(row["people"]), int(row["institutions"])
    said = {"r": _rounded(row["r"]), **_interval(row, "r"), "best r within 150 ms": _rounded(row["r_best"])}
    if row["without"]:
        name = f"r without {row['without']}"
        said |= {name: _rounded(row["rest"]), **_interval(row, "rest", f"{name}, ")}
    return said | {"people": people, "institutions": institutions}


def _interval(row: pd.Series[Any], of: str, before: str = "") -> dict[str, list[float]]:
    ends = [_rounded(row[f"{of}_hierarchical_{end}"]) for end in ("low", "high")]
    enough = row["people"] >= LEAST_PEOPLE and row["institutions"] >= LEAST_INSTITUTIONS
    return {f"{before}interval": ends} if enough else {}


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)


def write(path: Path, models: Path = shipped.MODELS) -> None:
    """Write the scores of a table into the folders of the models, whose arrays stay as they are."""
    table, spec = results.read(path), specs.read("shipped")
    for label, causal in LABELS.items():
        folder = models / shipped.folder(causal).name
        replace(Predictor.load(folder), scores=scores(table, spec, label)).save(folder)


if __name__ == "__main__":
    import sys

    write(Path(sys.argv[1]))
