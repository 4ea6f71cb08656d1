"""Whose foot stands on a plate."""

import numpy as np
import pytest

from myoshift.errors import DataRefused
from myoshift.simulate.footing import settled
from myoshift.simulate.loads import Plate, Plates

T = np.arange(100) / 100
FEET = {
    "r": (np.tile([0.0, 0.0, 0.1], (100, 1)), np.tile([0.25, 0.0, 0.1], (100, 1))),
    "l": (np.tile([0.0, 0.0, -0.1], (100, 1)), np.tile([0.25, 0.0, -0.1], (100, 1))),
}


def plate(sideways, side=None, name="p", load=500.0):
    force = np.tile([0.0, load, 0.0], (100, 1))
    point = np.stack([np.linspace(0.0, 0.25, 100), np.zeros(100), np.broadcast_to(sideways, 100)], axis=1)
    return Plate(name=name, force=force, point=point, torque=np.zeros((100, 3)), side=side)


def settle(*plates):
    return settled(Plates(time=T, rate=100.0, plates=plates), FEET, T)


def test_the_foot_above_the_centre_of_pressure():
    found = settle(plate(0.12, name="a"), plate(-0.09, name="b"))
    assert [each.side for each in found.plates] == ["r", "l"]
    assert (
        found.flags[0].message
        == "the right foot: under the right foot for 100% of the contact, under the left for 0%"
    )


def test_a_centre_under_both_feet_settles_nothing():
    crossing = np.where(np.arange(100) < 90, 0.1, -0.1)
    with pytest.raises(
        DataRefused, match=r"a: under the right foot for 90% of the contact.*b: under the right foot for 0%"
    ):
        settle(plate(crossing, name="a"), plate(-0.1, name="b"))


def test_a_centre_beside_both_feet_settles_nothing():
    with pytest.raises(DataRefused, match="which foot stands on which force plate"):
        settle(plate(0.4))


def test_the_wrong_foot_is_refused_and_the_right_one_named():
    with pytest.raises(DataRefused, match=r"the left foot is not on its force plate.*name the right foot for it"):
        settle(plate(0.1, side="l"))


def test_a_frame_of_reference_of_its_own_is_refused():
    with pytest.raises(DataRefused, match=r"the right foot is not on its force plate.*one frame of reference"):
        settle(plate(2.0, side="r"))


def test_a_stated_foot_is_kept_where_feet_cross_and_it_is_said():
    found = settle(plate(np.where(np.arange(100) < 70, 0.1, -0.1), side="r"))
    assert found.plates[0].side == "r"
    assert "taken for the right foot, but under the right foot for 70%" in found.flags[0].message


def test_a_plate_that_nobody_stands_on_is_left_out():
    found = settle(plate(0.1, name="a"), plate(3.0, name="b", load=0.0))
    assert [each.name for each in found.plates] == ["a"]
    with pytest.raises(DataRefused, match="no foot is on a force plate during the motion"):
        settle(plate(0.1, load=0.0))
