"""Populations whose mean is known: how often do the intervals hold it?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from myoshift.bench import intervals

SIZES = {
    "8 / 4": (3, 2, 2, 1),
    "15 / 4": (9, 4, 1, 1),
    "27 / 5": (10, 8, 5, 3, 1),
    "18 / 8": (3, 3, 2, 2, 2, 2, 2, 2),
    "18 / 8, 10 in one": (10, 2, 1, 1, 1, 1, 1, 1),
    "40 / 10": (8, 7, 6, 5, 4, 3, 3, 2, 1, 1),
}
NAMES = ("by_person", "by_person_hierarchical", "by_institution")
TABLES = 1000
TAIL = 0.75
"""SD of the logarithm of a population with a long tail."""
COLUMNS = (
    *("population", "people / institutions", "tables"),
    *(f"{kind}, {name}" for kind in ("percentiles", "stretched") for name in NAMES),
    "degrees of freedom",
)


def normal(share):
    """People of institutions (`share` of the variance is the institutions'), mean 0."""

    def draw(random, place):
        own = random.normal(size=len(place)) * np.sqrt(1 - share)
        return own + random.normal(size=place[-1] + 1)[place] * np.sqrt(share)

    return draw, 0.0


def lognormal(share):
    """The same with long tails below, as r has near 1; mean 0."""
    mean, sd = np.exp(TAIL**2 / 2), np.sqrt(np.exp(TAIL**2) * (np.exp(TAIL**2) - 1))

    def tailed(random, count):
        return (mean - random.lognormal(0, TAIL, count)) / sd

    def draw(random, place):
        own, among = tailed(random, len(place)), tailed(random, place[-1] + 1)[place]
        return own * np.sqrt(1 - share) + among * np.sqrt(share)

    return draw, 0.0


def resampled(values):
    """Laboratories drawn from (laboratories, people) with replacement, people from each likewise."""

    def draw(random, place):
        drawn = random.integers(len(values), size=place[-1] + 1)
        return values[drawn[place], random.integers(values.shape[1], size=len(place))]

    return draw, float(values.mean())


def populations(virtual):
    """Normal ones, and r of virtual people: of two methods, and their difference.

    Parameters
    ----------
    virtual : `docs/results/virtual_r.csv`; laboratories keep as many people as the smallest has
    """
    groups = [group for _, group in virtual.groupby("institution")]
    least = min(map(len, groups))
    r = {name: np.stack([g[name].to_numpy()[:least] for g in groups]) for name in ("knn", "ridge")}
    return {
        **{f"normal, {share:.0%} between institutions": normal(share) for share in (0.0, 0.3, 0.7)},
        "lognormal, 30% between institutions": lognormal(0.3),
        **{f"virtual laboratories, r of {name}": resampled(values) for name, values in r.items()},
        "virtual laboratories, knn - ridge": resampled(r["knn"] - r["ridge"]),
    }


def row(population, sizes, tables=TABLES):
    """Shares of tables whose interval holds the mean: plain percentiles of the bootstraps, then the intervals."""
    draw, mean = population
    random, place = np.random.default_rng(sum(sizes) + len(sizes)), np.repeat(np.arange(len(sizes)), sizes)
    who = [(f"lab{g:02d}", f"p{i:02d}") for i, g in enumerate(place)]
    index = pd.MultiIndex.from_tuples(who, names=["institution", "subject"])
    weights, held = intervals._weights(tuple(index.get_level_values(0))), []
    for _ in range(tables):
        x = draw(random, place)
        plain = [np.percentile(w @ x, [2.5, 97.5]) for w in vars(weights).values()]
        found = intervals.estimate(pd.Series(x, index))
        stretched = [(each.low, each.high) for each in (getattr(found, name) for name in NAMES)]
        held.append([low <= mean <= high for low, high in (*plain, *stretched)])
    return [*(f"{share:.3f}" for share in np.mean(held, axis=0)), f"{intervals.freedom(sizes):.1f}"]


def rows(virtual, tables=TABLES):
    for name, population in populations(virtual).items():
        for design, sizes in SIZES.items():
            yield [name, design, tables, *row(population, sizes, tables)]
