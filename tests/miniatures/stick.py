"""A stick figure with lengths of our own: where the joints of a SMPL body are, without a body model."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from myoshift.anatomy import smpl

# From the parent's joint to the joint in the T-pose, m: left, up, forwards.
OFFSETS = {
    "hip": (0.09, -0.08, 0), "knee": (0, -0.42, 0), "ankle": (0, -0.40, 0), "foot": (0, -0.06, 0.13),
    "spine_1": (0, 0.11, 0), "spine_2": (0, 0.13, 0), "spine_3": (0, 0.06, 0), "neck": (0, 0.2, 0),
    "head": (0, 0.1, 0.03), "collar": (0.08, 0.12, 0), "shoulder": (0.1, 0.03, 0), "elbow": (0.27, 0, 0),
    "wrist": (0.25, 0, 0), "heel": (0, -0.08, -0.05), "big_toe": (0, -0.08, 0.18),
}  # fmt: skip
BODY25 = (
    "head", "neck", "shoulder_r", "elbow_r", "wrist_r", "shoulder_l", "elbow_l", "wrist_l", "pelvis", "hip_r",
    "knee_r", "ankle_r", "hip_l", "knee_l", "ankle_l", "head", "head", "head", "head", "big_toe_l", "big_toe_l",
    "heel_l", "big_toe_r", "big_toe_r", "heel_r",
)  # fmt: skip
COCO17 = (
    "head", "head", "head", "head", "head", "shoulder_l", "shoulder_r", "elbow_l", "elbow_r", "wrist_l", "wrist_r",
    "hip_l", "hip_r", "knee_l", "knee_r", "ankle_l", "ankle_r",
)  # fmt: skip


def offset(name):
    base, side = (name[:-2], name[-1]) if name[-2:] in ("_l", "_r") else (name, "l")
    return np.array(OFFSETS[base]) * [1 if side == "l" else -1, 1, 1]


def joints(rotations, translation=None):
    """Places (T, 3) by name of the 22 joints, the heels and the big toes, from rotations (T, 22, 3)."""
    turns = [Rotation.from_rotvec(rotations[:, k]) for k in range(22)]
    world, place = [turns[0]], {"pelvis": np.zeros((len(rotations), 3)) if translation is None else translation}
    for k, name in enumerate(smpl.JOINTS[1:], start=1):
        parent = smpl.PARENTS[k]
        place[name] = place[smpl.JOINTS[parent]] + world[parent].apply(offset(name))
        world.append(world[parent] * turns[k])
    for side in "lr":
        ankle = smpl.JOINTS.index(f"ankle_{side}")
        for end in ("heel", "big_toe"):
            place[f"{end}_{side}"] = place[f"ankle_{side}"] + world[ankle].apply(offset(f"{end}_{side}"))
    return place


def keypoints(rotations, layout):
    """Keypoints (T, J, 3) of a layout."""
    names = {"smpl22": smpl.JOINTS, "body25": BODY25, "coco17": COCO17}[layout]
    place = joints(rotations)
    return np.stack([place[name] for name in names], axis=1)
