import numpy as np

from myoshift.simulate.ground import GRAVITY
from myoshift.simulate.movements import Movement
from myoshift.simulate.posture import complete
from myoshift.simulate.travel import below, smoothed
from simulate.gaits import RATE, SAGITTAL, acceleration, columns, one, walk


def test_a_walk_travels_at_the_speed_at_which_its_feet_rest():
    motion = walk(speed=(0.43, 0.43))
    speed = np.polyfit(np.arange(600) / RATE, one(motion, "pelvis_tx"), 1)[0]
    assert abs(speed - 0.43 * np.sqrt(GRAVITY * 0.53 * 1.70)) < 0.15


def test_the_pelvis_of_a_walk_moves_as_a_pelvis_does():
    motion = walk()
    rise, sway = (np.ptp(one(motion, name)[100:-100]) for name in ("pelvis_ty", "pelvis_tz"))
    assert 0.02 < rise < 0.07
    assert 0.02 < sway < 0.07
    for axis, most in (("pelvis_tx", 4.0), ("pelvis_ty", 6.0), ("pelvis_tz", 2.0)):
        assert np.abs(acceleration(motion, axis)).max() < most


def test_a_run_flies():
    motion = Movement(kind="run", speed=(0.95, 0.95), variability=0.0).motion(6.0, RATE)
    assert acceleration(motion, "pelvis_ty").min() < -0.5 * GRAVITY


def test_a_pelvis_that_other_axes_tilt_is_a_matter_of_the_zero_of_the_hip():
    motion = walk()
    angles = columns(motion, SAGITTAL)
    leant = angles + np.radians(12) * np.array([name.startswith("hip") for name in SAGITTAL])
    plain, moved = (complete(x, SAGITTAL, RATE)[0].motion for x in (angles, leant))
    assert [flag.code for flag in moved.flags].count("hip_zero") == 1
    assert abs(np.degrees(one(moved, "pelvis_tilt").mean())) < 6
    np.testing.assert_allclose(one(plain, "hip_flexion_r"), one(moved, "hip_flexion_r"), atol=np.radians(8))


def test_a_treadmill_is_walked_along():
    motion = walk()
    names = (*SAGITTAL, "pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz")
    values = columns(motion, names)
    mean = np.polyfit(np.arange(len(values)) / RATE, one(motion, "pelvis_tx"), 1)[0]
    values[:, names.index("pelvis_tx")] -= mean * np.arange(len(values)) / RATE
    found = complete(values, names, RATE)[0].motion
    assert "treadmill" in [flag.code for flag in found.flags]
    assert abs(one(found, "pelvis_tx")[-1] - one(motion, "pelvis_tx")[-1]) < 0.5
    assert "treadmill" not in [flag.code for flag in complete(columns(motion, names), names, RATE)[0].motion.flags]


def test_a_smooth_curve_goes_straight_where_no_target_counts():
    targets = np.stack([np.arange(200.0), np.full(200, 7.0)], axis=1)
    weights = np.zeros((200, 2))
    weights[:60, 0] = weights[140:, 0] = 1.0
    np.testing.assert_allclose(smoothed(targets, weights, 100.0, 2.0), np.arange(200.0), atol=0.01)


def test_a_cut_off_beyond_the_rate_keeps_all_that_can_be_kept():
    values = np.sin(np.arange(100) / 10)
    np.testing.assert_allclose(below(values, 10.0, 50.0), values, atol=0.01)
