"""Muscle synergies of the measured curves that were kept for the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from myoshift.bench.report import figures
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written
from myoshift.errors import DataRefused
from myoshift.physiology.rank import VafCurve, rank_by_vaf
from myoshift.physiology.synergy import factorise
from myoshift.types import Array

FEWEST = 4
"""Muscles of a person below which synergies are not looked for."""
MOST = 12
"""Most people whose curves are factorised."""
RESTARTS = 3


@dataclass(frozen=True, eq=False)
class Factored:
    """VAF of the people of one condition, and the weights of one of them."""

    condition: str
    people: int
    muscles: tuple[int, int]
    drawings: tuple[Markup, ...]
    who: str
    rank: int
    table: Shown


def synergies(written: Written) -> list[Factored]:
    """Per condition, the people of whom four muscles or more were kept; empty when there are none."""
    found = []
    for condition, people in _curves(written).items():
        curves = {who: curve for who, (names, values) in people.items() if (curve := _vaf(values)) is not None}
        if curves:
            found.append(_factored(condition, people, curves))
    return found


Kept = dict[str, tuple[tuple[str, ...], Array]]


def _curves(written: Written) -> dict[str, Kept]:
    """Measured envelopes (T, M) by condition and person, of the side with more muscles, each person once."""
    first, method = written.spec.protocols[0].label, written.spec.methods
    found: dict[str, Kept] = {}
    for run, folder in written.runs(protocol=first, seed=0):
        if run["method"] in {each.label for each in method} and folder.curves.is_file() and folder.state() == "done":
            _gather(pd.read_parquet(folder.curves), found)
    return {condition: dict(sorted(people.items())[:MOST]) for condition, people in sorted(found.items())}


def _gather(curves: pd.DataFrame, found: dict[str, Kept]) -> None:
    for (condition, person), own in curves.groupby(["condition", "subject"], sort=True):
        people = found.setdefault(str(condition), {})
        side = own["side"].value_counts().index[0]
        one = own[own["side"] == side].drop_duplicates("muscle")
        if len(one) >= FEWEST and str(person) not in people:
            values = np.stack([np.asarray(each, float) for each in one["measured"]], axis=1)
            people[str(person)] = (tuple(one["muscle"]), np.clip(values, 0, None))


def _vaf(values: Array) -> VafCurve | None:
    """The curve of one person; None where a muscle is silent or was not measured."""
    try:
        return rank_by_vaf(values, restarts=RESTARTS)
    except DataRefused:
        return None


def _factored(condition: str, people: Kept, curves: dict[str, VafCurve]) -> Factored:
    rows = [
        {"person": who, "synergies": k + 1, "vaf": float(curve.vaf[k]), "least": float(curve.least[k])}
        for who, curve in curves.items()
        for k in range(len(curve.vaf))
    ]
    table = pd.DataFrame(rows)
    counts = [len(people[who][0]) for who in curves]
    who = sorted(curves, key=lambda name: (-len(people[name][0]), name))[0]
    names, values = people[who]
    rank = curves[who].rank or len(curves[who].vaf)
    weights = factorise(values, rank, restarts=RESTARTS).weights
    said = tuple(words(name) for name in names)
    columns = (Column("vaf", "VAF of all muscles"), Column("least", "VAF of the worst muscle"))
    title = f"Synergies, {condition}"
    bars = [figures.bars(said, list(weights[:, k]), f"synergy {k + 1}", k) for k in range(rank)]
    shown = Shown(title, ("vaf", condition), table, ("person", "synergies"), columns)
    return Factored(
        condition, len(curves), (min(counts), max(counts)), (_drawn(table, condition), *bars), who, rank, shown
    )


def _drawn(table: pd.DataFrame, condition: str) -> Markup:
    """Mean VAF over people against the number of synergies, with the range of people."""
    by = table.groupby("synergies")["vaf"]
    at, mean = np.array(sorted(set(table["synergies"])), float), by.mean().to_numpy(float)
    low, high = by.min().to_numpy(float), by.max().to_numpy(float)
    counts = by.count().to_numpy()
    joined = (False, *(bool(a == b) for a, b in zip(counts[1:], counts[:-1], strict=True)))
    curve = figures.Curve("VAF", at, mean, low, high, joined)
    said = tuple(f"{k:g}\nn = {count}" for k, count in zip(at, counts, strict=True))
    ticks = figures.Ticks(at, said, "synergies", step=1)
    return figures.curves([curve], ticks, condition, y="VAF")
