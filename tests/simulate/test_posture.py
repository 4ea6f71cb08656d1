import numpy as np
import pytest

from myoshift.errors import DataRefused, UnknownNameError
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.posture import complete


def test_every_stretch_without_gaps_is_completed(walk):
    values = walk.motion.astype(float)
    values[200:210, 0] = np.nan
    first, second = complete(values, walk.motion_names, walk.rate)
    assert (first.frames, second.frames) == (slice(0, 200), slice(210, len(values)))
    for stretch in (first, second):
        assert np.isfinite(stretch.motion.values).all()
        index = [COORDINATES.index(name) for name in walk.motion_names]
        np.testing.assert_array_equal(stretch.motion.values[:, index], values[stretch.frames])


def test_a_seated_thigh_is_held_horizontal():
    knee = np.linspace(0.2, 1.5, 200)[:, None]
    motion = complete(knee, ["knee_angle_r"], 100.0, orientation="thigh horizontal")[0].motion
    assert motion.support == "held"
    assert motion.measured == {"knee_angle_r"}
    np.testing.assert_allclose(motion.values[:, COORDINATES.index("hip_flexion_r")], np.pi / 2)
    np.testing.assert_allclose(motion.values[:, COORDINATES.index("pelvis_tx")], 0.0)


def test_unknown_names_are_refused():
    with pytest.raises(UnknownNameError, match="thigh vertical"):
        complete(np.zeros((100, 1)), ["knee_angle_r"], 100.0, orientation="upside down")
    with pytest.raises(DataRefused, match="thumb"):
        complete(np.zeros((100, 1)), ["thumb_ip_fe_r"], 100.0)
