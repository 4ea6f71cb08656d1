"""Queries of the results: people first, then means over people and over institutions, with bootstrap intervals.

A person's score is the mean over sides, then over the primary muscles, then over seeds. Windows and recordings are
never the unit. Two intervals (95 %) stand side by side: people resampled; institutions resampled and then the people
in each, which is what a new institution would bring. Differences are paired within person and resampled alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from myoshift.bench.spec import Benchmark
from myoshift.types import Array

DRAWS = 10_000
LEAST_PEOPLE, LEAST_INSTITUTIONS = 6, 4
PERSON = ["institution", "subject"]
SECTION = ["protocol", "condition", "scope"]
"""Rows that differ in one of these were tested on something else."""
ACCESS = ["target_inputs", "calibration_seconds"]
"""Rows that differ in one of these had seen more or less of the target, and are never ranked together."""
CORRELATIONS = ("r", "r_best")
MEANS = ("r", "r_best", "lag", "rmse", "r2", "variance_ratio")


@dataclass(frozen=True)
class Section:
    """What is scored: a protocol, a condition, and for few-shot tests within or across trials."""

    protocol: str
    condition: str
    scope: str


def _names(name: str) -> tuple[str, ...]:
    places = ("", "_low", "_high", "_hierarchical_low", "_hierarchical_high")
    lab = ("_institution", "_institution_low", "_institution_high")
    return tuple(name + place for place in (*places, *lab))


BOARD = (
    *(*SECTION, "access", *ACCESS, "rank", "method", "seeds", "seed_sd", "people", "institutions"),
    *_names("r"),
    *("r_best", "r_best_institution", "lag", "rmse", "r2_median", "variance_ratio_median"),
    *("reference", *_names("difference"), "verdict"),
)
"""Columns of the leaderboard."""
APART = ("without", *_names("rest"))
"""Further columns where a benchmark sets primary outputs apart: r of the others alone, and which were left out."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """Means over people and over institutions, each with the intervals that go with it."""

    people: int
    institutions: int
    by_person: Interval
    by_person_hierarchical: Interval
    by_institution: Interval

    @property
    def descriptive(self) -> bool:
        """Too few people or institutions to claim anything."""
        return self.people < LEAST_PEOPLE or self.institutions < LEAST_INSTITUTIONS


def estimate(values: pd.Series) -> Estimate:
    """Means and intervals of one number per person.

    Parameters
    ----------
    values : indexed by (institution, subject); NaN is left out
    """
    known = values.dropna().sort_index()
    institutions = tuple(known.index.get_level_values("institution"))
    weights, x = _weights(institutions), known.to_numpy(float)
    return Estimate(
        people=len(known),
        institutions=len(set(institutions)),
        by_person=_interval(x, np.full(len(x), 1 / max(len(x), 1)), weights.person),
        by_person_hierarchical=_interval(x, np.full(len(x), 1 / max(len(x), 1)), weights.hierarchical),
        by_institution=_interval(x, _equal(institutions), weights.institution),
    )


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights (draws, people) of means: over people; over people of drawn institutions; over drawn institutions."""

    person: Array
    hierarchical: Array
    institution: Array


@lru_cache(maxsize=256)
def _weights(institutions: tuple[str, ...]) -> Weights:
    """The same draws for the same people, whatever is averaged, so that differences are paired."""
    random, names = np.random.default_rng(0), sorted(set(institutions))
    count = len(institutions)
    if count == 0:
        return Weights(*(np.empty((DRAWS, 0)) for _ in range(3)))
    person = random.multinomial(count, np.full(count, 1 / count), size=DRAWS) / count
    copies = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    counts, shares = np.empty((DRAWS, count)), np.empty((DRAWS, count))
    for index, name in enumerate(names):
        own = np.flatnonzero(np.array(institutions) == name)
        drawn = random.multinomial(copies[:, index] * len(own), np.full(len(own), 1 / len(own)))
        counts[:, own], shares[:, own] = drawn, drawn / len(own) / len(names)
    return Weights(person, counts / counts.sum(axis=1, keepdims=True), shares)


def _equal(institutions: Sequence[str]) -> Array:
    """Weights of a mean over institutions of means over their people."""
    counts = {name: institutions.count(name) for name in set(institutions)}
    return np.array([1 / (len(counts) * counts[name]) for name in institutions])


def _interval(x: Array, plain: Array, drawn: Array) -> Interval:
    """Mean and interval; none where every draw is the same, as with one person or over one institution."""
    if len(x) == 0:
        return Interval(np.nan, np.nan, np.nan)
    if np.ptp(drawn, axis=0).max() == 0:
        return Interval(float(plain @ x), np.nan, np.nan)
    low, high = np.percentile(drawn @ x, [2.5, 97.5])
    return Interval(float(plain @ x), float(low), float(high))


