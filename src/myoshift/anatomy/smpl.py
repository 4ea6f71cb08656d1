"""Joint rotations of the SMPL body as OpenSim coordinates. No body model is needed, and none is shipped.

SMPL rests in a T-pose: x to the left, y upwards, z forwards, the frame of every joint parallel to the world. OpenSim
has x forwards, y upwards, z to the right, and arms that hang. Every angle is the one of OpenSim's sequence,
body-fixed z, x, y (Rajagopal et al. 2016, IEEE TBME 63:2068); of knee, ankle and elbow only the turn about z is
given. What that leaves out is listed in docs/smpl.md.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from myoshift.errors import DataRefused
from myoshift.types import Array, Side

JOINTS = (
    "pelvis", "hip_l", "hip_r", "spine_1", "knee_l", "knee_r", "spine_2", "ankle_l", "ankle_r", "spine_3", "foot_l",
    "foot_r", "neck", "collar_l", "collar_r", "head", "shoulder_l", "shoulder_r", "elbow_l", "elbow_r", "wrist_l",
    "wrist_r",
)  # fmt: skip
"""The 22 joints of the body in the order of SMPL, SMPL-H and SMPL-X."""
PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)
PAIRS = tuple(
    JOINTS.index(name[:-1] + {"l": "r", "r": "l"}[name[-1]]) if name[-2:] in ("_l", "_r") else place
    for place, name in enumerate(JOINTS)
)
"""For each joint the one that it becomes in a mirror."""

Up = Literal["y", "z"]
SIDES: tuple[Side, ...] = ("r", "l")
BODY = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])  # SMPL's left, up, forwards to OpenSim's forwards, up, right
WORLD = {"z": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]), "y": np.eye(3)}
HANGING = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # the right humerus of a T-pose, seen from the hanging one
MIRROR = np.diag([1.0, 1, -1])
LOCK = 1e-6  # cosine of the middle angle below which the first and the third are one
TURNING = 0.1  # mean of the horizontal direction below which a person has no mean direction

PELVIS = ("pelvis_tilt", "pelvis_list", "pelvis_rotation")
LEG = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")
LUMBAR = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
ARM = ("arm_flex", "arm_add", "arm_rot", "elbow_flex")
NAMES = (
    *PELVIS,
    *(f"{joint}_{side}" for side in SIDES for joint in LEG),
    *LUMBAR,
    *(f"{joint}_{side}" for side in SIDES for joint in ARM),
)
"""The coordinates that `angles` gives, in the order of its columns."""


def angles(rotations: Array, *, up: Up = "z") -> tuple[Array, tuple[str, ...]]:
    """Coordinates (T, 24) in rad and their names, from joint rotations (T, 22, 3), axis-angle in rad.

    The world is turned about the vertical so that the pelvis faces x in the mean, as people do in a laboratory;
    `pelvis_rotation` has no jumps of a full turn. Left and right are one rule and its mirror.

    The shoulder has a lock where the arm is held straight to the side (T-pose): there `arm_flex` and `arm_rot` turn
    about one axis, and are not determined one by one. Elsewhere `arm_rot` is kept within a quarter turn, so that an
    arm lifted sideways above the shoulder is adducted by less than -pi / 2.

    Parameters
    ----------
    up : axis of the world of the file that points up; z in AMASS. The other coordinates do not depend on it.

    Raises
    ------
    DataRefused
        When the shape is another one.
    """
    matrices = _matrices(rotations)
    local = BODY @ matrices @ BODY.T
    spine = local[:, 3] @ local[:, 6] @ local[:, 9]
    columns = dict(zip(PELVIS, _zxy(_turned(WORLD[up] @ matrices[:, 0] @ BODY.T)), strict=True))
    columns["pelvis_rotation"] = _unwrapped(columns["pelvis_rotation"])
    columns |= zip(LUMBAR, _zxy(spine), strict=True)
    for side in SIDES:
        columns |= {f"{name}_{side}": angle for name, angle in _limbs(local, side).items()}
    return np.stack([columns[name] for name in NAMES], axis=1), NAMES


def travel(rotations: Array, translation: Array, *, up: Up = "z") -> tuple[Array, tuple[str, ...]]:
    """Where the root is (T, 3) in m, forwards, upwards and to the right in the world that `angles` turns.

    The root of SMPL is not the origin of OpenSim's pelvis: the way is right, the place is off by a few centimetres
    that depend on the body.
    """
    forwards = WORLD[up] @ _matrices(rotations)[:, 0] @ BODY.T
    return (translation @ WORLD[up].T) @ _vertical(-_heading(forwards)).T, ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def reflect(rotations: Array, translation: Array | None = None) -> tuple[Array, Array | None]:
    """The pose in a mirror: left and right joints exchanged, y and z of every axis-angle and x of the place negated.

    Muscle columns have to be exchanged with it. Rotations (T, 22, 3), translation (T, 3).

    Raises
    ------
    DataRefused
        When the shape is another one.
    """
    _refuse_shape(rotations)
    mirrored = rotations[:, PAIRS] * np.array([1.0, -1, -1])
    return mirrored, None if translation is None else translation * np.array([-1.0, 1, 1])


def _limbs(local: Array, side: Side) -> dict[str, Array]:
    """Angles of one leg and one arm by name without side, from joint rotations (T, 22, 3, 3) in OpenSim's axes.

    Those of the left are the ones that the right limb of the mirrored body has.
    """
    turn = local if side == "r" else MIRROR @ local @ MIRROR
    hip, knee, ankle, collar, shoulder, elbow = (
        turn[:, JOINTS.index(f"{joint}_{side}")] for joint in ("hip", "knee", "ankle", "collar", "shoulder", "elbow")
    )
    leg = (*_zxy(hip), -_zxy(knee)[0], _zxy(ankle)[0])
    bend = _zxy(HANGING.T @ elbow @ HANGING)[0]
    arm = (*_within_a_quarter(*_zxy(collar @ shoulder @ HANGING)), bend)
    return dict(zip((*LEG, *ARM), (*leg, *arm), strict=True))


def _zxy(matrices: Array) -> tuple[Array, Array, Array]:
    """Angles of the body-fixed sequence z, x, y of matrices (T, 3, 3); the middle one within a quarter turn.

    In the lock the third is 0.
    """
    middle = np.arcsin(np.clip(matrices[:, 2, 1], -1, 1))
    locked = np.hypot(matrices[:, 0, 1], matrices[:, 1, 1]) < LOCK
    first = np.arctan2(-matrices[:, 0, 1], matrices[:, 1, 1])
    third = np.arctan2(-matrices[:, 2, 0], matrices[:, 2, 2])
    together = np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0])
    return np.where(locked, together, first), middle, np.where(locked, 0.0, third)


def _within_a_quarter(first: Array, middle: Array, third: Array) -> tuple[Array, Array, Array]:
    """The same rotation by that one of its two triples whose third angle is at most a quarter turn."""
    beyond = np.abs(third) > np.pi / 2
    return (
        np.where(beyond, _wrapped(first + np.pi), first),
        np.where(beyond, _wrapped(np.pi - middle), middle),
        np.where(beyond, _wrapped(third + np.pi), third),
    )


def _wrapped(angle: Array) -> Array:
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def _unwrapped(angle: Array) -> Array:
    """Without jumps of a full turn, missing values left where they are."""
    out, there = angle.copy(), np.isfinite(angle)
    out[there] = np.unwrap(angle[there])
    return out


def _turned(pelvis: Array) -> Array:
    """The pelvis (T, 3, 3) in a world in which it faces x in the mean."""
    return np.asarray(_vertical(-_heading(pelvis)) @ pelvis)


def _heading(pelvis: Array) -> float:
    """Angle about the vertical (rad, to the left) of the mean direction that the pelvis faces.

    That of the first frame where there is no mean, as in somebody who spins.
    """
    ahead = pelvis[np.isfinite(pelvis).all(axis=(1, 2))][:, [0, 2], 0]
    if not len(ahead):
        return 0.0
    mean = ahead.mean(axis=0)
    x, z = mean if np.hypot(*mean) > TURNING else ahead[0]
    return float(np.arctan2(-z, x))


def _vertical(angle: float) -> Array:
    """Rotation (3, 3) about y."""
    return np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])


def _matrices(rotations: Array) -> Array:
    """Rotation matrices (T, 22, 3, 3)."""
    from scipy.spatial.transform import Rotation

    _refuse_shape(rotations)
    return np.asarray(Rotation.from_rotvec(rotations.reshape(-1, 3)).as_matrix().reshape(*rotations.shape, 3))


def _refuse_shape(rotations: Array) -> None:
    if rotations.ndim != 3 or rotations.shape[1:] != (len(JOINTS), 3):
        raise DataRefused(
            "no rotations of the 22 joints of SMPL",
            why=f"shape {rotations.shape}, expected (T, {len(JOINTS)}, 3)",
            mend="give axis-angle of the root and the 21 joints of the body; leave hands and face out",
        )
