"""Measured and predicted envelopes of one person of each institution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from myoshift.bench import stats
from myoshift.bench.report import figures
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written


def overlays(written: Written) -> list[dict[str, Any]]:
    """In each institution and condition of the first protocol, the person whose score is the median one."""
    first, table = written.spec.protocols[0].label, written.results
    found = []
    for section, part in stats.sections(table[table["protocol"] == first], written.spec):
        methods = _shown(written, first)
        people = stats.over_seeds(stats.by_person(part, "r", written.spec.primary))
        for institution, rows in people.groupby(level="institution"):
            scores = rows[methods[0]].dropna().sort_values()
            if scores.empty:
                continue
            person = scores.index[len(scores) // 2][1]
            panels = _panels(written, first, section.condition, person, methods)
            if not panels:
                continue
            found.append(
                {
                    "institution": institution,
                    "condition": section.condition,
                    "person": person,
                    "methods": methods,
                    "r": [float(rows[method].xs(person, level="subject").iloc[0]) for method in methods],
                    "figure": figures.overlay(panels),
                }
            )
    return found


def _shown(written: Written, protocol: str) -> list[str]:
    """The methods that are drawn: the benchmark's last one that has scores, and the reference."""
    board = written.leaderboard
    there = set(board[board["protocol"] == protocol]["method"])
    last = [method.label for method in written.spec.methods if method.label in there][-1]
    return list(dict.fromkeys([last, written.spec.reference if written.spec.reference in there else last]))


def _panels(
    written: Written, protocol: str, condition: str, person: str, methods: Sequence[str]
) -> list[figures.Panel]:
    """Curves of one person, the side with more muscles, from the runs of the first seed; none when those failed."""
    tables: dict[str, pd.DataFrame] = {}
    for method in methods:
        for _, folder in written.runs(protocol=protocol, method=method, seed=0):
            if folder.state() == "done":
                curves = pd.read_parquet(folder.curves)
                own = curves[(curves["subject"] == person) & (curves["condition"] == condition)]
                tables |= {method: own} if len(own) else {}
    if methods[0] not in tables:
        return []
    lead = tables[methods[0]]
    side = lead["side"].value_counts().index[0]
    panels = []
    for _, row in lead[lead["side"] == side].iterrows():
        same = [t[(t["side"] == side) & (t["muscle"] == row["muscle"])]["predicted"] for t in tables.values()]
        predicted = tuple(np.asarray(values.iloc[0], float) for values in same if len(values))
        title, measured = words(row["muscle"]), np.asarray(row["measured"], float)
        panels.append(figures.Panel(title, float(row["rate"]), measured, predicted))
    return panels