def bracket(low: float, high: float, digits: str = ".2f") -> str:
    """`[0.53, 0.72]` for a table, nothing where there is no interval."""
    return f"[{low:{digits}}, {high:{digits}}]" if np.isfinite(low) and np.isfinite(high) else ""


def by_person(test: pd.DataFrame, metric: str, muscles: Sequence[str]) -> pd.DataFrame:
    """One number per person: rows (institution, subject), columns (method, seed).

    Parameters
    ----------
    test : results of one protocol, condition and scope
    muscles : whose mean a person's score is

    A muscle that one method predicts and another does not counts as a correlation of 0 for the other; one that was
    silent has no score for anybody. A method has its columns even where none of the muscles was measured.
    """
    fits = pd.MultiIndex.from_frame(test[["method", "seed"]].drop_duplicates()).sort_values()
    chosen = test[(test["metric"] == metric) & test["muscle"].isin(muscles)]
    if metric in CORRELATIONS:
        active = chosen.groupby([*PERSON, "muscle", "side"])["value"].transform("count") > 0
        chosen = chosen.assign(value=chosen["value"].mask(chosen["value"].isna() & active, 0.0))
    muscle = chosen.groupby([*PERSON, "method", "seed", "muscle"])["value"].mean()
    return muscle.groupby([*PERSON, "method", "seed"]).mean().unstack(["method", "seed"]).reindex(columns=fits)


def over_seeds(people: pd.DataFrame) -> pd.DataFrame:
    """Mean over seeds of what `by_person` gives: columns are methods."""
    return people.T.groupby(level="method").mean().T


def sections(results: pd.DataFrame, spec: Benchmark) -> Iterator[tuple[Section, pd.DataFrame]]:
    """The results, section by section, protocols and conditions in the order of the benchmark."""
    protocols, conditions = [protocol.label for protocol in spec.protocols], list(spec.conditions)
    parts = results[results["scope"] != "recording"].groupby(SECTION, sort=True)
    found = [(Section(*map(str, key)), rows) for key, rows in parts]

    def place(item: tuple[Section, pd.DataFrame]) -> tuple[int, int]:
        section = item[0]
        return _index(protocols, section.protocol), _index(conditions, section.condition)

    yield from sorted(found, key=place)


def _given(results: pd.DataFrame) -> pd.Series:
    """Seconds of calibration; in strides everybody is given the same, however long they last: the median."""
    seconds = results["calibration_seconds"]
    typical = seconds.where(seconds > 0).groupby(results["protocol"]).transform("median")
    return typical.where(seconds > 0, 0.0).round(2)


