"""What may be said of differences between methods: tests paired within people, families of tests, ranks, components.

Two p values stand side by side. A permutation test flips the signs of the differences of whole people: exact if
people are exchangeable, too liberal where differences cluster by institution. A t test over the means of institutions
holds there, and needs many of them. A claim rests on the larger of the two, after Holm over the family: all methods
that are compared with one reference in one section, with the same access to the target. Nothing below 6 people or 4
institutions is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import chi2, rankdata, studentized_range
from scipy.stats import t as student

from myoshift.bench.intervals import UPPER, Estimate, estimate
from myoshift.types import Array

ALPHA, POWER = 0.05, 0.8
ENUMERATED, DRAWN = 14, 10_000
"""People up to whom all sign flips are taken, and flips beyond, the identity among them."""
TESTS = ("p", "p_institutions", "p_holm", "family")


def sign_flip(x: Array) -> float:
    """Two-sided p that differences (people,) have mean 0, under random signs of whole people.

    The share of sign patterns whose |mean| reaches that of the data: all 2^n patterns for n <= 14, else 9,999 seeded
    ones and the identity, (b + 1) / (m + 1) (Phipson and Smyth 2010, Stat Appl Genet Mol Biol 9:39). NaN for nobody.
    """
    if len(x) == 0:
        return np.nan
    # A sum has the same bytes in whatever order people come, if they are sorted.
    ordered = np.sort(x)
    reached = np.abs(_signs(len(x)) @ ordered) >= abs(ordered.sum()) - 1e-12 * np.abs(ordered).sum()
    return float(reached.mean())


@lru_cache(maxsize=64)
def _signs(count: int) -> Array:
    """Sign patterns (patterns, people), the identity first."""
    if count <= ENUMERATED:
        negative = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
        return (1.0 - 2.0 * negative).astype(np.float64)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(DRAWN, count))
    signs[0] = 1.0
    return signs


def institution_test(found: Estimate) -> float:
    """Two-sided p of a t test over the means of institutions, each alike; NaN below 3 of them."""
    value, error = found.by_institution.value, found.alike.error
    if not np.isfinite(error):
        return np.nan
    if error == 0:
        return float(value == 0)
    return float(2 * student.sf(abs(value) / error, found.alike.freedom))


def holm(p: Array) -> Array:
    """Holm's (1979, Scand J Stat 6:65) adjusted p values; NaN stays, and does not count as a test."""
    adjusted, tested = np.full(len(p), np.nan), np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * (len(order) - np.arange(len(order)))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else steps
    return adjusted


