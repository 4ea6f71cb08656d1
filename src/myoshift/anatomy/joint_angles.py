"""Sagittal joint angles of both legs from landmarks: by segment frames, or as plain angles between lines.

Axes of the pelvis as the International Society of Biomechanics has them (Wu et al. 2002, J Biomech 35:543): x
forwards, y upwards, z to the right. Hip flexion, knee flexion and ankle dorsiflexion are positive, in radians.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np

from myoshift.anatomy.markers import SIDES, Landmarks, unit
from myoshift.types import Array, Side

AngleMethod = Literal["frames", "three_point"]


class Frame(NamedTuple):
    """Axes of a segment, each (T, 3) of length 1: forwards, upwards, to the right."""

    x: Array
    y: Array
    z: Array


def joint_angles(
    points: Landmarks, *, method: AngleMethod = "frames", slope: Mapping[Side, float] | None = None
) -> dict[str, Array]:
    """Flexion (T,) in rad of hip, knee and ankle of both legs, by canonical name; NaN where a landmark is NaN.

    `frames`: the hip is the angle of the thigh in the sagittal plane of the pelvis, knee and ankle are angles in the
    sagittal plane of the segment above, whose axis to the right is that of the pelvis, made perpendicular to the
    segment. `three_point`: the angles between pelvis line and thigh, thigh and shank, shank and foot line in
    space, whose knee cannot tell bending back from bending.

    Parameters
    ----------
    points : with roles `asis, psis, knee, ankle, heel, toe`, and `hip` where the lab has one
    slope : rise (rad) of the line from heel to toe when the foot is flat, from `foot_slope` of a standing trial. An
        ankle is neutral where the shank is at right angles to the sole; without `slope` the line is taken for the
        sole, which is a constant error of a few degrees.
    """
    pelvis = pelvis_frame(points)
    measure = _by_frames if method == "frames" else _three_point
    angles: dict[str, Array] = {}
    for side in SIDES:
        hip = points.get(f"hip_{side}")
        thigh = points[f"knee_{side}"] - (hip_centre(points, side) if hip is None else hip)
        shank = points[f"ankle_{side}"] - points[f"knee_{side}"]
        foot = points[f"toe_{side}"] - points[f"heel_{side}"]
        flexion, bend, dorsiflexion = measure(pelvis, thigh, shank, foot)
        angles[f"hip_flexion_{side}"] = flexion
        angles[f"knee_angle_{side}"] = bend
        angles[f"ankle_angle_{side}"] = dorsiflexion - (slope[side] if slope else 0.0)
    return angles


def arm_angles(points: Landmarks, side: Side) -> dict[str, Array]:
    """Flexion and adduction of a shoulder and flexion of its elbow (T,) in rad, from the landmarks of `ArmMarkers`.

    The trunk is upright along the mean of breastbone and spine. The shoulder turns about the trunk's axis to the
    right (flexion) and then about its own forward axis (adduction), as in the Rajagopal model; the elbow is the plain
    angle between upper arm and forearm, 0 when straight. The elbow's carrying angle counts as flexion.
    """
    upwards = points["notch"] + points["upper_spine"] - points["xiphoid"] - points["lower_spine"]
    ahead = points["notch"] + points["xiphoid"] - points["upper_spine"] - points["lower_spine"]
    trunk = _frame(upwards, np.cross(ahead, upwards))
    upper, lower = (unit(points[far] - points[near]) for near, far in (("shoulder", "elbow"), ("elbow", "wrist")))
    outwards = _dot(upper, trunk.z) * (1 if side == "r" else -1)
    return {
        f"arm_flex_{side}": np.arctan2(_dot(upper, trunk.x), -_dot(upper, trunk.y)),
        f"arm_add_{side}": -np.arcsin(np.clip(outwards, -1, 1)),
        f"elbow_flex_{side}": np.arccos(np.clip(_dot(upper, lower), -1, 1)),
    }


def pelvis_frame(points: Landmarks) -> Frame:
    """Axes of the pelvis: z along the anterior spines, x in the plane of all four spines."""
    right = points["asis_r"] - points["asis_l"]
    ahead = (points["asis_r"] + points["asis_l"] - points["psis_r"] - points["psis_l"]) / 2
    z = unit(right)
    x = unit(ahead - _dot(ahead, z)[:, None] * z)
    return Frame(x, np.cross(z, x), z)


def hip_centre(points: Landmarks, side: Side) -> Array:
    """Centre (T, 3) of a hip in metres, by regression on the width and depth of the pelvis.

    From the midpoint of the anterior spines, with width W between them and depth D to the midpoint of the posterior
    ones, in mm: -0.24 D - 9.9 forwards, -0.30 W - 10.9 upwards, 0.33 W + 7.3 outwards (Harrington et al. 2007,
    J Biomech 40:595; adults, children, and children with cerebral palsy together). W and D are medians over the
    trial, as bones keep their size. The thickness of markers and skin is not taken off.
    """
    front = (points["asis_r"] + points["asis_l"]) / 2
    back = (points["psis_r"] + points["psis_l"]) / 2
    width = float(np.nanmedian(np.linalg.norm(points["asis_r"] - points["asis_l"], axis=1)))
    depth = float(np.nanmedian(np.linalg.norm(front - back, axis=1)))
    outwards = (0.33 * width + 0.0073) * (1 if side == "r" else -1)
    pelvis = pelvis_frame(points)
    return np.asarray(
        front + (-0.24 * depth - 0.0099) * pelvis.x + (-0.30 * width - 0.0109) * pelvis.y + outwards * pelvis.z
    )


def _by_frames(pelvis: Frame, thigh: Array, shank: Array, foot: Array) -> tuple[Array, Array, Array]:
    """Each distal segment in the sagittal plane of the one above it."""
    upper, lower = _frame(-thigh, pelvis.z), _frame(-shank, pelvis.z)
    return (
        np.arctan2(_dot(thigh, pelvis.x), -_dot(thigh, pelvis.y)),
        np.arctan2(-_dot(shank, upper.x), -_dot(shank, upper.y)),
        np.arctan2(_dot(foot, lower.y), _dot(foot, lower.x)),
    )


def _three_point(pelvis: Frame, thigh: Array, shank: Array, foot: Array) -> tuple[Array, Array, Array]:
    """Angles between lines in space: hip and ankle from a right angle, the knee from a straight one."""
    along_thigh, along_shank = unit(thigh), unit(shank)
    return (
        np.arcsin(np.clip(_dot(along_thigh, pelvis.x), -1, 1)),
        np.arccos(np.clip(_dot(along_thigh, along_shank), -1, 1)),
        np.arcsin(np.clip(-_dot(along_shank, unit(foot)), -1, 1)),
    )


def _frame(upwards: Array, right: Array) -> Frame:
    """Axes of a segment from its long axis and a direction that is roughly to the right."""
    y = unit(upwards)
    z = unit(right - _dot(right, y)[:, None] * y)
    return Frame(np.cross(y, z), y, z)


def _dot(a: Array, b: Array) -> Array:
    return np.asarray((a * b).sum(axis=-1))
