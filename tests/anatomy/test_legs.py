from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import anatomy
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Event, Recording

INPUTS = ("hip_flexion", "contralateral_hip_flexion", "knee_angle", "pelvis_tilt", "pelvis_list")
OUTPUTS = ("soleus", "gastrocnemius_medialis", "tibialis_anterior")
MOTION = ("hip_flexion_r", "knee_angle_r", "hip_flexion_l", "knee_angle_l", "pelvis_tilt", "pelvis_list")


def recording(motion, motion_names, activation, activation_names, **more) -> Recording:
    return Recording(
        motion=np.asarray(motion, np.float32),
        motion_names=tuple(motion_names),
        activation=np.asarray(activation, np.float32),
        activation_names=tuple(activation_names),
        rate=50.0,
        dataset="d",
        domain="d/healthy-walk",
        institution="i",
        subject="s",
        task="walk",
        trial="t",
        **more,
    )


@st.composite
def recordings(draw) -> Recording:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    motion = draw(st.permutations(MOTION))
    sites = draw(st.permutations([f"{site}_{side}" for site in OUTPUTS for side in "rl"]))
    sites = sites[: draw(st.integers(1, len(sites)))]
    activation = random.random((20, len(sites)))
    activation[random.random(activation.shape) < 0.1] = np.nan
    return recording(random.normal(size=(20, len(motion))), motion, activation, sites)


@given(recordings())
@settings(deadline=None)
def test_a_mirrored_recording_has_its_legs_exchanged(walk):
    there = {leg.side: leg for leg in anatomy.legs(walk, INPUTS, OUTPUTS)}
    seen = {leg.side: leg for leg in anatomy.legs(anatomy.mirror(walk), INPUTS, OUTPUTS)}
    assert set(there) == set(seen) == {"r", "l"}
    for side, opposite in (("r", "l"), ("l", "r")):
        np.testing.assert_array_equal(there[side].motion, seen[opposite].motion)
        np.testing.assert_array_equal(there[side].activation, seen[opposite].activation)


@given(recordings())
@settings(deadline=None)
def test_joining_the_legs_gives_the_recording_back(walk):
    legs = {leg.side: leg.activation for leg in anatomy.legs(walk, INPUTS, OUTPUTS)}
    values, names = anatomy.join(legs, OUTPUTS)
    assert values.shape == (20, 6)
    for name, column in zip(names, values.T, strict=True):
        if name in walk.activation_names:
            np.testing.assert_array_equal(column, walk.activation[:, walk.activation_names.index(name)])
        else:
            assert np.isnan(column).all()


@given(recordings())
@settings(deadline=None)
def test_mirroring_twice_changes_nothing(walk):
    twice = anatomy.mirror(anatomy.mirror(walk))
    assert (twice.motion_names, twice.activation_names) == (walk.motion_names, walk.activation_names)
    np.testing.assert_array_equal(twice.motion, walk.motion)


def test_events_are_mirrored_too():
    walk = recording(
        np.zeros((2, 1)), ["pelvis_tilt"], np.zeros((2, 0)), [], events=(Event("foot_strike", 1.0, "r"),)
    )
    assert anatomy.mirror(walk).events == (Event("foot_strike", 1.0, "l"),)


def test_a_leg_view_has_its_own_other_and_midline_columns():
    walk = recording([[1, 2, 3, 4, 5, 6]], MOTION, [[0.1]], ["soleus_l"])
    right, left = anatomy.legs(walk, INPUTS, ["soleus"])
    np.testing.assert_array_equal(right.motion, [[1, 3, 2, 5, 6]])
    np.testing.assert_array_equal(left.motion, [[3, 1, 4, 5, -6]])
    assert np.isnan(right.activation).all()
    assert left.activation == np.float32(0.1)
    assert left.motion.dtype == left.activation.dtype == np.float32


def test_a_leg_that_was_not_measured_is_not_given():
    walk = recording(
        [[1, 2, np.nan, 4]], ["hip_flexion_r", "knee_angle_r", "hip_flexion_l", "knee_angle_l"], [[]], []
    )
    (leg,) = anatomy.legs(walk, INPUTS, [])
    assert leg.side == "r"
    assert leg.recording is walk
    np.testing.assert_array_equal(leg.motion, [[1, np.nan, 2, np.nan, np.nan]])
    assert anatomy.legs(walk, ["ankle_angle"], []) == ()


def outputs(activation, names, asked):
    walk = recording(np.zeros((len(activation), 1)), ["hip_flexion_r"], activation, names)
    (leg,) = anatomy.legs(walk, ["hip_flexion"], asked)
    return leg.activation


