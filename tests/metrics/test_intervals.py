"""Coverage and width of intervals."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import metrics

NAN = np.nan


def test_coverage_is_the_share_of_measured_frames_within_their_interval_ends_included():
    low, high = np.zeros((4, 2)), np.ones((4, 2))
    measured = np.array([[0.0, 2.0], [1.0, 0.5], [1.1, NAN], [-0.1, NAN]])
    assert metrics.coverage(low, high, measured) == pytest.approx([0.5, 0.5])


def test_frames_without_an_interval_are_left_out_and_unbounded_ones_count():
    low = np.array([[NAN], [-np.inf], [0.0]])
    high = np.array([[1.0], [np.inf], [0.1]])
    assert metrics.coverage(low, high, np.full((3, 1), 0.5)) == pytest.approx([0.5])


def test_a_muscle_without_frames_has_neither():
    nothing = np.full((3, 1), NAN)
    assert np.isnan(metrics.coverage(np.zeros((3, 1)), np.ones((3, 1)), nothing)).all()
    assert np.isnan(metrics.width(nothing, nothing)).all()


def test_width_is_the_mean_of_what_is_there():
    low = np.array([[0.0], [0.2], [NAN]])
    high = np.array([[0.5], [0.3], [1.0]])
    assert metrics.width(low, high) == pytest.approx([0.3])
