"""What to fix in a laboratory: how much each step of an oracle's knowledge would give. A query over results.

Every number here had seen the answers (`oracle`), half by half. It tells where a loss comes from, never which method
is better, and no ranking contains it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from myoshift.bench import stats
from myoshift.bench.intervals import LEAST_PEOPLE
from myoshift.bench.oracle import ORACLE, STEPS
from myoshift.bench.spec import Benchmark

LABELS = "oracle: the other half of the tested frames"
PLAIN = "none"
LEAST = 0.03
"""Change of r (or of the median r2) below which a step is not worth mentioning."""
POOR = 0.6
"""r that a person's own motion should reach."""
LADDER = (
    *(*stats.SECTION, "institution", "method", "step", "target_labels", "people", "institutions"),
    *("r", "r_low", "r_high", "change", "change_low", "change_high", "r2", "r2_change"),
)
"""Columns of the ladder. `change` is that of r against the step before, paired, of the people who have both."""
FIX = {
    "gain": "amplitudes: calibrate them, with a few seconds of EMG or a reference contraction",
    "delay": "timing: check the synchronisation of motion and EMG, and the filters of the envelope",
    "mixing": "crosstalk: check where the electrodes sit, and whether channels or muscles are exchanged",
}


def is_oracle(metric: str) -> bool:
    """Whether a metric had seen the answers."""
    return metric in ORACLE


def ladder(results: pd.DataFrame, spec: Benchmark, institution: str = "") -> pd.DataFrame:
    """One row per protocol, condition, scope, method and step, in the order of the steps: columns `LADDER`.

    Parameters
    ----------
    results : the view of all runs
    institution : whose people alone are meant, all where it is empty

    Returns
    -------
    Means over people of their mean over primary muscles, with 95 % intervals over people; medians of r2. A step that
    nobody has (a ceiling of short recordings) has no row.
    """
    chosen = results[results["institution"] == institution] if institution else results
    rows = [
        {**vars(section), "institution": institution, **row}
        for section, part in stats.sections(chosen, spec)
        if part["metric"].isin(ORACLE).any()
        for row in _methods(part, spec)
    ]
    return pd.DataFrame(rows, columns=list(LADDER))


def _methods(part: pd.DataFrame, spec: Benchmark) -> Iterator[dict[str, Any]]:
    r, r2 = ({step: _people(part, f"{score}_{step}", spec) for step in STEPS} for score in ("r", "r2"))
    for method in sorted(set(part["method"])):
        for step, before in zip(STEPS, ("", *STEPS), strict=False):
            if r[step][method].notna().any():
                yield {"method": method, "step": step, **_row(r, r2, method, step, before)}


def _people(part: pd.DataFrame, metric: str, spec: Benchmark) -> pd.DataFrame:
    """One number per person and method; muscles that a person's halves did not tell are left out."""
    methods = sorted(set(part["method"]))
    return stats.over_seeds(stats.by_person(part, metric, spec.primary)).reindex(columns=methods)


def _row(
    r: dict[str, pd.DataFrame], r2: dict[str, pd.DataFrame], method: str, step: str, before: str
) -> dict[str, Any]:
    found = stats.estimate(r[step][method])
    row: dict[str, Any] = {
        "target_labels": PLAIN if step == STEPS[0] else LABELS,
        "people": found.people,
        "institutions": found.institutions,
        **_interval("r", found.by_person),
        "r2": r2[step][method].median(),
    }
    if before:
        change = stats.estimate(r[step][method] - r[before][method])
        row |= _interval("change", change.by_person)
        row["r2_change"] = (r2[step][method] - r2[before][method]).median()
    return row


def _interval(name: str, interval: stats.Interval) -> dict[str, float]:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def advice(table: pd.DataFrame) -> tuple[str, ...]:
    """What a ladder says, in plain words: what to fix first for each protocol, condition, scope and method."""
    keys = [*stats.SECTION, "institution", "method"]
    return tuple(_advice(part) for _, part in table.groupby(keys, sort=False))


def _advice(part: pd.DataFrame) -> str:
    steps, first = part.set_index("step"), part.iloc[0]
    people = int(steps["people"].max())
    place = f"{first['condition']} ({first['protocol']}, {first['scope']})"
    where = ", ".join(str(each) for each in (first["institution"], place, first["method"]) if each)
    start = f"{where}, {people} {'person' if people == 1 else 'people'}: r {first['r']:.2f}."
    said = [*_fixes(steps), *_top(steps)] or ["No step of the decomposition makes a difference worth mentioning."]
    caution = "" if people >= LEAST_PEOPLE else " Too few people for more than a hint."
    return " ".join([start, *said]) + caution


def _fixes(steps: pd.DataFrame) -> Iterator[str]:
    """What gives most first: gains show in r2, as r does not know them; delays and mixtures in r."""
    gains = {step: float(steps["r2_change" if step == "gain" else "change"].get(step, 0.0)) for step in FIX}
    for step in sorted((step for step in FIX if gains[step] >= LEAST), key=lambda step: -gains[step]):
        score = "r2" if step == "gain" else "r"
        yield f"The {step} of each muscle would add {gains[step]:.2f} of {score} - {FIX[step]}."


def _top(steps: pd.DataFrame) -> Iterator[str]:
    """What a person's own motion says: whether the model or the data is short of something."""
    if "ceiling" not in steps.index:
        return
    ceiling, more = float(steps["r"]["ceiling"]), float(steps["change"]["ceiling"])
    if ceiling < POOR:
        yield (
            f"Even a model of the person's own half reaches r {ceiling:.2f} only - quality of the data, or a "
            "movement that these inputs do not tell."
        )
    elif more >= LEAST:
        yield (
            f"The person's own motion tells {more:.2f} of r more (r {ceiling:.2f}) than the corrected prediction - "
            "the person differs in what the model learned: other inputs, more laboratories, or a longer calibration."
        )
