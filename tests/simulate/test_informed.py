"""Columns that a simulation adds to a motion: what they say, when they are missing, how often they are made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import anatomy
from myoshift.predictor import Problem
from myoshift.simulate import informed as module
from myoshift.simulate import twins
from myoshift.simulate.informed import informed
from simulate.fakes import simulator
from simulate.motions import knee_recording

KNEE = ("knee_angle", "moment_knee_angle")


def column(recording, name):
    return recording.motion[:, recording.motion_names.index(name)]


@pytest.fixture
def simulations(monkeypatch):
    """The recordings that were simulated, without a muscle being moved."""
    made = []

    def quick(recording, *_, **__):
        made.append(recording)
        return simulator(recording, twins.Objective())

    monkeypatch.setattr(twins, "simulation", quick)
    module._columns.cache_clear()
    yield made
    module._columns.cache_clear()


def test_the_posture_turns_the_moment_of_a_knee_that_moves_alike():
    standing, sitting = (
        column(informed(knee_recording(posture, seconds=2.0), KNEE), "moment_knee_angle_r")
        for posture in ("thigh vertical", "thigh horizontal")
    )
    assert (standing > 0.03).all()
    assert (sitting < -0.03).all()


def test_moments_of_a_walk_are_those_of_the_simulation():
    walk = replace(make_walk(seconds=1.5), mass=62.0, height=1.7)
    found, told = twins.simulation(walk), informed(walk, ("moment_hip_flexion", "simulated_soleus"))
    assert np.isfinite(found.moments).all()
    for side in "rl":
        wanted = found.moments[:, found.moment_names.index(f"hip_flexion_{side}")] / 62.0
        np.testing.assert_allclose(column(told, f"moment_hip_flexion_{side}"), wanted, atol=1e-5)
        wanted = found.activation[:, found.names.index(f"soleus_{side}")]
        np.testing.assert_allclose(column(told, f"simulated_soleus_{side}"), wanted, atol=1e-6)


def test_segments_are_inclined_as_the_angles_add_up():
    sitting = knee_recording("thigh horizontal", seconds=1.0)
    told = informed(sitting, ("gravity_thigh", "gravity_shank"))
    np.testing.assert_allclose(column(told, "gravity_thigh_r"), np.pi / 2, atol=1e-5)
    np.testing.assert_allclose(column(told, "gravity_shank_r"), np.pi / 2 - sitting.motion[:, 0], atol=1e-5)


def test_fibres_are_as_long_as_the_joints_make_them_and_change_accordingly():
    told = informed(knee_recording("thigh vertical"), ("length_bfsh", "velocity_bfsh", "length_vasint"))
    knee, flexor, extensor = (column(told, f"{name}_r") for name in ("knee_angle", "length_bfsh", "length_vasint"))
    assert np.corrcoef(knee, flexor)[0, 1] < -0.9
    assert np.corrcoef(knee, extensor)[0, 1] > 0.9
    change = np.gradient(flexor.astype(float)) * 50
    np.testing.assert_allclose(column(told, "velocity_bfsh_r")[20:-20], change[20:-20], atol=0.05)


def test_the_same_motion_is_simulated_once(simulations):
    problem, recording = Problem(KNEE, ("vastus_medialis",), 50.0), knee_recording("thigh vertical")
    for each in (recording, replace(recording, motion=recording.motion.copy()), recording.hidden()):
        problem.legs([each])
    assert len(simulations) == 1
    problem.legs([replace(recording, mass=50.0)])
    problem.legs([replace(recording, segment_orientation="thigh horizontal")])
    problem.legs([replace(recording, motion=recording.motion + np.float32(0.01))])
    assert len(simulations) == 4


def test_nothing_is_simulated_for_what_is_there_or_not_wanted(simulations):
    recording = knee_recording("thigh vertical")
    assert informed(recording, ("knee_angle", "contralateral_hip_flexion")) is recording
    told = informed(recording, KNEE)
    assert informed(told, KNEE) is told
    more = informed(told, (*KNEE, "moment_ankle_angle"))
    assert [list(each.motion_names) for each in simulations] == [["knee_angle_r"]] * 2
    assert more.motion_names[-2:] == ("moment_ankle_angle_r", "moment_ankle_angle_l")


def test_where_the_simulation_is_refused_the_leg_still_counts():
    short = knee_recording("thigh vertical", seconds=0.3)
    (leg,) = Problem((*KNEE, "length_bfsh", "gravity_shank"), ("vastus_medialis",), 50.0).legs([short])
    np.testing.assert_array_equal(leg.motion[:, 0], short.motion[:, 0])
    assert np.isnan(leg.motion[:, 1:]).all()
    assert leg.recording is short


def test_a_load_that_is_not_in_the_model_leaves_posture_and_fibres_alone(simulations):
    lifted = replace(knee_recording("thigh vertical"), external_load=2.0)
    told = informed(lifted, ("moment_knee_angle", "simulated_vastus_medialis", "length_bfsh"))
    assert np.isnan(column(told, "moment_knee_angle_r")).all()
    assert np.isnan(column(told, "simulated_vastus_medialis_r")).all()
    assert np.isfinite(column(told, "length_bfsh_r")).all()
    assert not simulations


def test_a_leg_that_was_not_measured_and_frames_without_motion_say_nothing(simulations):
    recording = knee_recording("thigh vertical")
    motion = recording.motion.copy()
    motion[:30] = np.nan
    told = informed(replace(recording, motion=motion), KNEE)
    assert np.isnan(column(told, "moment_knee_angle_l")).all()
    assert np.isnan(column(told, "moment_knee_angle_r")[:30]).all()
    assert np.isfinite(column(told, "moment_knee_angle_r")[30:]).all()


def test_moments_that_no_muscles_give_are_bridged_or_left_out(monkeypatch, simulations):
    def odd(share):
        found = simulator(knee_recording(None), twins.Objective())
        moments = found.moments.copy()
        moments[: round(share * len(moments))] = 1e4
        return lambda *_: replace(found, moments=moments)

    few, most = knee_recording("thigh vertical"), knee_recording("thigh horizontal")
    monkeypatch.setattr(twins, "simulation", odd(0.1))
    np.testing.assert_allclose(column(informed(few, KNEE), "moment_knee_angle_r"), 1 / 75, rtol=1e-5)
    monkeypatch.setattr(twins, "simulation", odd(0.7))
    assert np.isnan(column(informed(most, KNEE), "moment_knee_angle_r")).all()


def test_in_the_mirror_the_legs_are_exchanged_and_no_sign_turns(simulations):
    told = informed(make_walk(seconds=2.0), ("moment_hip_adduction",))
    mirrored = anatomy.mirror(told)
    np.testing.assert_array_equal(column(mirrored, "moment_hip_adduction_l"), column(told, "moment_hip_adduction_r"))
