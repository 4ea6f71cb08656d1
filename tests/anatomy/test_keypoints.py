"""Keypoints of a stick figure give the angles that its joints were turned by, in every layout and world."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from miniatures.amass import posed, walking
from miniatures.stick import keypoints
from myoshift.anatomy import coordinate, keypoint_angles, smpl
from myoshift.anatomy.keypoints import layouts
from myoshift.errors import DataRefused, UnknownNameError

ANGLES = walking(1.5, 50.0)
POSE = posed(ANGLES)
STANDING = posed({"hip_flexion_r": np.zeros(3)})
SAGITTAL = [f"{joint}_{side}" for joint in ("hip_flexion", "knee_angle", "ankle_angle") for side in "rl"]
ELBOWS = ["elbow_flex_r", "elbow_flex_l"]


def known(layout):
    """Layouts and how far they know the body."""
    return SAGITTAL[:4] + ELBOWS if layout == "coco17" else SAGITTAL + ELBOWS


@pytest.mark.parametrize("layout", ["coco17", "body25", "smpl22"])
def test_angles_come_back(layout):
    found = keypoint_angles(keypoints(POSE, layout), layout, standing=keypoints(STANDING, layout))
    assert sorted(found) == sorted(known(layout))
    for name in known(layout):
        np.testing.assert_allclose(found[name], ANGLES[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize("layout", ["coco17", "body25", "smpl22"])
def test_any_world_and_unit(layout):
    turn = Rotation.random(rng=np.random.default_rng(2))
    moved = turn.apply(keypoints(POSE, layout).reshape(-1, 3)).reshape(len(POSE), -1, 3) * 1000 + [300, -20, 5000]
    there, here = keypoint_angles(moved, layout), keypoint_angles(keypoints(POSE, layout), layout)
    for name, angle in here.items():
        np.testing.assert_allclose(there[name], angle, atol=1e-6, err_msg=name)


def test_the_joints_of_mia_are_body25_and_agree_with_its_poses():
    """`joints3d` is (30, 49, 3) in a camera that looks along z with y down; `pose` holds the same body."""
    in_camera = Rotation.from_rotvec([np.pi, 0, 0])
    pose = posed(walking(3.0, 10.0), up="y", heading=0.7)
    seen = in_camera.apply(keypoints(pose, "body25").reshape(-1, 3)).reshape(30, 25, 3)
    joints3d = np.concatenate([seen, np.zeros((30, 24, 3))], axis=1)
    pose[:, 0] = (in_camera * Rotation.from_rotvec(pose[:, 0])).as_rotvec()
    by_pose = dict(zip(smpl.NAMES, smpl.angles(pose)[0].T, strict=True))
    by_points = keypoint_angles(joints3d, "body25")
    for name, angle in by_points.items():
        np.testing.assert_allclose(angle, by_pose[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize("faces", ["right", "left"])
def test_a_side_view(faces):
    """The image shows the plane of forwards and up, y down."""
    flat = keypoints(posed(ANGLES, up="y", heading=0.0), "body25")[..., :2] * [1, -1]
    image = 400 + 300 * flat * ([1, 1] if faces == "right" else [-1, 1])
    found = keypoint_angles(image, "body25", faces=faces)
    for name in SAGITTAL:
        np.testing.assert_allclose(found[name], ANGLES[name], atol=1e-6, err_msg=name)
    with pytest.raises(DataRefused, match="front and back"):
        keypoint_angles(image, "body25", faces="left" if faces == "right" else "right")
    with pytest.raises(DataRefused, match="declared side view"):
        keypoint_angles(image, "body25")


def test_two_dimensions_are_declared_and_three_are_not():
    with pytest.raises(DataRefused, match="declared side view"):
        keypoint_angles(keypoints(POSE, "body25"), "body25", faces="right")


def test_a_point_that_was_not_seen_leaves_the_others():
    points = keypoints(POSE, "body25")
    points[10:20, layouts()["body25"]["ankle_l"]] = np.nan
    found = keypoint_angles(points, "body25")
    assert np.flatnonzero(np.isnan(found["knee_angle_l"])).tolist() == list(range(10, 20))
    assert np.isfinite(found["hip_flexion_l"]).all()
    assert np.isfinite(found["ankle_angle_r"]).all()


def test_ankles_need_feet_and_a_line_under_them():
    assert "ankle_angle_r" not in keypoint_angles(keypoints(POSE, "coco17"), "coco17")
    assert "ankle_angle_r" not in keypoint_angles(keypoints(POSE, "smpl22"), "smpl22")
    assert "ankle_angle_r" in keypoint_angles(keypoints(POSE, "body25"), "body25")


def test_standing_takes_off_the_slope_of_the_foot_line():
    points, standing = keypoints(POSE, "body25"), keypoints(STANDING, "body25")
    for each in (points, standing):
        for side in "rl":
            place = layouts()["body25"]
            heel, ankle = (each[:, place[f"{role}_{side}"]] for role in ("heel", "ankle"))
            each[:, place[f"heel_{side}"]] = ankle + 0.5 * (heel - ankle)
    plain = keypoint_angles(points, "body25")["ankle_angle_r"] - ANGLES["ankle_angle_r"]
    assert np.abs(plain).min() > 0.05
    found = keypoint_angles(points, "body25", standing=standing)["ankle_angle_r"]
    np.testing.assert_allclose(found, ANGLES["ankle_angle_r"], atol=1e-6)


@pytest.mark.parametrize("layout", ["coco17", "body25", "smpl22"])
def test_exchanged_sides_are_refused(layout):
    places = layouts()[layout]
    swapped = keypoints(POSE, layout)
    swap = [places[role[:-1] + {"r": "l", "l": "r"}[role[-1]]] if role[-2:] in ("_r", "_l") else k
            for role, k in places.items()]  # fmt: skip
    with pytest.raises(DataRefused, match="front and back") as caught:
        keypoint_angles(swapped[:, swap], layout)
    assert "exchanged sides" in caught.value.mend
    assert ("knees bend backwards" if layout == "coco17" else "feet point backwards") in caught.value.why


def test_shoulders_against_hips_and_narrow_hips_are_refused():
    places, points = layouts()["body25"], keypoints(POSE, "body25")
    twisted = points.copy()
    twisted[:, [places["shoulder_r"], places["shoulder_l"]]] = points[:, [places["shoulder_l"], places["shoulder_r"]]]
    with pytest.raises(DataRefused, match="hips and shoulders disagree"):
        keypoint_angles(twisted, "body25")
    narrow = points.copy()
    narrow[:, places["hip_r"]] = points[:, places["hip_l"]] + [0.001, 0, 0]
    with pytest.raises(DataRefused, match="apart"):
        keypoint_angles(narrow, "body25")


@pytest.mark.parametrize("shape", [(5, 24, 3), (5, 25), (5, 25, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(DataRefused, match="body25"):
        keypoint_angles(np.zeros(shape), "body25")


def test_an_unknown_layout_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match="body25"):
        keypoint_angles(np.zeros((5, 25, 3)), "body_25")


def test_every_layout_pairs_its_sides_and_counts_from_zero():
    for name, places in layouts().items():
        assert list(places.values()) == list(range(len(places))), name
        assert {role[:-1] for role in places if role.endswith("_r")} == {
            role[:-1] for role in places if role.endswith("_l")
        }
    assert all(coordinate(name).positive in ("flexion", "dorsiflexion") for name in SAGITTAL + ELBOWS)
