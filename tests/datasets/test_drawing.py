from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.datasets import drawing


def points(path):
    return np.array([[float(x), float(y)] for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path)])


@given(samples=st.integers(1, 5000), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=30)
def test_a_curve_has_at_most_1000_points_and_loses_no_peak(samples, seed):
    values = np.random.default_rng(seed).normal(size=samples)
    low, high = drawing.limits(values)
    found = points(drawing.curve(values, low, high))
    assert len(found) <= drawing.MOST_POINTS
    assert found.min() >= 0
    assert found[:, 0].max() <= drawing.WIDE
    expected = drawing.HIGH * (high - np.array([values.max(), values.min()])) / (high - low)
    np.testing.assert_allclose([found[:, 1].min(), found[:, 1].max()], expected, atol=0.051)


@pytest.mark.parametrize("samples", [100, 5000])
def test_a_curve_is_broken_at_a_gap(samples):
    values = np.linspace(0, 1, samples)
    values[samples // 4 : samples // 2] = np.nan
    path = drawing.curve(values, 0, 1)
    assert path.count("M") == 2
    assert "nan" not in path
    assert drawing.curve(np.full(samples, np.nan), 0, 1) == ""


def test_places_in_the_box():
    assert (drawing.height(1, 0, 1), drawing.height(0, 0, 1), drawing.height(9, 0, 1)) == (0, 100, 0)
    assert drawing.limits(np.array([0.0, 1.0, np.nan])) == (-0.05, 1.05)
    assert drawing.limits(np.array([np.nan])) == (0, 1)
    low, high = drawing.limits(np.array([3.0, 3.0]))
    assert low < 3 < high


def test_spans_are_where_something_was_seen():
    assert drawing.spans(np.array([True, True, False, True])) == [(0, 500), (750, 250)]
    assert drawing.spans(np.zeros(9, bool)) == []
    assert drawing.spans(np.empty(0, bool)) == []
    assert len(drawing.spans(np.arange(100_000) % 2 == 0)) == 0, "a bin with a hole was not seen"
