"""Where the feet of a body stand: hip, knee and ankle as a chain of rigid segments, their lengths from the height.

Lengths are Winter's fractions of body height (2009, Biomechanics and Motor Control of Human Movement, fig. 4.1). Only
the positions of the feet are asked of this chain, to find how the pelvis moves over them.
"""

from __future__ import annotations

import numpy as np

from myoshift.simulate.model import COORDINATES, SIDES
from myoshift.types import Array, Side

THIGH, SHANK, ANKLE, FOOT = 0.245, 0.246, 0.039, 0.152
HIP = (
    -0.033,
    -0.039,
    0.049,
)  # of the joint centre in the pelvis: behind, below, beside the origin; after Rajagopal 2016
HEEL = -0.3  # of the length of the foot, behind the ankle
POINTS = (HEEL, 0.5)
"""Heel and ball, as fractions of the foot's length before the ankle; the toes bend over the ground."""


def feet(values: Array, height: float) -> Array:
    """Positions (T, 2, 3, 3) in the ground frame of heel, ball and toe of the right and the left foot, m.

    Parameters
    ----------
    values : (T, 37) in the order of `COORDINATES`
    height : of the person, m
    """
    pelvis = _turn(values, "pelvis_tilt", 2) @ _turn(values, "pelvis_list", 0) @ _turn(values, "pelvis_rotation", 1)
    origin = np.stack([_column(values, f"pelvis_t{axis}") for axis in "xyz"], axis=1)
    return np.stack([origin[:, None] + _foot(values, pelvis, side, height) for side in SIDES], axis=1)


def _foot(values: Array, pelvis: Array, side: Side, height: float) -> Array:
    """(T, 3, 3) of the points of one foot from the origin of the pelvis, in the ground frame."""
    out = 1.0 if side == "r" else -1.0
    thigh = (
        pelvis
        @ _turn(values, f"hip_flexion_{side}", 2)
        @ _turn(values, f"hip_adduction_{side}", 0, out)
        @ _turn(values, f"hip_rotation_{side}", 1, out)
    )
    shank = thigh @ _turn(values, f"knee_angle_{side}", 2, -1.0)
    foot = shank @ _turn(values, f"ankle_angle_{side}", 2)
    sole = np.array([[FOOT * forwards, -ANKLE, 0.0] for forwards in POINTS])
    hip = np.array([HIP[0], HIP[1], out * HIP[2]])
    ankle = pelvis @ hip + thigh @ np.array([0.0, -THIGH, 0.0]) + shank @ np.array([0.0, -SHANK, 0.0])
    return height * (ankle[:, None] + sole @ foot.swapaxes(1, 2))


def _column(values: Array, name: str) -> Array:
    return values[:, COORDINATES.index(name)]


def _turn(values: Array, name: str, axis: int, sign: float = 1.0) -> Array:
    """Rotation matrices (T, 3, 3) about x, y or z by a coordinate."""
    angle = sign * _column(values, name)
    first, second = [k for k in range(3) if k != axis]
    if axis == 1:
        first, second = second, first
    out = np.zeros((len(angle), 3, 3))
    out[:, axis, axis] = 1.0
    out[:, first, first] = out[:, second, second] = np.cos(angle)
    out[:, second, first] = np.sin(angle)
    out[:, first, second] = -np.sin(angle)
    return out
