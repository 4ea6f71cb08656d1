"""Standard errors, degrees of freedom and stretched intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from myoshift.bench import intervals


def series(x, sizes):
    place = np.repeat(np.arange(len(sizes)), sizes)
    pairs = [(f"lab{g:02d}", f"p{i:02d}") for i, g in enumerate(place)]
    return pd.Series(x, pd.MultiIndex.from_tuples(pairs, names=["institution", "subject"]))


def bias_reduced(x, sizes):
    """CR2 of an intercept and its degrees of freedom, from the hat matrix (Imbens and Kolesar 2016, section 4.2)."""
    n, g = len(x), np.repeat(np.arange(len(sizes)), sizes)
    hidden = np.eye(n) - np.full((n, n), 1 / n)
    rows, total = [], 0.0
    for k in range(len(sizes)):
        block = hidden[np.ix_(g == k, g == k)]
        values, vectors = np.linalg.eigh(block)
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        rows.append(np.ones(sizes[k]) @ root @ hidden[g == k] / n)
        total += (rows[-1] @ x) ** 2
    w = np.array(rows) @ np.array(rows).T
    return np.sqrt(total), np.trace(w) ** 2 / np.sum(w**2)


@pytest.mark.parametrize("sizes", [(10, 2, 1, 1, 1, 1, 1, 1), (3, 3, 3, 3), (5, 4, 1)])
def test_the_clustered_error_is_that_of_the_literature(sizes):
    x = np.random.default_rng(0).normal(size=sum(sizes))
    error, freedom = bias_reduced(x, sizes)
    found = intervals.estimate(series(x, sizes)).clustered
    assert (found.error, found.freedom) == pytest.approx((error, freedom))


def test_equal_institutions_have_one_degree_of_freedom_less_than_they_are():
    assert intervals.freedom((4,) * 9) == pytest.approx(8)
    assert intervals.freedom((10, 2, 1, 1, 1, 1, 1, 1)) < 3


def test_one_institution_has_the_interval_of_its_people():
    found = intervals.estimate(series(np.random.default_rng(1).normal(size=12), (12,)))
    assert found.clustered == found.alike == intervals.people_spread(np.random.default_rng(1).normal(size=12))
    width = found.by_person.high - found.by_person.low
    assert found.by_person_hierarchical.high - found.by_person_hierarchical.low == pytest.approx(width, rel=0.05)


@pytest.mark.parametrize("sizes", [(1,), (2,), (1, 1)])
def test_two_are_too_few_for_an_interval(sizes):
    found = intervals.estimate(series(np.arange(float(sum(sizes))), sizes))
    assert np.isnan(found.by_person.low)
    assert np.isnan(found.by_person_hierarchical.high)


def test_equal_values_have_an_interval_without_width():
    found = intervals.estimate(series(np.full(8, 0.3), (3, 2, 2, 1)))
    for each in (found.by_person, found.by_person_hierarchical, found.by_institution):
        assert (each.value, each.low, each.high) == pytest.approx((0.3,) * 3)


def test_no_interval_leaves_what_can_be():
    values = series([0.99, 0.98, 0.2, 0.97, 0.9, 0.99], (2, 2, 1, 1))
    assert intervals.estimate(values).by_person_hierarchical.high > 1
    assert intervals.estimate(values, (-1.0, 1.0)).by_person_hierarchical.high == 1


def test_the_order_of_people_does_not_matter():
    values = series(np.random.default_rng(2).normal(size=8), (3, 2, 2, 1))
    assert intervals.estimate(values) == intervals.estimate(values.sample(frac=1, random_state=0))


def test_a_skewed_sample_keeps_its_skew():
    x = -np.random.default_rng(3).lognormal(size=24)
    found = intervals.estimate(series(x, (3,) * 8)).by_person_hierarchical
    assert found.value - found.low > 1.1 * (found.high - found.value)
