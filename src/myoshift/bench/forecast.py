"""How well r could have been forecast for a laboratory without a label: nested, institution by institution.

For a target A the forecaster learns from the people of every other institution B, each predicted by a model that was
trained without A and without B (`leave_two_domains_out`); it is then asked about the people of A, predicted by the
model that was trained without A (`leave_one_domain_out`). Neither has seen anything of A.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from myoshift.bench import stats
from myoshift.bench.intervals import LEAST_INSTITUTIONS, LEAST_PEOPLE
from myoshift.bench.signs import ALL, PREFIX
from myoshift.bench.spec import Benchmark
from myoshift.calibration.forecast import LEVELS, Experience, Forecast, Forecaster, Limits, fit_forecaster
from myoshift.calibration.signs import SIGNS

DIRECT, NESTED = "leave_one_domain_out", "leave_two_domains_out"
PERSON = ["institution", "subject", "condition"]
PLACE = ["protocol", "fold", "condition"]
ROWS = ("method", "protocol", "fold", *PERSON, "found", *SIGNS)
SPREAD = "disagreement"
BASELINES = {"baseline": (), "spread": (SPREAD,)}
"""Forecasts that the signs must beat: the mean of the other institutions, and the disagreement of members."""
ENDS = ("low", "high", "low95", "high95")
TABLE = (
    *("method", *PERSON, "forecast", *ENDS, "modelled", "abstained", "why", "found"),
    *(name for each in BASELINES for name in (each, *(f"{each}_{end}" for end in ENDS))),
    *("learned_from", "institutions"),
)
FORECASTS = {"signs": "forecast", "disagreement alone": "spread", "mean of the others": "baseline"}
SUMMARY = (
    *("method", "condition", "forecast", "people", "institutions"),
    *("mae", "mae_institution", "covered80", "covered80_institution", "covered95", "covered95_institution"),
    *("width80", "width95", "rank", "rank_institution"),
    *("abstained", "mae_given", "covered80_given", "claim"),
)


def people(results: pd.DataFrame, spec: Benchmark) -> pd.DataFrame:
    """A row (`ROWS`) for each person, condition, fold and method that has signs: the signs and the r that was found.

    Sides, primary muscles and seeds are averaged as in `stats.by_person`.
    """
    use = results["protocol"].isin([DIRECT, NESTED]) & (results["scope"] == "person")
    with_signs = results[use & (results["muscle"] == ALL) & results["metric"].str.startswith(PREFIX)]
    methods = sorted(set(with_signs["method"]))
    chosen = results[use & results["method"].isin(methods)]
    by = chosen.groupby([*PLACE, "subject"], sort=True)
    apart = chosen.assign(subject=by.ngroup())  # a person of one fold and condition is one of its own
    columns = {"found": ("r", spec.primary), **{name: (PREFIX + name, (ALL,)) for name in SIGNS}}
    values = {
        name: stats.over_seeds(stats.by_person(apart, metric, muscles)).stack(future_stack=True)
        for name, (metric, muscles) in columns.items()
    }
    own = pd.DataFrame(values).rename_axis(["institution", "number", "method"]).reset_index()
    where = by.size().index.to_frame(index=False)
    found = own.join(where, on="number")[list(ROWS)].dropna(subset=["found"])
    return found.sort_values(["method", *PLACE, *PERSON[:2]], ignore_index=True)


def table(results: pd.DataFrame, spec: Benchmark, limits: Limits | None = None) -> pd.DataFrame:
    """The forecast (`TABLE`) for every person of every target, beside what was found; empty without both protocols.

    `low`, `high` are the interval of 80 %, `low95`, `high95` that of 95 %; `modelled` names the levels that too few
    institutions can promise without supposing normal errors. `baseline` is the mean of the other institutions, in the
    same condition where enough of them have it; `spread` is learned from the disagreement of the members alone.
    """
    known = people(results, spec)
    found = [
        row
        for _, own in known.groupby("method", sort=True)
        for target in sorted(set(own["institution"]))
        for row in _target(own, target, limits or Limits())
    ]
    return pd.DataFrame(found, columns=list(TABLE))


def _target(known: pd.DataFrame, target: str, limits: Limits) -> Iterator[dict[str, object]]:
    """Forecasts for the people of one institution, condition by condition."""
    nested = nested_for(known, target)
    asked = known[(known["protocol"] == DIRECT) & (known["institution"] == target)]
    for condition, own in asked.groupby("condition", sort=True):
        learned = relevant(nested, str(condition), limits)
        if len(learned):
            yield from forecasts(learned, own, limits)


def from_virtual(known: pd.DataFrame, virtual: pd.DataFrame, limits: Limits | None = None) -> pd.DataFrame:
    """As `table`, but the forecasters learn from virtual people (columns of `ROWS`) alone, for each method of theirs.

    Nothing of any real laboratory is learned from, but by the model that is forecast of.
    """
    asked = known[known["protocol"] == DIRECT]
    found = [
        row
        for method, learned in virtual.groupby("method", sort=True)
        for row in forecasts(learned, asked[asked["method"] == method], limits or Limits())
    ]
    return pd.DataFrame(found, columns=list(TABLE))


def nested_for(known: pd.DataFrame, target: str) -> pd.DataFrame:
    """The people of other institutions, each predicted by a model that saw neither theirs nor the target."""
    nested = known[known["protocol"] == NESTED]
    with_target = set(nested.loc[nested["institution"] == target, "fold"])
    return nested[nested["fold"].isin(with_target) & (nested["institution"] != target)]


def relevant(known: pd.DataFrame, condition: str, limits: Limits) -> pd.DataFrame:
    """Those who did the same, where they are of enough institutions to learn from; else everybody."""
    same = known[known["condition"] == condition]
    return same if same["institution"].nunique() >= limits.institutions else known


def forecasts(learned: pd.DataFrame, asked: pd.DataFrame, limits: Limits) -> Iterator[dict[str, object]]:
    """A row of `TABLE` for everybody in `asked`, by forecasters of what was `learned` (columns of `ROWS` both)."""
    whole = experience(learned)
    signs = fit_forecaster(whole, limits)
    others = {name: fit_forecaster(whole.only(_there(whole, wanted)), limits) for name, wanted in BASELINES.items()}
    for row in asked.to_dict("records"):
        own = {name: float(row[name]) for name in SIGNS}
        told = signs.forecast(own)
        yield {
            **{name: row[name] for name in ("method", *PERSON, "found")},
            "forecast": told.value,
            **dict(zip(ENDS, _ends(told), strict=True)),
            "modelled": ", ".join(f"{level:.0%}" for level in told.modelled),
            "abstained": told.abstained,
            "why": "; ".join(told.why),
            **_beside(others, own),
            "learned_from": len(learned),
            "institutions": learned["institution"].nunique(),
        }


def _beside(others: dict[str, Forecaster], signs: dict[str, float]) -> dict[str, float]:
    found = dict[str, float]()
    for name, forecaster in others.items():
        told = forecaster.forecast(signs)
        found[name] = told.value
        found |= {f"{name}_{end}": value for end, value in zip(ENDS, _ends(told), strict=True)}
    return found


def _ends(told: Forecast) -> tuple[float, ...]:
    return tuple(end for level in LEVELS for end in told.intervals[level])


def experience(known: pd.DataFrame) -> Experience:
    """What these people (columns of `ROWS`) teach: the signs that any of them has."""
    there = [name for name in SIGNS if known[name].notna().any()]
    return Experience(
        names=tuple(there),
        signs=known[there].to_numpy(np.float64),
        found=known["found"].to_numpy(np.float64),
        institutions=tuple(known["institution"]),
    )


def _there(known: Experience, wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in wanted if name in known.names)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """How good the forecasts of a `table` are (`SUMMARY`): all conditions together, then each.

    Errors, coverage and widths are means over people, and over institutions of means over their people; `rank` is
    Spearman's. What ends in `_given` leaves out those of whom nothing was said, as a user would.
    """
    parts = [(str(method), "all", own) for method, own in table.groupby("method", sort=True)]
    parts += [(str(m), str(c), own) for (m, c), own in table.groupby(["method", "condition"], sort=True)]
    rows = [
        {"method": method, "condition": condition, "forecast": name, **_quality(own, column)}
        for method, condition, own in sorted(parts, key=lambda part: part[0])
        for name, column in FORECASTS.items()
    ]
    return pd.DataFrame(rows, columns=list(SUMMARY))


def _quality(own: pd.DataFrame, column: str) -> dict[str, object]:
    prefix = "" if column == "forecast" else f"{column}_"
    error = (own[column] - own["found"]).abs()
    inside = {
        level: own["found"].between(own[f"{prefix}low{level}"], own[f"{prefix}high{level}"]) for level in ("", "95")
    }
    width = {level: own[f"{prefix}high{level}"] - own[f"{prefix}low{level}"] for level in ("", "95")}
    given = ~own["abstained"].astype(bool) if column == "forecast" else pd.Series(True, index=own.index)
    place = own["institution"]
    means = own.groupby("institution")[[column, "found"]].mean()
    least = min(own["subject"].nunique() - LEAST_PEOPLE, place.nunique() - LEAST_INSTITUTIONS)
    sample = stats.sample(own["subject"].nunique(), place.nunique())
    return {
        "people": own["subject"].nunique(),
        "institutions": place.nunique(),
        "mae": error.mean(),
        "mae_institution": error.groupby(place).mean().mean(),
        "covered80": inside[""].mean(),
        "covered80_institution": inside[""].groupby(place).mean().mean(),
        "covered95": inside["95"].mean(),
        "covered95_institution": inside["95"].groupby(place).mean().mean(),
        "width80": width[""].mean(),
        "width95": width["95"].mean(),
        "rank": np.nan if column == "baseline" else _rank(own[column], own["found"]),
        "rank_institution": np.nan if column == "baseline" else _rank(means[column], means["found"]),
        "abstained": 1.0 - float(given.mean()),
        "mae_given": error[given].mean(),
        "covered80_given": inside[""][given].mean(),
        "claim": f"descriptive (n = {sample})" if least < 0 else "",
    }


def _rank(a: pd.Series, b: pd.Series) -> float:
    """Spearman's rank correlation; NaN of fewer than three, or of values that are all the same."""
    if len(a) < 3 or a.nunique() < 2 or b.nunique() < 2:
        return np.nan
    return float(a.rank().corr(b.rank()))
