"""Learning curves: r in a new laboratory against the amount that was learned from. A query of the results."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from myoshift.bench import stats
from myoshift.bench.spec import Benchmark, ProtocolSpec

REAL, MINUTES, VIRTUAL = "real laboratories", "labelled minutes", "virtual people"
AMOUNTS = {
    "source_labs": (REAL, "labs"),
    "source_minutes": (MINUTES, "minutes"),
    "virtual_people": (VIRTUAL, "people"),
}
"""By protocol the kind of amount, and the setting that gives it."""
END = "leave_one_domain_out"
"""All there is: the end of the curve over real laboratories."""
COLUMNS = ("kind", "amount", "condition", "method", "r", "low", "high", "people", "institutions", "protocol")


def learning_curve(results: pd.DataFrame, spec: Benchmark) -> pd.DataFrame:
    """One row per kind of amount, amount, condition and method, the amounts ascending.

    `r` is the mean over people, of each the mean over the draws they were tested in, with the hierarchical interval.
    An amount has the people that it could be tested on; `leave_one_domain_out` is the end of the curve over real
    laboratories. Empty where a benchmark has no such protocol.
    """
    rows = [
        {**place, **estimated}
        for section, part in stats.sections(results, spec)
        for place in [_place(section, part, spec.protocol(section.protocol))]
        if place
        for estimated in _estimates(part, spec)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    curves = set(table["kind"][table["protocol"] != END])
    kept = table[table["kind"].isin(curves)]
    return kept.sort_values(["kind", "condition", "method", "amount"], kind="stable", ignore_index=True)


def _place(section: stats.Section, part: pd.DataFrame, protocol: ProtocolSpec) -> dict[str, object] | None:
    """Where on which curve a section belongs, None for a protocol of none."""
    if protocol.name in AMOUNTS:
        kind, setting = AMOUNTS[protocol.name]
        amount = float(protocol.settings[setting])
    elif section.protocol == END:
        kind, amount = REAL, _laboratories(part)
    else:
        return None
    return {"kind": kind, "amount": amount, "condition": section.condition, "protocol": protocol.name}


def _laboratories(part: pd.DataFrame) -> float:
    """How many institutions were learned from, the median over folds, by who learned at all."""
    sources = part[part["source"] != ""].drop_duplicates("fold")["source"]
    return float((sources.str.count(r"\+") + 1).median())


def _estimates(part: pd.DataFrame, spec: Benchmark) -> Iterator[dict[str, object]]:
    people = stats.over_seeds(stats.by_person(part, "r", spec.primary))
    for method in people.columns:
        found = stats.estimate(people[method])
        mean = found.by_person_hierarchical
        sample = {"people": found.people, "institutions": found.institutions}
        yield {"method": method, "r": found.by_person.value, "low": mean.low, "high": mean.high, **sample}


def wide(curve: pd.DataFrame, kind: str, condition: str) -> pd.DataFrame:
    """One curve of `learning_curve` as a table to read: a row per amount, a column per method, and who was tested."""
    own = curve[(curve["kind"] == kind) & (curve["condition"] == condition)]
    intervals = [stats.bracket(*each) for each in own[["low", "high"]].to_numpy(float)]
    cells = own.assign(cell=[f"{r:.3f} {interval}".strip() for r, interval in zip(own["r"], intervals, strict=True)])
    table = cells.pivot_table(index="amount", columns="method", values="cell", aggfunc="first")
    sample = own.groupby("amount")[["people", "institutions"]].max()
    tested = [stats.sample(people, places) for people, places in sample.itertuples(index=False)]
    named = [f"{amount:g}" for amount in table.index]
    return table.assign(tested=tested).rename_axis(columns=None).reset_index().assign(amount=named)
