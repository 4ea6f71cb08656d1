"""Measured and predicted envelopes of one person of each institution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from myoshift.bench import committed, stats
from myoshift.bench.report import figures
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written
from myoshift.types import Array

MOST = 16
"""Most people that are drawn."""


def overlays(written: Written, methods: Sequence[str]) -> list[dict[str, Any]]:
    """In each institution and condition of the first protocol, the person whose score is the median one."""
    first, table = written.spec.protocols[0].label, written.results
    found: list[dict[str, Any]] = []
    if not methods:
        return found
    for section, part in stats.sections(table[table["protocol"] == first], written.spec):
        people = stats.over_seeds(stats.by_person(part, "r", written.spec.primary))
        for institution, rows in people.groupby(level="institution"):
            scores = rows[methods[0]].dropna().sort_values()
            if scores.empty:
                continue
            person = scores.index[len(scores) // 2][1]
            panels = _panels(written, first, section.condition, person, methods)
            if not panels or len(found) >= MOST:
                continue
            found.append(
                {
                    "institution": institution,
                    "protocol": first,
                    "condition": section.condition,
                    "scope": section.scope,
                    "person": person,
                    "methods": methods,
                    "r": [float(rows[method].xs(person, level="subject").iloc[0]) for method in methods],
                    "banded": any(panel.band for panel in panels),
                    "figure": figures.overlay(panels),
                }
            )
    return found


def best(written: Written, protocol: str) -> list[str]:
    """The method with the highest mean in the first test of a protocol, and the reference; empty without scores."""
    board = written.leaderboard
    there = board[(board["protocol"] == protocol) & board["r"].notna()]
    if there.empty:
        return []
    first = there[there["condition"] == there["condition"].iloc[0]]
    highest = str(first.sort_values("r", ascending=False, kind="stable")["method"].iloc[0])
    reference = written.spec.reference
    return list(dict.fromkeys([highest, reference if reference in set(there["method"]) else highest]))


def shown(written: Written, protocol: str) -> list[str]:
    """The methods whose curves are drawn: those that keep them; the best ones where these have no scores."""
    there = set(written.results["method"][written.results["protocol"] == protocol])
    return [method for method in committed.drawn(written.spec) if method in there][:2] or best(written, protocol)


def _panels(
    written: Written, protocol: str, condition: str, person: str, methods: Sequence[str]
) -> list[figures.Panel]:
    """Curves of one person, the side with more muscles, from the runs of the first seed; none when those failed."""
    tables = {method: own for method in methods if len(own := _own(written, protocol, method, person, condition))}
    if methods[0] not in tables:
        return []
    lead = tables[methods[0]][tables[methods[0]]["seed"] == 0]
    side = lead["side"].value_counts().index[0]
    panels = []
    for _, row in lead[lead["side"] == side].iterrows():
        same = [t[(t["side"] == side) & (t["muscle"] == row["muscle"])] for t in tables.values()]
        predicted = tuple(np.asarray(t["predicted"].iloc[0], float) for t in same if len(t))
        title, measured = words(row["muscle"]), np.asarray(row["measured"], float)
        panels.append(figures.Panel(title, float(row["rate"]), measured, predicted, _band(same[0])))
    return panels


def _own(written: Written, protocol: str, method: str, person: str, condition: str) -> pd.DataFrame:
    """What was kept of a person by the runs of a method, seed by seed; empty without the curves of the first seed."""
    kept = []
    for run, folder in written.runs(protocol=protocol, method=method):
        if folder.curves.is_file() and folder.state() == "done":
            curves = pd.read_parquet(folder.curves).assign(seed=run["seed"])
            kept.append(curves[(curves["subject"] == person) & (curves["condition"] == condition)])
    found = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame({"seed": []})
    return found.sort_values("seed", kind="stable") if (found["seed"] == 0).any() else found[:0]


def _band(curves: pd.DataFrame) -> tuple[Array, Array] | None:
    """Lowest and highest prediction over seeds, where the curves of several were kept."""
    values = [np.asarray(each, float) for each in curves["predicted"]]
    if len(values) < 2 or len({len(each) for each in values}) > 1:
        return None
    return np.min(values, axis=0), np.max(values, axis=0)
