"""How well a choice without the target's labels does: a query of the results and of what the runs left behind.

Candidates are the methods of the benchmark, their seeds averaged. What was chosen is compared with the best that
there was for that laboratory (the oracle), with the benchmark's default recipe, and with a choice by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from myoshift import registry
from myoshift.bench import evidence as records
from myoshift.bench import results as tables
from myoshift.bench import stats
from myoshift.bench.evidence import Evidence
from myoshift.bench.runs import run_folder
from myoshift.bench.selectors import Case
from myoshift.bench.spec import Benchmark

PROTOCOL, NESTED = "selection", "leave_two_domains_out"
ORACLE, DEFAULT, SHOTS = "oracle", "last", "few_shot"
DOMAINS = "leave_one_source_domain_out"
LEAST_SCORES = 3
"""Different scores below which a rank correlation says nothing."""
WHERE = ("protocol", "condition", "scope")
COLUMNS = (
    *(*WHERE, "institution", "selector", "bound", "candidate", "candidates", "people"),
    *("r", "oracle", "regret", "rank", "fits", "label_seconds"),
)
SUMMARY = (
    *(*WHERE, "selector", "bound", "institutions", "people", "r", "regret", "regret_low", "regret_high"),
    *("gain", "gain_low", "gain_high", "verdict", "rank", "hits", "fits", "label_seconds"),
)


def chosen(results: pd.DataFrame, evidence: Mapping[str, Evidence], spec: Benchmark) -> pd.DataFrame:
    """One row per condition, target institution and selector: what it chose, and what that is worth there.

    Parameters
    ----------
    evidence : by run, see `evidence_of`

    `r` is the mean over the target's people, `oracle` that of the best candidate, `regret` the difference; `rank` is
    Spearman's correlation, over candidates, of a selector's score with r. Where candidates tie, `candidate` names
    them all and r is the mean over them. `fits` are the fitted models and `label_seconds` the target's labels that
    the choice takes. Rows with `bound` have seen the answers. A selector that scores no candidate has no row.
    """
    return _table(choices(results, evidence, spec))


def summary(results: pd.DataFrame, evidence: Mapping[str, Evidence], spec: Benchmark) -> pd.DataFrame:
    """One row per condition and selector: means over people of r, regret, and gain on the default recipe.

    The intervals are hierarchical (institutions, then people; Efron's percentiles), because a choice is made once for
    an institution. `rank` is the mean over institutions, `hits` the share of them in which the best candidate was
    chosen, `fits` and `label_seconds` are means over institutions. `verdict` is that of the gain.
    """
    return _summary(choices(results, evidence, spec))


def evidence_of(out: Path, results: pd.DataFrame) -> dict[str, Evidence]:
    """By run, the evidence in the folder of a benchmark; runs without any are left out.

    Raises
    ------
    DataFormatError
        When a file is damaged.
    """
    runs = sorted(set(results["run"][_of_protocol(results, PROTOCOL)]))
    files = {run: run_folder(out, run).evidence for run in runs}
    return {run: records.read(file) for run, file in files.items() if file.is_file()}


def write(out: Path, results: pd.DataFrame, spec: Benchmark) -> tuple[Path, ...]:
    """`selection.csv` and `selection_summary.csv` in the folder of a benchmark that has the protocol."""
    if not any(protocol.name == PROTOCOL for protocol in spec.protocols):
        return ()
    made = choices(results, evidence_of(out, results), spec)
    both = {"selection.csv": _table(made), "selection_summary.csv": _summary(made)}
    for name, table in both.items():
        tables.write_csv(out / name, table)
    return tuple(out / name for name in both)


@dataclass(frozen=True, eq=False)
class Choice:
    """What a selector chose for one institution.

    Parameters
    ----------
    scores : of every candidate, NaN where the selector cannot tell
    people : r of each person (rows) by each candidate, seeds averaged
    """

    place: dict[str, str]
    institution: str
    selector: str
    scores: pd.Series
    people: pd.DataFrame
    fits: int
    label_seconds: float

    @property
    def best(self) -> list[str]:
        """The candidates with the highest score."""
        return list(self.scores.index[self.scores == self.scores.max()])

    @property
    def answers(self) -> pd.Series:
        """Mean r over people of every candidate."""
        return self.people.mean(axis=0)

    @property
    def r(self) -> pd.Series:
        """The r of each person by what was chosen, the mean over candidates that tie."""
        return self.people[self.best].mean(axis=1)

    @property
    def oracle(self) -> pd.Series:
        """The r of each person by the candidate that is best for the institution."""
        return self.people[self.answers.idxmax()]

    @property
    def rank(self) -> float:
        """Spearman's correlation of scores with answers."""
        if self.scores.nunique() < LEAST_SCORES:
            return float("nan")
        return float(self.scores.rank().corr(self.answers[self.scores.notna()].rank()))

    def row(self) -> dict[str, Any]:
        """The row of `chosen`; where all candidates tie, any of them is chosen."""
        every = len(self.best) == self.people.shape[1] > 1
        return {
            **self.place,
            "institution": self.institution,
            "selector": self.selector,
            "bound": self.selector == ORACLE,
            "candidate": f"any of {len(self.best)}" if every else "; ".join(self.best),
            "candidates": int(self.scores.notna().sum()),
            "people": len(self.people),
            "r": float(self.r.mean()),
            "oracle": float(self.oracle.mean()),
            "regret": float((self.oracle - self.r).mean()),
            "rank": self.rank,
            "fits": self.fits,
            "label_seconds": self.label_seconds,
        }


def choices(results: pd.DataFrame, evidence: Mapping[str, Evidence], spec: Benchmark) -> tuple[Choice, ...]:
    """Every choice behind `chosen` and `summary`, for who wants both."""
    return tuple(_choices(results, evidence, spec))


def _table(made: Iterable[Choice]) -> pd.DataFrame:
    return pd.DataFrame([choice.row() for choice in made], columns=list(COLUMNS))


def _summary(made: Iterable[Choice]) -> pd.DataFrame:
    groups: dict[tuple[str, ...], list[Choice]] = {}
    for choice in made:
        groups.setdefault((*choice.place.values(), choice.selector), []).append(choice)
    verdicts = _verdicts(groups)
    rows = [{**_summed(own), "verdict": verdicts[key]} for key, own in groups.items()]
    return pd.DataFrame(rows, columns=list(SUMMARY))


def _verdicts(groups: Mapping[tuple[str, ...], list[Choice]]) -> dict[tuple[str, ...], str]:
    """What may be said of each selector's gain; the selectors of one test are one family of comparisons."""
    said = dict[tuple[str, ...], str]()
    for place in dict.fromkeys(key[:-1] for key in groups):
        own = {key[-1]: _gained(group) for key, group in groups.items() if key[:-1] == place}
        judged = stats.judged({name: values for name, values in own.items() if name not in (ORACLE, DEFAULT)})
        said |= {(*place, name): str(judged.get(name, {"verdict": ""})["verdict"]) for name in own}
        said |= {(*place, ORACLE): "bound"} if ORACLE in own else {}
    return said


def _choices(results: pd.DataFrame, evidence: Mapping[str, Evidence], spec: Benchmark) -> Iterator[Choice]:
    names = [card["name"] for card in registry.cards("selectors")]
    names += [name for name in registry.names("selectors") if name not in names]
    for keys, part in results[_of_protocol(results, PROTOCOL)].groupby([*WHERE, "institution"], sort=True):
        *place, institution = map(str, keys)
        people = _people(part, spec)
        runs = part[part["run"].isin(set(evidence))].drop_duplicates("run")
        case = _case(place[1], institution, list(people.columns), runs, evidence, _nested(results, institution), spec)
        for name in names if case.candidates else ():
            scores = _scores(name, case, people)
            if scores.notna().any():
                cost = _cost(name, case, runs, results, institution)
                where = dict(zip(WHERE, place, strict=True))
                yield Choice(where, institution, name, scores, people[list(case.candidates)], *cost)


def _people(part: pd.DataFrame, spec: Benchmark) -> pd.DataFrame:
    """The r of each person (rows) by method, seeds averaged; the methods that somebody is scored by."""
    return stats.over_seeds(stats.by_person(part, "r", spec.primary)).dropna(axis=1, how="all")


def _case(
    condition: str,
    institution: str,
    scored: list[str],
    runs: pd.DataFrame,
    evidence: Mapping[str, Evidence],
    nested: pd.DataFrame,
    spec: Benchmark,
) -> Case:
    """What selectors are handed for an institution. No score of it goes in."""
    left = {
        method.label: tuple(evidence[run] for run in runs[runs["method"] == method.label].sort_values("seed")["run"])
        for method in spec.methods
        if method.label in scored
    }
    candidates = tuple(label for label, own in left.items() if own)
    return Case(
        condition=condition,
        candidates=candidates,
        evidence={label: left[label] for label in candidates},
        elsewhere=_elsewhere(nested[nested["condition"] == condition], institution, spec),
    )


def _nested(results: pd.DataFrame, institution: str) -> pd.DataFrame:
    """Rows of the folds that leave the institution and one other out."""
    places = sorted(set(results["institution"]))
    folds = {f"{one} and {other}" for one, other in combinations(places, 2) if institution in (one, other)}
    return results[_of_protocol(results, NESTED) & results["fold"].isin(folds)]


def _elsewhere(nested: pd.DataFrame, institution: str, spec: Benchmark) -> pd.DataFrame:
    """Mean r over people of each other institution (rows) by candidate, where it was left out with this one."""
    others = nested[nested["institution"] != institution]
    if others.empty:
        return pd.DataFrame()
    return _people(others, spec).groupby(level="institution").mean()


def _scores(name: str, case: Case, people: pd.DataFrame) -> pd.Series:
    """The scores of a selector; the answers are handed to the oracle and to nobody else."""
    load = registry.load("selectors", name)
    found = load(people.mean(axis=0)) if name == ORACLE else load(case)
    return pd.Series(found, dtype=float).reindex(list(case.candidates))


def _cost(name: str, case: Case, runs: pd.DataFrame, results: pd.DataFrame, institution: str) -> tuple[int, float]:
    """Models that have to be fitted for the choice, and labelled seconds of the target that it takes."""
    first = next(iter(case.evidence.values()))
    if name in (DEFAULT, "random"):
        return len(first), 0.0
    more = _nested(results, institution)["run"].nunique() if name == DOMAINS else 0
    given = first[0].calibration.seconds if name == SHOTS and first[0].calibration else 0.0
    return len(runs) + more, float("nan") if name == ORACLE else given


def _summed(own: list[Choice]) -> dict[str, Any]:
    """The row of `summary` of one selector in one condition."""
    r, oracle = (pd.concat([getattr(each, name) for each in own]) for name in ("r", "oracle"))
    regret, gain = stats.estimate(oracle - r), stats.estimate(_gained(own))
    return {
        **own[0].place,
        "selector": own[0].selector,
        "bound": own[0].selector == ORACLE,
        "institutions": len(own),
        "people": len(r),
        "r": float(r.mean()),
        **_interval("regret", regret),
        **_interval("gain", gain),
        "rank": float(pd.Series([each.rank for each in own]).mean()),
        "hits": float(np.mean([(each.answers.idxmax() in each.best) / len(each.best) for each in own])),
        "fits": float(np.mean([each.fits for each in own])),
        "label_seconds": float(np.mean([each.label_seconds for each in own])),
    }


def _gained(own: list[Choice]) -> pd.Series:
    """What is gained on the default recipe, the first candidate, person by person."""
    gained: pd.Series = pd.concat([each.r - each.people[each.scores.index[0]] for each in own])
    return gained


def _interval(name: str, found: stats.Estimate) -> dict[str, float]:
    interval = found.by_person_hierarchical
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _of_protocol(results: pd.DataFrame, name: str) -> pd.Series:
    """Whether rows are of a protocol, whatever its settings."""
    return results["protocol"].str.partition("(")[0] == name
