"""Tests, ranks and components against references: scipy, tiny definitions, what theory gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, permutation_test, t, ttest_1samp

from myoshift.bench import inference
from myoshift.bench.intervals import estimate

SIZES = (3, 2, 2, 1)


def index(sizes=SIZES):
    place = np.repeat(np.arange(len(sizes)), sizes)
    pairs = [(f"lab{g:02d}", f"p{i:02d}") for i, g in enumerate(place)]
    return pd.MultiIndex.from_tuples(pairs, names=["institution", "subject"])


def drawn(seed, columns=1, sizes=SIZES, shift=0.0):
    random = np.random.default_rng(seed)
    names = [f"m{k}" for k in range(columns)]
    return pd.DataFrame(random.normal(shift, 1, (sum(sizes), columns)), index(sizes), names)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1, 1).map(lambda x: round(x, 2)), min_size=2, max_size=9))
def test_sign_flips_equal_scipy(values):
    x = np.array(values)
    found = permutation_test(
        (x, np.zeros_like(x)), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=np.inf
    )
    assert inference.sign_flip(x) == pytest.approx(found.pvalue, abs=1e-12)


def test_many_people_are_drawn_and_come_near_the_t_test():
    x = np.random.default_rng(3).normal(0.4, 1, 30)
    p = inference.sign_flip(x)
    assert p == pytest.approx(ttest_1samp(x, 0).pvalue, abs=0.01)
    assert round(p * inference.DRAWN) == pytest.approx(p * inference.DRAWN)
    assert inference.sign_flip(np.full(30, 1.0)) == 1 / inference.DRAWN


def test_no_difference_at_all_has_a_p_of_one():
    assert inference.sign_flip(np.zeros(8)) == 1.0
    assert np.isnan(inference.sign_flip(np.zeros(0)))
    assert inference.institution_test(estimate(pd.Series(0.0, index()))) == 1.0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_is_its_definition(values):
    """The least p times n, the next times n - 1, ..., never below one before, at most 1."""
    expected, highest = {}, 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        highest = max(highest, min(1.0, (len(values) - rank) * values[place]))
        expected[place] = highest
    assert inference.holm(np.array(values)) == pytest.approx([expected[k] for k in range(len(values))])


def test_holm_leaves_out_what_was_not_tested():
    found = inference.holm(np.array([0.01, np.nan, 0.04]))
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(found[1])


def test_a_family_is_the_same_in_any_order_and_again():
    table = drawn(1, 4, (5, 4, 4, 3, 2), shift=0.5)
    first = inference.family(dict(table.items()))
    mixed = table.sample(frac=1, random_state=0)[["m2", "m0", "m3", "m1"]]
    again = inference.family(dict(mixed.items())).loc[first.index]
    pd.testing.assert_frame_equal(first, again, check_exact=False, rtol=1e-12)
    assert list(first.columns) == list(inference.TESTS)
    larger = first[["p", "p_institutions"]].max(axis=1).to_numpy()
    assert first["p_holm"].to_numpy() == pytest.approx(inference.holm(larger))
    assert set(first["family"]) == {4}


def test_what_is_only_described_is_not_tested_and_does_not_count():
    table = drawn(2, 2)
    table.loc[table.index[:3], "m1"] = np.nan
    found = inference.family(dict(table.items()))
    assert found.loc["m1", ["p", "p_institutions", "p_holm"]].isna().all()
    assert set(found["family"]) == {1}
    assert inference.family({}).empty


def test_institutions_are_tested_by_their_means():
    values = drawn(4, sizes=(4, 2, 1, 1, 3))["m0"] + 0.3
    means = values.groupby(level="institution").mean()
    assert inference.institution_test(estimate(values)) == pytest.approx(ttest_1samp(means, 0).pvalue)


def test_what_is_detectable_is_2_8_standard_errors_in_many_institutions_and_more_in_few():
    many, few = (estimate(drawn(5, sizes=(1,) * count)["m0"]) for count in (400, 4))
    assert inference.detectable(many) == pytest.approx(2.8 * many.clustered.error, rel=0.01)
    assert inference.detectable(few) > 4 * few.clustered.error
    assert np.isnan(inference.detectable(estimate(pd.Series([1.0, 2.0], index((1, 1))))))


def test_the_detectable_difference_is_found_four_times_in_five():
    random, found, n = np.random.default_rng(6), [], 12
    shift = (t.ppf(0.975, n - 1) + t.ppf(0.8, n - 1)) / np.sqrt(n)
    found = [ttest_1samp(random.normal(shift, 1, n), 0).pvalue < 0.05 for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.04)


def test_components_find_what_was_put_in():
    random, people, seeds = np.random.default_rng(7), 400, 40
    x = random.normal(0, 0.2, (people, 1)) + random.normal(0, 0.1, seeds) + random.normal(0, 0.05, (people, seeds))
    found = inference.components(pd.DataFrame(x))
    assert found.people == pytest.approx(0.2, rel=0.1)
    assert found.seeds == pytest.approx(0.1, rel=0.3)
    assert found.residual == pytest.approx(0.05, rel=0.05)


def test_one_seed_has_people_alone():
    found = inference.components(pd.DataFrame({"a": [0.1, 0.2, 0.3]}))
    assert found.people == pytest.approx(0.1)
    assert np.isnan(found.seeds)
    assert np.isnan(found.residual)
    assert np.isnan(inference.components(pd.DataFrame({"a": [np.nan]})).people)


def test_ranks_equal_scipy_and_demsar():
    table = drawn(8, 5, (4, 4, 3, 3))
    found = inference.ranks(table)
    assert found.friedman == pytest.approx(friedmanchisquare(*table.to_numpy().T).pvalue)
    assert found.mean.sum() == pytest.approx(15)
    assert (found.people, found.institutions, found.descriptive) == (14, 4, False)
    # Demsar 2006, table 5 and the example below it: q = 2.569 for four methods, CD 1.25 for 14 data sets.
    assert inference.ranks(table[["m0", "m1", "m2", "m3"]]).critical_difference == pytest.approx(1.25, abs=0.005)


def test_best_is_first_ties_share_and_gaps_drop_out():
    table = pd.DataFrame({"low": [0.1] * 8, "high": [0.9] * 8, "same": [0.9] * 8, "none": [np.nan] * 8}, index())
    table.loc[table.index[0], "low"] = np.nan
    found = inference.ranks(table)
    assert found.mean.to_dict() == {"high": 1.5, "same": 1.5, "low": 3.0}
    assert found.people == 7
    assert inference.ranks(table[["high", "same"]]).friedman == 1.0


def test_cliques_are_the_longest_runs_within_the_critical_difference():
    mean = pd.Series({"a": 1.0, "b": 1.5, "c": 2.2, "d": 4.0})
    assert inference._cliques(mean, 0.8) == (("a", "b"), ("b", "c"))
    assert inference._cliques(mean, 3.0) == (("a", "b", "c", "d"),)
    assert inference._cliques(mean, 0.1) == ()


def test_nobody_has_no_ranks():
    found = inference.ranks(pd.DataFrame({"a": [np.nan]}, index((1,))))
    assert found.people == 0
    assert np.isnan(found.friedman)
    assert np.isnan(found.critical_difference)


def test_pairs_are_one_family():
    table = drawn(9, 3)
    found = inference.pairwise(table)
    assert list(zip(found["a"], found["b"], strict=True)) == [("m0", "m1"), ("m0", "m2"), ("m1", "m2")]
    assert found["difference"].to_numpy() == pytest.approx(
        [(table[a] - table[b]).mean() for a, b in found[["a", "b"]].to_numpy()]
    )
    assert set(found["family"]) == {3}
