"""Recordings of a leg, end to end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conftest import make_walk
from myoshift.bench.traces import Pair, Trace


def trace(*recordings):
    pairs = [Pair(each, "r", each.activation[:, :2], each.activation[:, :2]) for each in recordings]
    return Trace(tuple(pairs), 50.0)


def test_recordings_are_half_a_second_apart_and_can_be_taken_apart_again():
    first, second = make_walk(seconds=4.0), make_walk(seconds=6.0, seed=1)
    joined = trace(first, second)
    assert joined.measured.shape == (4 * 50 + 25 + 6 * 50, 2)
    assert np.isnan(joined.measured[200:225]).all()
    np.testing.assert_array_equal(np.isnan(joined.number), np.isnan(joined.measured[:, 0]))
    for part, recording in zip(joined.apart(joined.predicted), (first, second), strict=True):
        np.testing.assert_array_equal(part, recording.activation[:, :2])


def test_a_walk_has_a_phase_and_a_still_leg_none():
    walk = make_walk(seconds=6.0)
    still = replace(walk, motion=np.zeros_like(walk.motion))
    without = replace(walk, motion_names=tuple(f"x{name}" for name in walk.motion_names))
    found = trace(walk, still, without).phase
    assert np.isfinite(found[:300]).mean() > 0.8
    assert np.isnan(found[300:]).all()
