"""Recordings with force plates, to activations."""

import numpy as np
import pytest

from myoshift.deploy import read_motion
from myoshift.errors import DataRefused
from myoshift.simulate.loads import read_plates
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.recording import simulate_recording
from simulate.laboratories import person, write_forces, write_motion


@pytest.fixture
def laboratory(tmp_path):
    def read(*, names=COORDINATES, **options):
        motion = write_motion(tmp_path / "motion.mot", names=names)
        plates = read_plates(write_forces(tmp_path / "forces.mot", **options))
        return read_motion(motion, 100.0, angle_unit="rad"), plates

    return read


def test_measured_forces_say_what_was_found(laboratory):
    recording, plates = laboratory()
    measured, found = (simulate_recording(recording, person(), plates=each) for each in (plates, None))
    there = measured.simulation.feasible & found.simulation.feasible
    assert there.mean() > 0.9
    difference = measured.simulation.activation[there] - found.simulation.activation[there]
    assert np.sqrt(np.mean(difference**2)) < 0.03
    assert measured.measured == frozenset(COORDINATES)


def test_feet_are_found_by_their_pressure(laboratory):
    named, unnamed = laboratory(), laboratory(labels=("1_ground_force_", "2_ground_force_"))
    first, second = (simulate_recording(each[0], person(), plates=each[1]) for each in (named, unnamed))
    np.testing.assert_allclose(first.simulation.activation, second.simulation.activation)


def test_exchanged_feet_are_refused(laboratory):
    recording, plates = laboratory(labels=("ground_force_l_", "ground_force_r_"))
    with pytest.raises(DataRefused, match=r"the left foot is not on its force plate.*name the right foot"):
        simulate_recording(recording, person(), plates=plates)


def test_motion_is_cut_to_the_forces(laboratory):
    recording, plates = laboratory(shift=0.5)
    with pytest.raises(DataRefused, match="is not on its force plate"):
        simulate_recording(recording, person(), plates=plates)
    found = simulate_recording(recording.window(0, 300), person(), plates=laboratory()[1])
    assert len(found.recording.motion) == 300


def test_frames_beside_the_plates_are_not_feasible(laboratory):
    def left_foot_unmeasured(values):
        values = values.copy()
        values[150:, 9:] = 0.0
        return values

    recording, plates = laboratory(change=left_foot_unmeasured)
    found = simulate_recording(recording, person(), plates=plates).simulation
    assert found.feasible[:130].mean() > 0.9
    assert found.feasible[160:].mean() < 0.8
    assert any("a foot beside its plate" in flag.message for flag in found.flags)
    assert np.isnan(found.activation[~found.feasible]).all()


def test_forces_need_a_pelvis_that_was_measured(laboratory):
    names = tuple(name for name in COORDINATES if name != "pelvis_tx")
    recording, plates = laboratory(names=names)
    with pytest.raises(DataRefused, match=r"where the pelvis is, and forces act at places .*pelvis_tx"):
        simulate_recording(recording, person(), plates=plates)


def test_a_gap_of_the_motion_stays_a_gap(laboratory):
    recording, _ = laboratory()
    recording.motion[140:150] = np.nan
    found = simulate_recording(recording, person()).simulation
    assert not found.feasible[140:150].any()
    assert np.isnan(found.moments[140:150]).all()
    assert np.isfinite(found.moments[:140]).all()
