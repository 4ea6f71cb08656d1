import numpy as np
import pytest

from myoshift.errors import DataRefused
from myoshift.simulate.filling import Filling
from myoshift.simulate.model import COORDINATES


def test_what_was_measured_stays_and_what_is_filled_in_is_named():
    body = Filling.of(np.ones((5, 2)), ["knee_angle_r", "thumb_ip_fe_r"], 100.0)
    assert body.measured == {"knee_angle_r"}
    assert len(body.missing()) == len(COORDINATES) - 1
    filled = body.filled({"knee_angle_r": 9.0, "knee_angle_l": 2.0}, "code", "why")
    np.testing.assert_array_equal(filled.get("knee_angle_r"), 1.0)
    np.testing.assert_array_equal(filled.get("knee_angle_l"), 2.0)
    assert [(flag.code, flag.where) for flag in filled.flags] == [("code", "knee_angle_l")]
    assert np.isnan(body.get("knee_angle_l")).all()


def test_nothing_filled_in_is_no_flag():
    body = Filling.of(np.ones((5, 1)), ["knee_angle_r"], 100.0)
    assert body.filled({"knee_angle_r": 9.0}, "code", "why").flags == ()


def test_a_column_of_nan_was_not_measured():
    with pytest.raises(DataRefused, match="knee_angle_r"):
        Filling.of(np.full((5, 1), np.nan), ["knee_angle_r"], 100.0)
