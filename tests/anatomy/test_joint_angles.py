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
