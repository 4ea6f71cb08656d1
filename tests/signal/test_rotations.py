"""Rotations keep turning evenly at another rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation, Slerp

from myoshift import signal
from myoshift.errors import DataRefused


def spin(frames, rate, axis, speed):
    """Axis-angle (T, 1, 3) of an even turn (rad/s), by its shortest vector."""
    turn = np.outer(speed * np.arange(frames) / rate, axis / np.linalg.norm(axis))
    return Rotation.from_rotvec(turn).as_rotvec()[:, None]


def apart(one, two):
    """Greatest angle (rad) between rotations."""
    first, second = (Rotation.from_rotvec(each.reshape(-1, 3)) for each in (one, two))
    return float((first.inv() * second).magnitude().max())


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 60), st.sampled_from([(60, 100), (120, 50), (100, 100), (250, 20)]), st.integers(0, 9))
def test_an_even_turn_stays_one_across_the_half_turn(frames, rates, seed):
    rate, target = rates
    axis = np.random.default_rng(seed).normal(size=3)
    found = signal.resample_rotations(spin(frames, rate, axis, 9.0), rate, target)
    assert len(found) == int((frames - 1) * target / rate + 1e-6) + 1
    assert apart(found, spin(len(found), target, axis, 9.0)) < 1e-7


def test_as_scipy_does_it_joint_by_joint():
    random = np.random.default_rng(1)
    rotations = Rotation.random(40, rng=random).as_rotvec().reshape(20, 2, 3)
    found = signal.resample_rotations(rotations, 50, 80)
    for joint in range(2):
        slerp = Slerp(np.arange(20) / 50, Rotation.from_rotvec(rotations[:, joint]))
        assert apart(found[:, joint], slerp(np.arange(len(found)) / 80).as_rotvec()) < 1e-7


def test_lengths_agree_with_those_of_signals():
    for rate, target, frames in ((120, 100, 77), (50, 100, 3), (250, 100, 501)):
        plain = signal.resample(np.zeros((frames, 1)), rate, target)
        assert len(signal.resample_rotations(np.zeros((frames, 2, 3)), rate, target)) == len(plain)


def test_gaps_stay_gaps():
    rotations = spin(11, 50, np.array([0, 0, 1.0]), 2.0)
    rotations[5] = np.nan
    found = signal.resample_rotations(rotations, 50, 100)[:, 0, 0]
    assert np.flatnonzero(np.isnan(found)).tolist() == [9, 10, 11]


@pytest.mark.parametrize(("frames", "rate", "target"), [(5, 0, 50), (5, 50, -1), (0, 50, 50)])
def test_nothing_to_resample(frames, rate, target):
    with pytest.raises(DataRefused):
        signal.resample_rotations(np.zeros((frames, 1, 3)), rate, target)
