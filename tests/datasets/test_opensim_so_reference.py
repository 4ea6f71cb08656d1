"""The gate on simulated labels: what a reserve actuator carries is no muscle's work."""

from __future__ import annotations

import numpy as np

from myoshift.datasets.base import table
from myoshift.datasets.opensim_so_reference import RESERVE, gated


def labels(reserve):
    rows = len(reserve)
    values = np.column_stack([np.linspace(0.1, 0.9, rows), np.full(rows, 0.5), reserve])
    return table(values, ("soleus_r", "tibant_r", "reserve_jointset_hip_r"), "1", 100.0)


def test_frames_that_a_reserve_carries_are_missing_in_every_column():
    """As in a solution whose residuals are bounded, where a reserve does up to 48 N m."""
    stated = labels(np.array([0.0, RESERVE, -RESERVE, RESERVE + 0.1, -48.0, 1.0]))
    found, flags = gated(stated)
    bad = [False, False, False, True, True, False]
    np.testing.assert_array_equal(np.isnan(found.values).all(axis=1), bad)
    np.testing.assert_array_equal(np.isnan(found.values).any(axis=1), bad)
    np.testing.assert_array_equal(found.values[:3], stated.values[:3])
    (flag,) = flags
    assert (flag.code, flag.message) == ("reserve", "a reserve does more than 5 N m in 2 of 6 frames")


def test_labels_whose_reserves_are_idle_pass_untouched():
    stated = labels(np.linspace(-1, 1, 6))
    found, flags = gated(stated)
    np.testing.assert_array_equal(found.values, stated.values)
    assert flags == ()


def test_only_reserves_are_looked_at():
    stated = table(np.array([[9.0, 0.1], [8.0, 0.2]]), ("soleus_r", "tibant_r"), "1", 100.0)
    found, flags = gated(stated)
    assert np.isfinite(found.values).all()
    assert flags == ()
