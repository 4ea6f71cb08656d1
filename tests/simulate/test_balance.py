import numpy as np
import torch

from myoshift.simulate.contact import foot_points
from myoshift.simulate.movements import Movement
from myoshift.simulate.posture import _embedded, complete
from myoshift.simulate.travel import centre_of_mass
from simulate.gaits import RATE, SAGITTAL, columns, one, walk

SEGMENTS = _embedded(1.70)


def _beside(motion):
    """How far the centre of mass is before the midst of the lower foot, (T,) m."""
    q = torch.from_numpy(motion.values)
    points = foot_points(SEGMENTS, q).numpy().reshape(len(q), 2, -1, 3)
    standing = points[..., 1].min(axis=2).argmin(axis=1)
    feet = points[np.arange(len(q)), standing]
    return centre_of_mass(SEGMENTS, q)[:, 0] - feet[:, :4, 0].mean(axis=1)


def test_who_squats_does_not_fall():
    motion = Movement(kind="squat", variability=0.0).motion(8.0, RATE)
    assert np.abs(_beside(motion)).max() < 0.10


def test_a_trunk_that_was_measured_is_left_alone():
    motion = walk()
    names = (*SAGITTAL, "lumbar_extension")
    values = np.hstack([columns(motion, SAGITTAL), np.full((600, 1), -0.4)])
    found = complete(values, names, RATE)[0].motion
    np.testing.assert_array_equal(one(found, "lumbar_extension"), -0.4)


def test_zeros_of_the_ankle_are_moved_over_flat_feet():
    motion = walk()
    angles = columns(motion, SAGITTAL)
    off = angles + np.radians(4) * np.array([name.startswith("ankle") for name in SAGITTAL])
    plain, moved = (complete(x, SAGITTAL, RATE)[0].motion for x in (angles, off))
    np.testing.assert_allclose(one(plain, "ankle_angle_l"), one(moved, "ankle_angle_l"), atol=np.radians(2.5))
    assert {"leg_zero", "trunk"} <= {flag.code for flag in moved.flags}


def test_the_trunk_stays_near_upright():
    motion = walk()
    lean = np.degrees(one(motion, "pelvis_tilt") + one(motion, "lumbar_extension"))
    assert np.abs(lean).max() < 15