def test_a_group_is_its_own_channel_before_the_mean_of_its_members():
    names = ["gastrocnemius_medialis_r", "gastrocnemius_lateralis_r", "gastrocnemius_medialis_l"]
    values = [[1, 3, 9], [np.nan, 3, 9], [np.nan, np.nan, 9]]
    np.testing.assert_array_equal(outputs(values, names, ["gastrocnemius"])[:, 0], [2, 3, np.nan])
    np.testing.assert_array_equal(outputs([[7, 1]], ["gastrocnemius_r", names[0]], ["gastrocnemius"]), [[7]])
    np.testing.assert_array_equal(outputs([[7]], ["gastrocnemius_r"], ["gastrocnemius_medialis"]), [[np.nan]])


def test_a_site_of_simulated_muscles_is_what_the_montage_sees():
    names = ["bflh_r", "semimem_r", "semiten_r", "bflh_l"]
    np.testing.assert_allclose(outputs([[0.4, 0.2, 0.1, 9]], names, ["hamstrings"]), [[0.275]], rtol=1e-6)
    np.testing.assert_allclose(outputs([[0.4, np.nan, 0.1, 9]], names, ["hamstrings"]), [[0.3]], rtol=1e-6)


def test_muscles_may_be_outputs():
    np.testing.assert_array_equal(outputs([[0.5]], ["gasmed_r"], ["gasmed", "gaslat"]), [[0.5, np.nan]])


@pytest.mark.parametrize("inputs", [["hip_flexion_r"], ["hip"], ["contralateral_pelvis_tilt"]])
def test_an_unknown_input_is_refused(walk, inputs):
    with pytest.raises(UnknownNameError, match=rf"unknown input '{inputs[0]}'.*nearest"):
        anatomy.legs(walk, inputs, [])


@pytest.mark.parametrize("output", ["soleus_r", "calf"])
def test_an_unknown_output_is_refused(walk, output):
    with pytest.raises(UnknownNameError, match=rf"unknown output '{output}'"):
        anatomy.legs(walk, ["hip_flexion"], [output])


def test_an_unknown_input_is_refused_even_where_no_leg_was_measured():
    walk = recording([[1.0]], ["knee_angle_r"], [[]], [])
    with pytest.raises(UnknownNameError, match=r"'pelvis_titl'.*pelvis_tilt"):
        anatomy.legs(walk, ["hip_flexion", "pelvis_titl"], [])


def test_no_leg_no_join():
    with pytest.raises(DataRefused, match="no leg to join"):
        anatomy.join({}, ("soleus",))


def test_legs_do_not_change_the_recording(walk):
    before = walk.motion.copy()
    for leg in anatomy.legs(walk, ("hip_flexion", "knee_angle"), ("soleus",)):
        leg.motion[:] = 0
    np.testing.assert_array_equal(replace(walk).motion, before)


def test_names_of_joined_legs_carry_their_side():
    values, names = anatomy.join({"l": np.zeros((3, 2), np.float32)}, ("soleus", "vasti"))
    assert values.shape == (3, 2)
    assert names == ("soleus_l", "vasti_l")


def test_an_optional_input_may_be_missing_as_long_as_the_leg_has_one():
    walk = recording([[1.0, 2.0]], ["knee_angle_r", "hip_flexion_l"], [[]], [])
    inputs = ("hip_flexion", "knee_angle")
    assert anatomy.legs(walk, inputs, []) == ()
    (right,) = anatomy.legs(walk, inputs, [], ["hip_flexion"])
    assert right.side == "r"
    np.testing.assert_array_equal(right.motion, [[np.nan, 1.0]])
    both = anatomy.legs(walk, inputs, [], inputs)
    np.testing.assert_array_equal([leg.motion[0] for leg in both], [[np.nan, 1.0], [2.0, np.nan]])
    assert anatomy.legs(walk, ("ankle_angle",), [], ("ankle_angle",)) == ()


def test_what_is_optional_must_be_an_input(walk):
    with pytest.raises(UnknownNameError, match="unknown optional input 'knee_angle'"):
        anatomy.legs(walk, ["hip_flexion"], [], ["knee_angle"])


def test_a_leg_counts_without_its_derived_channels():
    walk = recording([[1.0, 3.0, 2.0]], ["knee_angle_r", "moment_knee_angle_l", "knee_angle_l"], [[]], [])
    right, left = anatomy.legs(walk, ("knee_angle", "moment_knee_angle"), [])
    np.testing.assert_array_equal(right.motion, [[1.0, np.nan]])
    np.testing.assert_array_equal(left.motion, [[2.0, 3.0]])


@pytest.mark.parametrize(
    ("name", "nearest"), [("moment_knee", "moment_knee_angle"), ("length_vasmd", "length_vasmed")]
)
def test_an_unknown_derived_channel_names_the_nearest(walk, name, nearest):
    with pytest.raises(UnknownNameError, match=rf"unknown input '{name}'.*nearest.*{nearest}"):
        anatomy.legs(walk, ["hip_flexion", name], [])
