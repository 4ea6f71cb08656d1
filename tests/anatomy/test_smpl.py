"""Angles of a SMPL body: what was put in comes out, with the signs of the table and the axes of the model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from miniatures.amass import posed, walking
from myoshift.anatomy import coordinate, smpl
from myoshift.errors import DataRefused
from myoshift.simulate import table

LIMITS = {
    "arm_add": 1.4,
    "arm_rot": 1.5,
    "pelvis_list": 0.9,
    "knee_angle": 2.5,
    "hip_flexion": 1.5,
    "elbow_flex": 2.5,
}


def columns(rotations, **options):
    values, names = smpl.angles(rotations, **options)
    return dict(zip(names, values.T, strict=True))


@st.composite
def poses(draw):
    """One frame of every coordinate, within what a body does."""
    found = {}
    for name in smpl.NAMES:
        limit = LIMITS.get(name.removesuffix("_r").removesuffix("_l"), 0.8)
        found[name] = np.array([draw(st.floats(-limit, limit))])
    return found


@settings(max_examples=60, deadline=None)
@given(poses(), st.floats(-3, 3), st.sampled_from(["y", "z"]))
def test_what_was_put_in_comes_out(angles, heading, up):
    angles = angles | {"pelvis_rotation": np.zeros(1)}
    found = columns(posed(angles, heading=heading, up=up), up=up)
    for name, wanted in angles.items():
        if name not in smpl.PELVIS:
            np.testing.assert_allclose(found[name], wanted, atol=1e-6, err_msg=name)


@settings(max_examples=40, deadline=None)
@given(poses(), st.floats(-3, 3))
def test_a_mirrored_pose_has_mirrored_angles(angles, heading):
    rotations = posed(angles, heading=heading)
    mirrored, _ = smpl.reflect(rotations)
    there, back = columns(rotations), columns(mirrored)
    for name, angle in there.items():
        other = name[:-1] + {"r": "l", "l": "r"}[name[-1]] if name[-2:] in ("_r", "_l") else name
        np.testing.assert_allclose(back[other], coordinate(name).mirror * angle, atol=1e-6, err_msg=name)
    np.testing.assert_allclose(smpl.reflect(mirrored)[0], rotations)


@pytest.mark.parametrize("heading", [0.0, 2.0, -3.0])
def test_a_pelvis_that_sways_about_its_course(heading):
    sway = np.linspace(0, 2 * np.pi, 41)[:-1]
    angles = {"pelvis_tilt": 0 * sway - 0.2, "pelvis_list": 0.1 * np.cos(sway), "pelvis_rotation": 0.3 * np.sin(sway)}
    for up in ("y", "z"):
        found = columns(posed(angles, heading=heading, up=up), up=up)
        for name, wanted in angles.items():
            np.testing.assert_allclose(found[name], wanted, atol=2e-3, err_msg=name)


def test_turning_round_has_no_jumps():
    turn = np.linspace(0, 3 * np.pi, 200)
    found = columns(posed({"pelvis_rotation": turn}))["pelvis_rotation"]
    np.testing.assert_allclose(found - found[0], turn, atol=1e-9)


def test_arms_of_a_t_pose_are_a_quarter_turn_from_hanging():
    found = columns(np.zeros((1, 22, 3)), up="y")
    for name, angle in found.items():
        assert angle[0] == pytest.approx(-np.pi / 2 if name.startswith("arm_add") else 0.0), name


@pytest.mark.parametrize(
    ("joint", "turn", "name", "wanted"),
    [
        ("hip_r", (-1, 0, 0), "hip_flexion_r", 1),  # about the axis to the left: the thigh swings forwards
        ("hip_l", (-1, 0, 0), "hip_flexion_l", 1),
        ("hip_r", (0, 0, 1), "hip_adduction_r", 1),  # the right thigh goes to the left
        ("hip_l", (0, 0, -1), "hip_adduction_l", 1),
        ("hip_r", (0, 1, 0), "hip_rotation_r", 1),  # the right toes go to the left
        ("hip_l", (0, -1, 0), "hip_rotation_l", 1),
        ("knee_r", (1, 0, 0), "knee_angle_r", 1),
        ("ankle_l", (-1, 0, 0), "ankle_angle_l", 1),
        ("spine_2", (-1, 0, 0), "lumbar_extension", 1),
        ("spine_1", (0, 0, 1), "lumbar_bending", 1),  # the head goes to the right
        ("spine_3", (0, 1, 0), "lumbar_rotation", 1),
        ("elbow_r", (0, 1, 0), "elbow_flex_r", 1),  # the forearm of a T-pose goes forwards
        ("elbow_l", (0, -1, 0), "elbow_flex_l", 1),
        ("shoulder_r", (0, 0, 1), "arm_add_r", 1),  # down from the T-pose
        ("collar_l", (0, 0, -1), "arm_add_l", 1),
    ],
)
def test_signs(joint, turn, name, wanted):
    """Each sign of coordinates.csv, from which way a limb goes in SMPL's own axes (left, up, forwards)."""
    pose = np.zeros((1, 22, 3))
    pose[0, smpl.JOINTS.index(joint)] = 0.3 * np.array(turn)
    rest, found = columns(np.zeros((1, 22, 3)), up="y"), columns(pose, up="y")
    assert found[name][0] - rest[name][0] == pytest.approx(0.3 * wanted)


