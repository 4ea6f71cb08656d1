"""Queries of the results: people first, then means over people and over institutions, with intervals and verdicts.

A person's score is the mean over sides, then over the primary muscles, then over seeds. Windows and recordings are
never the unit. Two intervals (95 %) stand side by side: people resampled; institutions resampled and then the people
in each, which is what a new institution would bring. Differences are paired within person and resampled alike; what
is said of them has to survive the tests of `inference` too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from myoshift.bench import inference
from myoshift.bench.intervals import Estimate as Estimate
from myoshift.bench.intervals import Interval as Interval
from myoshift.bench.intervals import bracket as bracket
from myoshift.bench.intervals import estimate as estimate
from myoshift.bench.spec import Benchmark

PERSON = ["institution", "subject"]
SECTION = ["protocol", "condition", "scope"]
"""Rows that differ in one of these were tested on something else."""
ACCESS = ["target_inputs", "calibration_seconds"]
"""Rows that differ in one of these had seen more or less of the target, and are never ranked together."""
CORRELATIONS = ("r", "r_best")
BOUNDS = (-1.0, 1.0)
"""Of a correlation."""
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
    *(*SECTION, "access", *ACCESS, "rank", "method", "seeds", "seed_sd", "sd_people", "sd_seeds", "sd_residual"),
    *("people", "institutions"),
    *_names("r"),
    *("r_best", "r_best_institution", "lag", "rmse", "r2_median", "variance_ratio_median"),
    *("reference", *_names("difference"), "verdict", *inference.TESTS, "detectable"),
)
"""Columns of the leaderboard."""
APART = ("without", *_names("rest"))
"""Further columns where a benchmark sets primary outputs apart: r of the others alone, and which were left out."""


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
        compared = _compared(over_seeds(people["r"]), methods, reference)
        for rank, method in enumerate(methods, start=1):
            own = group[group["method"] == method]
            yield {
                **vars(section),
                "access": access_label(own),
                **dict(zip(ACCESS, access, strict=True)),
                "rank": rank,
                "method": method,
                **_scores({metric: table[method] for metric, table in people.items()}),
                **compared[method],
                "without": "+".join(spec.apart),
                **_columns("rest", estimate(rest[method].mean(axis=1), BOUNDS)),
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
    r = estimate(tables["r"].mean(axis=1), BOUNDS)
    means = {metric: table.mean(axis=1) for metric, table in tables.items()}
    best = estimate(means["r_best"])
    spread, of = tables["r"].mean(), inference.components(tables["r"])
    return {
        "seeds": tables["r"].shape[1],
        "seed_sd": float(spread.std()) if len(spread) > 1 else np.nan,
        "sd_people": of.people,
        "sd_seeds": of.seeds,
        "sd_residual": of.residual,
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


def _compared(r: pd.DataFrame, methods: Sequence[str], reference: str | None) -> dict[str, dict[str, Any]]:
    """Of each method its paired difference to the reference, tested in one family, and what may be said of it."""
    if reference is None:
        return {method: {"reference": "", "verdict": ""} for method in methods}
    differences = {method: r[method] - r[reference] for method in methods if method != reference}
    told: dict[str, dict[str, Any]] = {reference: {"reference": reference, "verdict": "reference"}}
    return told | {method: {"reference": reference, **own} for method, own in judged(differences).items()}


def judged(differences: Mapping[str, pd.Series]) -> dict[str, dict[str, Any]]:
    """Estimates, tests and verdicts of a family of differences."""
    tests, told = inference.family(differences), dict[str, dict[str, Any]]()
    for name, values in differences.items():
        found, own = estimate(values), dict(zip(tests.columns, tests.loc[name], strict=True))
        claim = {"verdict": verdict(found, own["p_holm"]), "detectable": inference.detectable(found)}
        told[name] = {**_columns("difference", found), **own, **claim}
    return told


def sample(people: int, institutions: int) -> str:
    """`14 people, 1 institution`."""
    person, place = "person" if people == 1 else "people", "institution" if institutions == 1 else "institutions"
    return f"{people} {person}, {institutions} {place}"


def judge(values: pd.Series) -> str:
    """The verdict on one difference, one number per person, that is looked at by itself."""
    return str(judged({"": values})[""]["verdict"])


def verdict(difference: Estimate, p_holm: float) -> str:
    """What survives: Holm's p below 0.05, and an interval over institutions and people that leaves 0 out.

    No claim from too few people or institutions.
    """
    if difference.descriptive:
        return f"descriptive (n = {sample(difference.people, difference.institutions)})"
    interval = difference.by_person_hierarchical
    if not p_holm < inference.ALPHA:
        return "no difference shown"
    return "better" if interval.low > 0 else "worse" if interval.high < 0 else "no difference shown"


def ensemble_checks(results: pd.DataFrame, spec: Benchmark) -> pd.DataFrame:
    """Ensemble minus the mean of its members, paired: significantly below 0 would be a bug."""
    ensembles = {method.label: list(method.members) for method in spec.methods if method.members}
    rows = []
    for section, part in sections(results, spec):
        r = over_seeds(by_person(part, "r", spec.primary))
        there = {name: members for name, members in ensembles.items() if {name, *members} <= set(r.columns)}
        told = judged({name: r[name] - r[members].mean(axis=1) for name, members in there.items()})
        for name, members in there.items():
            people = int((r[name] - r[members].mean(axis=1)).notna().sum())
            row = {**vars(section), "ensemble": name, "members": ", ".join(members), "people": people}
            rows.append({**row, **told[name]})
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
