"""Means over people and over institutions, with bootstrap intervals that hold in few and unequal institutions.

The draws of a bootstrap over few units spread too little, and are compared with a normal distribution where a t is
due (Hesterberg 2015, The American Statistician 69:371, section 4.1). Their deviations from the mean are therefore
stretched by one factor, so that z times their SD is t times the standard error of a mean whose units are independent:

* people: SD / sqrt(n), n - 1 degrees of freedom;
* people in institutions: the bias-reduced standard error of Bell and McCaffrey (2002, Survey Methodology 28:169), CR2
  of a mean, SE^2 = sum_g E_g^2 / (1 - n_g / N) / N^2 with E_g the sum of the residuals of institution g, and the
  degrees of freedom of Satterthwaite, (tr W)^2 / tr W^2, W_gh = (1{g = h} n_g - n_g n_h / N) / (c_g c_h N^2),
  c_g = sqrt(1 - n_g / N) (Imbens and Kolesar 2016, Review of Economics and Statistics 98:701);
* institutions alike: SD of their means / sqrt(G), G - 1 degrees of freedom.

The draws keep their part: the skew of the interval. `docs/statistics.md` has the coverage of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.stats import t as student

from myoshift.types import Array

DRAWS = 10_000
LEAST_PEOPLE, LEAST_INSTITUTIONS = 6, 4
LEAST_UNITS = 3
"""Fewer independent people or institutions give no interval."""
UPPER, Z = 0.975, 1.959964


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """Standard error of a mean, and the degrees of freedom of the t distribution that it is compared with."""

    error: float
    freedom: float

    @property
    def half_width(self) -> float:
        """Of a symmetric 95 % interval."""
        return float(student.ppf(UPPER, self.freedom)) * self.error


NOTHING = Spread(np.nan, np.nan)


@dataclass(frozen=True)
class Estimate:
    """Means over people and over institutions, each with the intervals that go with it.

    `clustered` and `alike` are the standard errors behind `by_person_hierarchical` and `by_institution`.
    """

    people: int
    institutions: int
    by_person: Interval
    by_person_hierarchical: Interval
    by_institution: Interval
    clustered: Spread
    alike: Spread

    @property
    def descriptive(self) -> bool:
        """Too few people or institutions to claim anything."""
        return self.people < LEAST_PEOPLE or self.institutions < LEAST_INSTITUTIONS


def estimate(values: pd.Series, within: tuple[float, float] = (-np.inf, np.inf)) -> Estimate:
    """Means and intervals of one number per person.

    Parameters
    ----------
    values : indexed by (institution, subject); NaN is left out
    within : what the number can be; no interval leaves it

    With one institution the intervals are those over its people, and say nothing of another one.
    """
    known = values.dropna().sort_index()
    institutions = tuple(known.index.get_level_values("institution"))
    x, weights = known.to_numpy(float), _weights(institutions)
    count, sizes = len(x), _sizes(institutions)
    plain, equal = np.full(count, 1 / max(count, 1)), _equal(institutions)
    person = people_spread(x)
    clustered, alike = (person, person) if len(sizes) == 1 else (_clustered(x, institutions), _alike(x, institutions))
    return Estimate(
        people=count,
        institutions=len(sizes),
        by_person=_interval(x, plain, weights.person, person, within),
        by_person_hierarchical=_interval(x, plain, weights.hierarchical, clustered, within),
        by_institution=_interval(x, equal, weights.institution, alike, within),
        clustered=clustered,
        alike=alike,
    )


def people_spread(x: Array) -> Spread:
    """Standard error of a mean over independent people."""
    if len(x) < LEAST_UNITS:
        return NOTHING
    return Spread(float(np.std(x, ddof=1)) / np.sqrt(len(x)), len(x) - 1)


def _clustered(x: Array, institutions: tuple[str, ...]) -> Spread:
    """Standard error of a mean over people who share institutions: CR2, Bell and McCaffrey's degrees of freedom."""
    sizes = _sizes(institutions)
    if len(sizes) < LEAST_UNITS:
        return NOTHING
    shares, total = np.array(list(sizes.values())) / len(x), _sums(x - x.mean(), institutions)
    error = float(np.sqrt(np.sum(total**2 / (1 - shares)))) / len(x)
    return Spread(error, freedom(tuple(sizes.values())))


@lru_cache(maxsize=256)
def freedom(sizes: tuple[int, ...]) -> float:
    """Degrees of freedom of the clustered standard error: G - 1 for equal institutions, less for unequal ones."""
    n = np.array(sizes, float)
    scale = np.sqrt(1 - n / n.sum())
    w = (np.diag(n) - np.outer(n, n) / n.sum()) / np.outer(scale, scale)
    return float(np.trace(w) ** 2 / np.sum(w**2))


def _alike(x: Array, institutions: tuple[str, ...]) -> Spread:
    """Standard error of a mean over institutions."""
    return people_spread(_sums(x, institutions) / np.array(list(_sizes(institutions).values())))


def _sizes(institutions: Sequence[str]) -> dict[str, int]:
    """Number of people of each institution, by name."""
    return {name: institutions.count(name) for name in sorted(set(institutions))}


def _sums(x: Array, institutions: Sequence[str]) -> Array:
    """Sum of each institution, by name."""
    places = np.array(institutions)
    return np.array([x[places == name].sum() for name in sorted(set(institutions))])


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
    counts = _sizes(institutions)
    return np.array([1 / (len(counts) * counts[name]) for name in institutions])


def _interval(x: Array, plain: Array, drawn: Array, spread: Spread, within: tuple[float, float]) -> Interval:
    """Mean and interval: percentiles of the draws, stretched about the mean to the spread; none without a spread."""
    if len(x) == 0:
        return Interval(np.nan, np.nan, np.nan)
    value = float(plain @ x)
    if not np.isfinite(spread.error):
        return Interval(value, np.nan, np.nan)
    means = drawn @ x
    sd = float(means.std())
    # Of equal values nothing is left but rounding.
    stretch = spread.half_width / (Z * sd) if sd > 1e-12 else 0.0
    low, high = value + stretch * (np.percentile(means, [2.5, 97.5]) - value)
    return Interval(value, float(max(low, within[0])), float(min(high, within[1])))


def bracket(low: float, high: float, digits: str = ".2f") -> str:
    """`[0.53, 0.72]` for a table, nothing where there is no interval."""
    return f"[{low:{digits}}, {high:{digits}}]" if np.isfinite(low) and np.isfinite(high) else ""