def family(differences: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Tests of several differences that are looked at together: a row each, columns `TESTS`.

    Parameters
    ----------
    differences : one number per person, indexed by (institution, subject); NaN is left out

    `p_holm` is Holm's of the larger of `p` (sign flips) and `p_institutions`; both are NaN where a difference is only
    described. `family` counts the differences that were tested.
    """
    rows = [_tests(values) for values in differences.values()]
    table = pd.DataFrame(rows, columns=list(TESTS[:2]), index=list(differences), dtype=float)
    larger = table.max(axis=1, skipna=False).to_numpy(float)
    return table.assign(p_holm=holm(larger), family=int(np.isfinite(larger).sum()))


def _tests(values: pd.Series) -> tuple[float, float]:
    found = estimate(values)
    if found.descriptive:
        return np.nan, np.nan
    return sign_flip(values.dropna().to_numpy(float)), institution_test(found)


def detectable(found: Estimate) -> float:
    """Least true difference that people and institutions like these show with 80 % power at a level of 0.05.

    (t_0.975 + t_0.80) times the standard error of the mean over people who share institutions, each t with its
    degrees of freedom (Bloom 1995, Evaluation Review 19:547); 2.8 standard errors in many institutions. For one
    comparison: after Holm it takes more.
    """
    error, freedom = found.clustered.error, found.clustered.freedom
    return float((student.ppf(UPPER, freedom) + student.ppf(POWER, freedom)) * error)


@dataclass(frozen=True)
class Components:
    """SD between people, between seeds, and of what is left: a person by a seed."""

    people: float
    seeds: float
    residual: float


def components(seeds: pd.DataFrame) -> Components:
    """Variance components of a method's scores (people, seeds), two-way without replication, both random.

    From the mean squares: residual MS_e, people (MS_p - MS_e) / s, seeds (MS_s - MS_e) / n, not below 0 (Searle,
    Casella and McCulloch 1992, Variance Components, chapter 4). With one seed, people hold the residual, and the rest
    is NaN. Only people with a score of every seed count.
    """
    x = seeds.dropna().to_numpy(float)
    people, count = x.shape
    if people < 2 or count < 2:
        sd = float(np.std(x.mean(axis=1), ddof=1)) if people > 1 and count else np.nan
        return Components(sd, np.nan, np.nan)
    rows, columns = x.mean(axis=1), x.mean(axis=0)
    left = x - rows[:, None] - columns + x.mean()
    error = float(np.sum(left**2)) / ((people - 1) * (count - 1))
    of_people = max(float(np.var(rows, ddof=1)) - error / count, 0.0)
    of_seeds = max(float(np.var(columns, ddof=1)) - error / people, 0.0)
    return Components(*(float(np.sqrt(each)) for each in (of_people, of_seeds, error)))


@dataclass(frozen=True, eq=False)
class Ranks:
    """What a critical-difference diagram draws (Demsar 2006, JMLR 7:1).

    Parameters
    ----------
    mean : mean rank over people by method, 1 is best, best first
    people, institutions : who had a score of every method
    friedman : p that all methods rank alike
    critical_difference : of two mean ranks, Nemenyi, at 0.05; takes people for independent
    cliques : runs of methods within it, which are not told apart
    descriptive : too few people or institutions to claim anything
    """

    mean: pd.Series
    people: int
    institutions: int
    friedman: float
    critical_difference: float
    cliques: tuple[tuple[str, ...], ...]
    descriptive: bool


def ranks(people: pd.DataFrame) -> Ranks:
    """Mean ranks of methods over the people who have a score of each.

    Parameters
    ----------
    people : rows (institution, subject), columns methods, higher is better (`stats.over_seeds`); a method without any
        score is left out, then a person who lacks one
    """
    whole = people.dropna(axis=1, how="all").dropna().sort_index()
    placed = np.array([rankdata(-row) for row in whole.to_numpy(float)]).reshape(whole.shape)
    unordered = pd.Series(placed.mean(axis=0) if len(placed) else np.nan, index=whole.columns, dtype=float)
    mean = unordered.sort_values(kind="stable")
    distance = _nemenyi(*whole.shape)
    found = estimate(whole.mean(axis=1))
    return Ranks(
        mean=mean,
        people=found.people,
        institutions=found.institutions,
        friedman=_friedman(placed),
        critical_difference=distance,
        cliques=_cliques(mean, distance),
        descriptive=found.descriptive,
    )


def _friedman(placed: Array) -> float:
    """P of Friedman's chi-square of ranks (people, methods), ties taken into account."""
    people, methods = placed.shape
    if people < 2 or methods < 2:
        return np.nan
    middle = (methods + 1) / 2
    spread = float(np.sum((placed - middle) ** 2))
    if spread == 0:
        return 1.0
    statistic = (methods - 1) * people**2 * float(np.sum((placed.mean(axis=0) - middle) ** 2)) / spread
    return float(chi2.sf(statistic, methods - 1))


def _nemenyi(people: int, methods: int) -> float:
    """Critical difference of mean ranks, q_0.05 / sqrt(2) sqrt(k (k + 1) / (6 n)) (Demsar 2006, section 3.2.2)."""
    if people < 2 or methods < 2:
        return np.nan
    quantile = float(studentized_range.ppf(1 - ALPHA, methods, np.inf)) / np.sqrt(2)
    return float(quantile * np.sqrt(methods * (methods + 1) / (6 * people)))


def _cliques(mean: pd.Series, distance: float) -> tuple[tuple[str, ...], ...]:
    """The longest runs of two or more methods, best first, whose mean ranks all lie within the distance."""
    values, names = mean.to_numpy(float), [str(name) for name in mean.index]
    ends = [int(np.sum(values <= value + distance)) for value in values]
    runs = [(start, end) for start, end in enumerate(ends) if end - start > 1]
    longest = [run for run in runs if not any(a <= run[0] and run[1] <= b and (a, b) != run for a, b in runs)]
    return tuple(tuple(names[start:end]) for start, end in longest)


def pairwise(people: pd.DataFrame) -> pd.DataFrame:
    """Every two methods against each other, one family: `a`, `b`, `difference` of a to b, and `TESTS`."""
    pairs = list(combinations(people.columns, 2))
    differences = {f"{k}": people[a] - people[b] for k, (a, b) in enumerate(pairs)}
    names = pd.DataFrame(pairs, columns=["a", "b"])
    means = [float(each.mean()) for each in differences.values()]
    return names.assign(difference=means).join(family(differences).reset_index(drop=True))
