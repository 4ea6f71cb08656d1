import numpy as np
import pytest

from myoshift.datasets import recordings
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.posture import complete
from simulate.gaits import RATE, SAGITTAL, columns, one, walk


def test_every_stretch_without_gaps_is_completed():
    values = columns(walk(), SAGITTAL)
    values[300:310, 0] = np.nan
    values[390:400, 0] = np.nan
    values[430:, 0] = np.nan
    first, second = complete(values, SAGITTAL, RATE)
    assert (first.frames, second.frames) == (slice(0, 300), slice(310, 390))
    for stretch in (first, second):
        assert stretch.motion.values.shape == (stretch.frames.stop - stretch.frames.start, len(COORDINATES))
        assert np.isfinite(stretch.motion.values).all()
        assert stretch.motion.measured == set(SAGITTAL)
        moved = columns(stretch.motion, SAGITTAL) - values[stretch.frames]
        np.testing.assert_allclose(moved, np.tile(moved[0], (len(moved), 1)), atol=1e-9)


def test_what_was_filled_in_is_named_once_and_nothing_else_is():
    motion = complete(columns(walk(), SAGITTAL), SAGITTAL, RATE)[0].motion
    zeros = ("hip_zero", "leg_zero")
    named = [name for flag in motion.flags if flag.code not in zeros for name in flag.where.split(", ")]
    assert sorted(named) == sorted(set(COORDINATES) - motion.measured)


def test_one_leg_stands_for_two():
    whole = walk()
    right = tuple(name for name in SAGITTAL if name.endswith("_r"))
    motion = complete(columns(whole, right), right, RATE)[0].motion
    for joint in ("hip_flexion_l", "knee_angle_l", "ankle_angle_l"):
        assert np.corrcoef(one(motion, joint), one(whole, joint))[0, 1] > 0.98
    assert next(flag for flag in motion.flags if flag.code == "other_side").where.count("_l") == 3


def test_a_knee_alone_gives_a_walk():
    whole = walk()
    motion = complete(columns(whole, ("knee_angle_r",)), ("knee_angle_r",), RATE)[0].motion
    assert np.corrcoef(one(motion, "hip_flexion_r"), one(whole, "hip_flexion_r"))[0, 1] > 0.98


@pytest.mark.parametrize(("orientation", "hip"), [("thigh vertical", 0.0), ("thigh horizontal", 90.0)])
def test_a_declared_thigh_is_held(orientation, hip):
    knee = np.linspace(0.2, 1.5, 200)[:, None]
    motion = complete(knee, ["knee_angle_r"], RATE, orientation=orientation)[0].motion
    assert motion.support == ("held" if hip == 0.0 else "seated")
    np.testing.assert_allclose(np.degrees(one(motion, "hip_flexion_r")), hip)
    np.testing.assert_array_equal(one(motion, "knee_angle_r"), knee[:, 0])
    for name in ("pelvis_tilt", "pelvis_tx", "ankle_angle_r"):
        np.testing.assert_array_equal(one(motion, name), 0.0)


def test_unknown_names_are_refused():
    with pytest.raises(UnknownNameError, match="thigh vertical"):
        complete(np.zeros((100, 1)), ["knee_angle_r"], RATE, orientation="upside down")
    with pytest.raises(DataRefused, match="thumb"):
        complete(np.zeros((100, 1)), ["thumb_ip_fe_r"], RATE)


@pytest.mark.parametrize(
    ("name", "forwards", "upwards"), [("opensim-core-moco", 0.8, 0.9), ("stanford-matlabso", 0.8, 0.8)]
)
def test_sagittal_angles_alone_move_the_measured_pelvis(data_root, name, forwards, upwards):
    recording = recordings([name], data_root)[0].window(0, 2000)
    values = recording.motion.astype(float)
    kept = [recording.motion_names.index(each) for each in SAGITTAL]
    motion = complete(values[:, kept], SAGITTAL, recording.rate)[0].motion
    for axis, least in (("pelvis_tx", forwards), ("pelvis_ty", upwards)):
        true, found = (
            np.gradient(np.gradient(each))[30:-30]
            for each in (values[:, recording.motion_names.index(axis)], one(motion, axis))
        )
        assert np.corrcoef(true, found)[0, 1] > least
    tilt = np.degrees(values[:, recording.motion_names.index("pelvis_tilt")])
    assert abs(np.degrees(one(motion, "pelvis_tilt")).mean() - tilt.mean()) < 4