def _index(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def leaderboard(results: pd.DataFrame, spec: Benchmark) -> pd.DataFrame:
    """One row per test and method, best first within rows of the same access."""
    given = results.assign(calibration_seconds=_given(results))
    rows = [row for section, part in sections(given, spec) for row in _board(section, part, spec)]
    return pd.DataFrame(rows, columns=[*BOARD, *(APART if spec.apart else ())])


def _board(section: Section, part: pd.DataFrame, spec: Benchmark) -> Iterator[dict[str, Any]]:
    people = {metric: by_person(part, metric, spec.primary) for metric in MEANS}
    rest = by_person(part, "r", [name for name in spec.primary if name not in spec.apart])
    for access, group in part.groupby(ACCESS, sort=True):
        methods = sorted(sorted(set(group["method"])), key=lambda name: _last_if_nan(people["r"][name]))
        reference = _reference(section.protocol, _with_no_more(part, access), spec)
        for rank, method in enumerate(methods, start=1):
            own = group[group["method"] == method]
            yield {
                **vars(section),
                "access": access_label(own),
                **dict(zip(ACCESS, access, strict=True)),
                "rank": rank,
                "method": method,
                **_scores({metric: table[method] for metric, table in people.items()}),
                **_difference(over_seeds(people["r"]), method, reference),
                "without": "+".join(spec.apart),
                **_columns("rest", estimate(rest[method].mean(axis=1))),
            }


def _last_if_nan(seeds: pd.DataFrame) -> float:
    """What methods are ranked by: minus the mean over seeds, then over people; without any score the last place."""
    mean = float(seeds.mean(axis=1).mean())
    return np.inf if np.isnan(mean) else -mean


def _with_no_more(part: pd.DataFrame, access: Iterable[Any]) -> set[str]:
    """The methods of a section with as many labels as others of this access, and no more of the target's motion."""
    inputs, seconds = access
    less = part["target_inputs"].isin(["none", inputs]) & (part["calibration_seconds"] == seconds)
    return set(part[less]["method"])


def _reference(protocol: str, methods: Collection[str], spec: Benchmark) -> str | None:
    """The protocol's own reference method, else the benchmark's, where it had seen no more."""
    known = {each.label: each.reference for each in spec.protocols}
    return next((name for name in (known.get(protocol), spec.reference) if name in methods), None)


def access_label(rows: pd.DataFrame) -> str:
    """In words, what of the target was seen."""
    seconds, labels = rows["calibration_seconds"].max(), set(rows["target_labels"])
    inputs = sorted(set(rows["target_inputs"]) - {"none"})
    first = f"few-shot {seconds:g} s" if seconds else _acquaintance(labels)
    return " + unlabelled motion of ".join([first, *(name.replace("_", " ") for name in inputs)])


def _acquaintance(labels: set[str]) -> str:
    """What of the target's surroundings was learned from."""
    if labels == {"none"}:
        return "zero-shot"
    known = "known person" if "other recordings of the person" in labels else "known institution"
    return f"{known} or zero-shot" if "none" in labels else known


def _scores(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Estimates of r, and means of the other metrics over people; medians where one bad muscle would rule a mean."""
    r = estimate(tables["r"].mean(axis=1))
    means = {metric: table.mean(axis=1) for metric, table in tables.items()}
    best = estimate(means["r_best"])
    spread = tables["r"].mean()
    return {
        "seeds": tables["r"].shape[1],
        "seed_sd": float(spread.std()) if len(spread) > 1 else np.nan,
        "people": r.people,
        "institutions": r.institutions,
        **_columns("r", r),
        "r_best": best.by_person.value,
        "r_best_institution": best.by_institution.value,
        "lag": float(means["lag"].mean()),
        "rmse": float(means["rmse"].mean()),
        "r2_median": float(means["r2"].median()),
        "variance_ratio_median": float(means["variance_ratio"].median()),
    }


def _columns(name: str, estimate: Estimate) -> dict[str, float]:
    person, both, place = estimate.by_person, estimate.by_person_hierarchical, estimate.by_institution
    return {
        name: person.value,
        f"{name}_low": person.low,
        f"{name}_high": person.high,
        f"{name}_hierarchical_low": both.low,
        f"{name}_hierarchical_high": both.high,
        f"{name}_institution": place.value,
        f"{name}_institution_low": place.low,
        f"{name}_institution_high": place.high,
    }


def _difference(r: pd.DataFrame, method: str, reference: str | None) -> dict[str, Any]:
    """The paired difference of a method against the reference, and what may be said of it."""
    if reference is None or reference == method:
        return {"reference": reference or "", "verdict": "reference" if reference else ""}
    found = estimate(r[method] - r[reference])
    return {"reference": reference, **_columns("difference", found), "verdict": verdict(found)}


def sample(people: int, institutions: int) -> str:
    """`14 people, 1 institution`."""
    person, place = "person" if people == 1 else "people", "institution" if institutions == 1 else "institutions"
    return f"{people} {person}, {institutions} {place}"


def verdict(difference: Estimate) -> str:
    """Whether the interval over institutions and people leaves 0 out; no claim from too few of them."""
    if difference.descriptive:
        return f"descriptive (n = {sample(difference.people, difference.institutions)})"
    interval = difference.by_person_hierarchical
    return "better" if interval.low > 0 else "worse" if interval.high < 0 else "no difference shown"


def ensemble_checks(results: pd.DataFrame, spec: Benchmark) -> pd.DataFrame:
    """Ensemble minus the mean of its members, paired: significantly below 0 would be a bug."""
    ensembles = {method.label: list(method.members) for method in spec.methods if method.members}
    rows = []
    for section, part in sections(results, spec):
        r = over_seeds(by_person(part, "r", spec.primary))
        for ensemble, members in ensembles.items():
            if {ensemble, *members} <= set(r.columns):
                found = estimate(r[ensemble] - r[members].mean(axis=1))
                row = {**vars(section), "ensemble": ensemble, "members": ", ".join(members), "people": found.people}
                rows.append({**row, **_columns("difference", found), "verdict": verdict(found)})
    return pd.DataFrame(rows)


def matrix(part: pd.DataFrame, method: str, spec: Benchmark) -> pd.DataFrame:
    """Mean r over people: rows are source institutions, columns target institutions."""
    own = part[part["method"] == method]
    cells = {
        (source, place): over_seeds(by_person(rows, "r", spec.primary))[method].mean()
        for (source, place), rows in own.groupby(["source", "institution"])
    }
    return pd.Series(cells).unstack()


def muscles(part: pd.DataFrame, spec: Benchmark) -> pd.DataFrame:
    """Mean r over people: rows are methods, columns muscles; the last row counts the people."""
    columns = {}
    for muscle in spec.outputs:
        r = by_person(part, "r", [muscle])
        if r.notna().any(axis=None):
            columns[muscle] = pd.concat(
                [over_seeds(r).mean(), pd.Series({"people": float(len(r.dropna(how="all")))})]
            )
    return pd.DataFrame(columns, index=[*sorted(set(part["method"])), "people"])
