"""Tables of methods that are alike: how often is a difference claimed?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

from myoshift.bench import inference, stats
from myoshift.bench.intervals import LEAST_UNITS

SIZES = {
    "8 / 4": (3, 2, 2, 1),
    "18 / 8": (3, 3, 2, 2, 2, 2, 2, 2),
    "18 / 8, 10 in one": (10, 2, 1, 1, 1, 1, 1, 1),
    "40 / 10": (4,) * 10,
}
METHODS, TABLES = (2, 6, 20), 2000
RESIDUAL, SHARED, SEED_SD, SEEDS = 0.03, 0.1, 0.005, 3
"""SD of a method's score in one person; of people and institutions, which all methods share; of a method's seed."""
WORLDS = ("people", "institutions", "seeds")
COLUMNS = (
    *("differences by", "people / institutions", "methods", "tables"),
    *("p", "p_institutions", "any: p after Holm", "any: p_holm", "any: claimed"),
)


def scores(random, sizes, methods, world):
    """One number per person and method (N, methods), mean over seeds; no method is better than another.

    `people`: what differs between methods differs from person to person, seeds are shared. `institutions`: half of
    its variance is an institution's. `seeds`: every method has seeds of its own, which move everybody.
    """
    place = np.repeat(np.arange(len(sizes)), sizes)
    common = random.normal(0, SHARED, len(place)) + random.normal(0, SHARED, len(sizes))[place]
    own, seeds = random.normal(0, RESIDUAL, (len(place), methods)), random.normal(0, SEED_SD, (SEEDS, 1))
    if world == "institutions":
        own = np.sqrt(0.5) * (own + random.normal(0, RESIDUAL, (len(sizes), methods))[place])
    if world == "seeds":
        seeds = random.normal(0, SEED_SD, (SEEDS, methods))
    return common[:, None] + own + seeds.mean(axis=0)


def differences(table, sizes):
    """Of each method to the first: a series by (institution, subject)."""
    place = np.repeat(np.arange(len(sizes)), sizes)
    who = [(f"lab{g:02d}", f"p{i:02d}") for i, g in enumerate(place)]
    index = pd.MultiIndex.from_tuples(who, names=["institution", "subject"])
    return {str(m): pd.Series(table[:, m] - table[:, 0], index) for m in range(1, table.shape[1])}


def p_values(d, sizes):
    """What `inference.family` gives of differences (people, comparisons), all of the same people, many at once."""
    ordered, place = np.sort(d, axis=0), np.repeat(np.arange(len(sizes)), sizes)
    bar = np.abs(ordered.sum(axis=0)) - 1e-12 * np.abs(ordered).sum(axis=0)
    flipped = (np.abs(inference._signs(len(d)) @ ordered) >= bar).mean(axis=0)
    means = np.stack([d[place == g].mean(axis=0) for g in range(len(sizes))])
    assert len(means) >= LEAST_UNITS
    error = means.std(axis=0, ddof=1) / np.sqrt(len(means))
    return flipped, 2 * t.sf(np.abs(means.mean(axis=0)) / error, len(means) - 1)


def claimed(table, sizes, adjusted):
    """Whether any verdict is more than "no difference shown"."""
    if adjusted.min() >= inference.ALPHA:
        return False
    d = differences(table, sizes)
    chosen = [name for name, p in zip(d, adjusted, strict=True) if p < inference.ALPHA]
    told = [stats.verdict(stats.estimate(d[name]), 0.0) for name in chosen]
    return any(verdict in ("better", "worse") for verdict in told)


def row(sizes, methods, world, tables=TABLES):
    """Shares of tables: the first comparison alone at 0.05; any comparison of the family."""
    random, found = np.random.default_rng([sum(sizes), len(sizes), methods, WORLDS.index(world)]), []
    for _ in range(tables):
        table = scores(random, sizes, methods, world)
        people, places = p_values(table[:, 1:] - table[:, :1], sizes)
        alone, both = inference.holm(people), inference.holm(np.maximum(people, places))
        single = [people[0] < inference.ALPHA, places[0] < inference.ALPHA]
        joint = [alone.min() < inference.ALPHA, both.min() < inference.ALPHA, claimed(table, sizes, both)]
        found.append([*single, *joint])
    return [f"{share:.3f}" for share in np.mean(found, axis=0)]


def rows(tables=TABLES):
    for world in WORLDS:
        for name, sizes in SIZES.items():
            for methods in METHODS:
                yield [world, name, methods, tables, *row(sizes, methods, world, tables)]
