"""Sums over the samples that both signals have."""

from __future__ import annotations

import numpy as np

from myoshift.metrics.sums import moments, over, valid


def test_sums_are_of_the_samples_that_both_have():
    predicted, measured = np.array([[1.0], [np.nan], [3.0], [9.0]]), np.array([[2.0], [1.0], [4.0], [np.nan]])
    p, y, there = valid(predicted, measured)
    np.testing.assert_array_equal(p[:, 0], [1, 0, 3, 0])
    np.testing.assert_array_equal(y[:, 0], [2, 0, 4, 0])
    np.testing.assert_array_equal(there[:, 0], [True, False, True, False])
    assert [float(each[0]) for each in moments(predicted, measured)] == [2, 2, 2, 2]


def test_rounding_does_not_make_a_constant_vary():
    values = np.full((1000, 1), 0.1) + 1e-9 * np.random.default_rng(0).random((1000, 1))
    assert moments(values, values).pp == 0.0


def test_nothing_is_divided_by_nothing():
    np.testing.assert_array_equal(over(np.array([1.0, 2.0]), np.array([0.0, 4.0])), [np.nan, 0.5])