@pytest.mark.parametrize(
    ("segment", "joint"),
    [("femur_r", "hip_r"), ("femur_l", "hip_l"), ("torso", "spine_1"), ("humerus_r", ""), ("humerus_l", "")],
)
def test_axes_and_order_are_those_of_the_model(segment, joint):
    """The rotation that the embedded OpenSim model makes of three angles gives the three angles back."""
    (found,) = [each for each in table.load().segments if each.name == segment]
    random = np.random.default_rng(3)
    for _ in range(10):
        wanted = {axis.coordinate: random.uniform(-0.7, 0.7) for axis in found.rotations}
        turn = Rotation.identity()
        for axis in found.rotations:
            turn = turn * Rotation.from_rotvec(wanted[axis.coordinate] * np.asarray(axis.direction))
        in_smpl = Rotation.from_rotvec(turn.as_rotvec()[[2, 1, 0]] * [-1, 1, 1])  # right, up, forwards to left, ...
        pose = np.zeros((1, 22, 3))
        if joint:
            pose[0, smpl.JOINTS.index(joint)] = in_smpl.as_rotvec()
        else:
            side = segment[-1]
            lowered = Rotation.from_rotvec([0, 0, np.pi / 2 * (1 if side == "r" else -1)])
            pose[0, smpl.JOINTS.index(f"shoulder_{side}")] = (in_smpl * lowered).as_rotvec()
        there = columns(pose, up="y")
        for name, angle in wanted.items():
            assert there[name][0] == pytest.approx(angle, abs=1e-9), name


def test_an_arm_lifted_sideways_goes_on_above_the_shoulder():
    lift = -np.linspace(0.1, 2.8, 50)
    found = columns(posed({"arm_add_r": lift, "arm_add_l": lift}))
    for side in "rl":
        free = np.abs(np.cos(lift)) > 0.05
        np.testing.assert_allclose(found[f"arm_add_{side}"], lift, atol=1e-6)
        np.testing.assert_allclose(found[f"arm_flex_{side}"][free], 0, atol=1e-6)


def test_the_way_goes_forwards_whatever_the_heading():
    angles = walking(2.0, 50.0)
    for heading in (0.0, 1.3):
        rotations = posed(angles, heading=heading)
        ahead = np.array([np.cos(heading), np.sin(heading), 0])
        left = np.array([-np.sin(heading), np.cos(heading), 0])
        steps = np.arange(len(rotations))[:, None]
        way, names = smpl.travel(rotations, 0.02 * steps * ahead + 0.001 * steps * left + [0, 0, 0.9])
        assert names == ("pelvis_tx", "pelvis_ty", "pelvis_tz")
        np.testing.assert_allclose(way[-1] - way[0], [0.02 * steps[-1, 0], 0, -0.001 * steps[-1, 0]], atol=1e-9)
        np.testing.assert_allclose(way[:, 1], 0.9)


def test_missing_frames_stay_missing_and_alone():
    angles = walking(1.0, 50.0)
    rotations = posed(angles)
    rotations[7, 0] = np.nan
    rotations[9, smpl.JOINTS.index("knee_l")] = np.nan
    found = columns(rotations)
    assert np.flatnonzero(np.isnan(found["pelvis_rotation"])).tolist() == [7]
    assert np.flatnonzero(np.isnan(found["knee_angle_l"])).tolist() == [9]
    assert np.isfinite(found["knee_angle_r"]).all()


def test_reflection_moves_the_place_too():
    rotations = posed(walking(0.5, 50.0), heading=0.4)
    place = np.random.default_rng(0).normal(size=(len(rotations), 3))
    mirrored, moved = smpl.reflect(rotations, place)
    np.testing.assert_array_equal(moved, place * [-1, 1, 1])
    there, _ = smpl.travel(rotations, place)
    back, _ = smpl.travel(mirrored, moved)
    np.testing.assert_allclose(back, there * [1, 1, -1], atol=1e-9)


def test_parents_come_first_and_pairs_pair():
    assert all(parent < joint for joint, parent in enumerate(smpl.PARENTS))
    assert [smpl.PAIRS[pair] for pair in smpl.PAIRS] == list(range(22))
    assert sorted(i for i, pair in enumerate(smpl.PAIRS) if pair > i) == [1, 4, 7, 10, 13, 16, 18, 20]


@pytest.mark.parametrize("shape", [(5, 24, 3), (5, 66), (22, 3)])
def test_other_shapes_are_refused(shape):
    for function in (smpl.angles, smpl.reflect):
        with pytest.raises(DataRefused, match="22"):
            function(np.zeros(shape))
