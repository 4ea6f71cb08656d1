"""A body that bends as it is told gives back the angles."""

from __future__ import annotations

import numpy as np
import pytest

from anatomy.walker import DEPTH, HIP, WIDTH, bent, laboratory, markers
from myoshift import anatomy

PHASE = np.linspace(0, 2 * np.pi, 80)
HIPS, KNEES, ANKLES = 10 + 25 * np.cos(PHASE), 32 - 30 * np.cos(2 * PHASE), 15 * np.sin(PHASE)
NAMES, BODY = bent((HIPS, KNEES, ANKLES), tilt=-12)


def angles(values, **options):
    found = anatomy.joint_angles(anatomy.landmarks(markers(NAMES, values), anatomy.PLUG_IN_GAIT), **options)
    return {name: np.degrees(column) for name, column in found.items()}


@pytest.mark.parametrize("method", ["frames", "three_point"])
@pytest.mark.parametrize("up", ["y", "z"])
@pytest.mark.parametrize("yaw", [0.0, 2.0])
def test_angles_come_back_in_any_laboratory(method, up, yaw):
    found = angles(laboratory(BODY, up, yaw), method=method)
    assert list(found) == [
        f"{joint}_{side}" for side in "rl" for joint in ("hip_flexion", "knee_angle", "ankle_angle")
    ]
    for side in "rl":
        np.testing.assert_allclose(found[f"hip_flexion_{side}"], HIPS, atol=1e-6)
        np.testing.assert_allclose(found[f"knee_angle_{side}"], KNEES, atol=1e-5)
        np.testing.assert_allclose(found[f"ankle_angle_{side}"], ANKLES, atol=1e-6)


def test_frames_tell_a_knee_that_bends_back_and_plain_angles_do_not():
    names, back = bent((HIPS, np.full(80, -5.0), ANKLES))
    assert names == NAMES
    np.testing.assert_allclose(angles(back)["knee_angle_r"], -5, atol=1e-6)
    np.testing.assert_allclose(angles(back, method="three_point")["knee_angle_r"], 5, atol=1e-6)


def test_a_marker_beside_the_knee_hardly_matters_to_frames():
    beside = BODY.copy()
    beside[:, NAMES.index("RKNE"), 2] += 0.05
    assert np.abs(angles(beside)["knee_angle_r"] - KNEES).max() < 1.5
    assert np.abs(angles(beside, method="three_point")["knee_angle_r"] - KNEES).max() > 5


def test_the_slope_of_the_foot_line_is_taken_off():
    found = angles(BODY, slope={"r": np.radians(8), "l": 0.0})
    np.testing.assert_allclose(found["ankle_angle_r"], ANKLES - 8, atol=1e-6)
    np.testing.assert_allclose(found["ankle_angle_l"], ANKLES, atol=1e-6)


def test_a_missing_landmark_leaves_what_does_not_need_it():
    gap = BODY.copy()
    gap[10:20, NAMES.index("RTOE")] = np.nan
    found = angles(gap)
    assert np.isnan(found["ankle_angle_r"][10:20]).all()
    assert np.isfinite(found["knee_angle_r"]).all()
    assert np.isfinite(found["ankle_angle_l"]).all()
    assert np.isfinite(found["ankle_angle_r"][20:]).all()


def test_a_hip_of_the_lab_is_used_and_the_regression_is_harringtons():
    points = anatomy.landmarks(markers(NAMES, bent((HIPS, KNEES, ANKLES))[1]), anatomy.PLUG_IN_GAIT)
    # a pelvis 240 mm wide and 140 mm deep: 43.5 mm back, 82.9 mm down, 86.5 mm out
    np.testing.assert_allclose(
        anatomy.hip_centre(points, "r")[0] - [0, 0.95, 0], [-0.0435, -0.0829, 0.0865], atol=1e-9
    )
    np.testing.assert_allclose(HIP, [-0.24 * DEPTH - 0.0099, -0.3 * WIDTH - 0.0109, 0.33 * WIDTH + 0.0073])
    lab = points | {f"hip_{side}": points[f"knee_{side}"] + [0, 0.4, 0] for side in "rl"}
    np.testing.assert_allclose(np.degrees(anatomy.joint_angles(lab)["hip_flexion_r"]), 0, atol=1e-9)


def arm(flexion, abduction, elbow, side="r"):
    """Landmarks of a leaning trunk and an arm that is flexed and then abducted (deg), forearm bent forwards."""
    flex, out, bend = (np.radians(np.asarray(each, float)) for each in (flexion, abduction, elbow))
    zero = np.zeros_like(flex)
    sign = 1 if side == "r" else -1

    def direction(lift):
        return np.stack([np.sin(lift) * np.cos(out), -np.cos(lift) * np.cos(out), sign * np.sin(out) + zero], axis=1)

    still = {"notch": [0.06, 0, 0], "xiphoid": [0.1, -0.2, 0], "upper_spine": [-0.06, 0.02, 0],
             "lower_spine": [-0.1, -0.22, 0], "shoulder": [0, 0, sign * 0.2]}  # fmt: skip
    points = {role: np.tile(np.array(place, float), (len(flex), 1)) for role, place in still.items()}
    points["elbow"] = points["shoulder"] + 0.3 * direction(flex)
    in_plane = np.cross(direction(flex), [0.0, 0.0, 1.0])
    across = in_plane / np.linalg.norm(in_plane, axis=1, keepdims=True)
    forearm = np.cos(bend)[:, None] * direction(flex) - np.sin(bend)[:, None] * across
    points["wrist"] = points["elbow"] + 0.25 * forearm
    lean = np.radians(20)
    turn = np.array([[np.cos(lean), np.sin(lean), 0], [-np.sin(lean), np.cos(lean), 0], [0, 0, 1]])
    return {role: place @ turn.T for role, place in points.items()}


@pytest.mark.parametrize("side", ["r", "l"])
def test_an_arm_gives_its_angles_back(side):
    flexion, abduction, elbow = np.linspace(-20, 90, 30), np.linspace(0, 40, 30), np.linspace(5, 120, 30)
    found = anatomy.arm_angles(arm(flexion, abduction, elbow, side), side)
    np.testing.assert_allclose(np.degrees(found[f"arm_flex_{side}"]), flexion, atol=1e-6)
    np.testing.assert_allclose(np.degrees(found[f"arm_add_{side}"]), -abduction, atol=1e-6)
    np.testing.assert_allclose(np.degrees(found[f"elbow_flex_{side}"]), elbow, atol=1e-6)
