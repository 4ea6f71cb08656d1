"""The same knee angle under gravity from the other side wants the other muscles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.errors import DataRefused
from myoshift.simulate.effort import efforts
from simulate.motions import knee_recording

QUADRICEPS, HAMSTRINGS = ("recfem", "vasmed", "vaslat", "vasint"), ("bflh", "semimem", "semiten", "bfsh")


def means(effort, names):
    return np.array([effort.agonist[:, effort.names.index(name)].mean() for name in names])


@pytest.mark.parametrize(
    ("posture", "working", "resting"),
    [("thigh vertical", HAMSTRINGS, QUADRICEPS), ("thigh horizontal", QUADRICEPS, HAMSTRINGS)],
)
def test_the_posture_says_which_muscles_a_knee_angle_wants(posture, working, resting):
    effort = efforts(knee_recording(posture))["r"]
    assert means(effort, working).min() > 10 * means(effort, resting).max()


def test_no_muscle_is_wanted_for_more_than_all_the_joints_are():
    effort = efforts(knee_recording("thigh vertical"))["r"]
    assert effort.agonist.min() >= 0
    assert (effort.agonist.max(axis=1) <= effort.total + 1e-12).all()
    assert effort.agonist.shape == (len(effort.total), 40)


def test_measured_activation_has_no_say_and_gaps_stay_gaps():
    recording = make_walk()
    motion = recording.motion.copy()
    motion[:20] = np.nan
    gap = replace(recording, motion=motion)
    shown, hidden = efforts(gap), efforts(gap.hidden())
    assert set(shown) == {"r", "l"}
    np.testing.assert_array_equal(shown["l"].agonist, hidden["l"].agonist)
    assert np.isnan(shown["r"].total[:20]).all()
    assert np.isfinite(shown["r"].total[20:]).all()


def test_a_motion_without_a_leg_is_refused():
    recording = make_walk()
    trunk = replace(recording, motion=recording.motion[:, :1], motion_names=("lumbar_extension",))
    with pytest.raises(DataRefused, match="no leg has a hip, knee or ankle angle"):
        efforts(trunk)
