"""Motion of the SMPL body whose angles are known, in files laid out as AMASS lays them out. Nothing is copied."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

JOINTS = 22
PELVIS, SPINE, ELBOWS = 0, (3, 6, 9), {"l": 18, "r": 19}
LEGS = {"l": (1, 4, 7), "r": (2, 5, 8)}
COLLARS, SHOULDERS = {"l": 13, "r": 14}, {"l": 16, "r": 17}
FORWARDS, UP, RIGHT = (np.array(each, float) for each in ([0, 0, 1], [0, 1, 0], [-1, 0, 0]))  # in SMPL's own axes


def about(axis, angle):
    """Rotations (T,) about an axis of SMPL's by angles (T,) in rad."""
    return Rotation.from_rotvec(np.asarray(angle, float).reshape(-1, 1) * axis)


def ball(flexion, inwards, turn, side=1):
    """A joint that turns about the axis to the right, then its own forward axis, then its own long axis.

    `side` is 1 for right and trunk, -1 for left, whose inward and axial turns have the opposite sense.
    """
    return about(RIGHT, flexion) * about(FORWARDS, side * np.asarray(inwards)) * about(UP, side * np.asarray(turn))


def posed(angles, heading=0.0, up="z"):
    """Joint rotations (T, 22, 3) of a body with these angles by canonical name (T,); those not named are 0.

    The arms hang at 0: they come down from the T-pose by a quarter turn about the forward axis. `heading` (rad) turns
    the whole person to the left.
    """
    frames = len(next(iter(angles.values())))
    given = {name: np.broadcast_to(np.asarray(angle, float), frames) for name, angle in angles.items()}
    get = lambda *names: [given.get(name, np.zeros(frames)) for name in names]  # noqa: E731
    pose = np.zeros((frames, JOINTS, 3))
    stood = about(np.array([1.0, 0, 0]), np.pi / 2 if up == "z" else 0.0)  # y up of the body to the world's up
    faced = about(UP, heading + np.pi / 2)  # SMPL's forwards to x, then to where the person heads
    root = ball(*get("pelvis_tilt", "pelvis_list", "pelvis_rotation"))
    pose[:, PELVIS] = (stood * faced * root).as_rotvec()
    trunk = ball(*get("lumbar_extension", "lumbar_bending", "lumbar_rotation"))
    for joint in SPINE:
        pose[:, joint] = trunk.as_rotvec() / 3  # three times about the same axis
    for side, sign in (("r", 1), ("l", -1)):
        hip, knee, ankle = LEGS[side]
        named = lambda *names, side=side: get(*(f"{name}_{side}" for name in names))  # noqa: E731
        pose[:, hip] = ball(*named("hip_flexion", "hip_adduction", "hip_rotation"), sign).as_rotvec()
        pose[:, knee] = about(RIGHT, -named("knee_angle")[0]).as_rotvec()
        pose[:, ankle] = about(RIGHT, named("ankle_angle")[0]).as_rotvec()
        lowered = about(FORWARDS, sign * np.pi / 2)
        arm = ball(*named("arm_flex", "arm_add", "arm_rot"), sign) * lowered
        raised = about(FORWARDS, -sign * 0.1)  # part of it in the collar bone
        pose[:, COLLARS[side]] = np.broadcast_to(raised.as_rotvec(), (frames, 3))
        pose[:, SHOULDERS[side]] = (raised.inv() * arm).as_rotvec()
        pose[:, ELBOWS[side]] = about(UP, sign * named("elbow_flex")[0]).as_rotvec()
    return pose


def walking(seconds=4.0, rate=120.0, stride=1.1):
    """Angles of somebody who walks, by canonical name, (T,) rad."""
    time = np.arange(round(seconds * rate)) / rate
    angles = {"pelvis_tilt": np.full(len(time), -0.1)}
    for side, shift in (("r", 0.0), ("l", np.pi)):
        phase = 2 * np.pi * time / stride + shift
        angles[f"hip_flexion_{side}"] = 0.2 + 0.4 * np.cos(phase)
        angles[f"knee_angle_{side}"] = 0.5 - 0.3 * np.cos(phase) - 0.2 * np.cos(2 * phase + 0.6)
        angles[f"ankle_angle_{side}"] = 0.05 - 0.15 * np.sin(2 * phase)
        angles[f"arm_flex_{side}"] = -0.3 * np.cos(phase)
        angles[f"elbow_flex_{side}"] = 0.4 - 0.1 * np.cos(phase)
    return angles


def arrays(rotations, rate=120.0, release="smplh", translation=None, **changes):
    """The arrays of one file by name; a change to None leaves an array out."""
    frames = len(rotations)
    way = np.stack([1.2 * np.arange(frames) / rate, np.zeros(frames), np.full(frames, 0.95)], axis=1)
    flat, hands = rotations.reshape(frames, -1), np.zeros((frames, 90))
    made = {"trans": way if translation is None else translation, "betas": np.zeros(16), "gender": np.array("male")}
    if release == "smplh":
        made |= {"poses": np.hstack([flat, hands]), "dmpls": np.zeros((frames, 8)), "mocap_framerate": np.array(rate)}
    else:
        made |= {
            "root_orient": flat[:, :3], "pose_body": flat[:, 3:], "pose_hand": hands,
            "pose_jaw": np.zeros((frames, 3)), "pose_eye": np.zeros((frames, 6)),
            "poses": np.hstack([flat, np.zeros((frames, 9)), hands]), "surface_model_type": np.array("smplx"),
            "mocap_frame_rate": np.array(rate), "mocap_time_length": np.array(frames / rate),
            "markers_latent_vids": np.array({"LASI": 3}, dtype=object),
        }  # fmt: skip
    return {name: array for name, array in (made | changes).items() if array is not None}


def write(path, rotations, **options):
    """One file; options are those of `arrays`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays(rotations, **options))
    return path
