"""A small MIA: kicks, punches and squats of a stick figure, laid out as the set is, with either side first."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from miniatures.amass import posed
from miniatures.stick import keypoints

FRAMES, RATE = 30, 10.0
MOVES = {"FrontKick": "kick", "HighKick": "kick", "KneeKick": "kick", "FrontPunch": "punch", "HookPunch": "punch",
         "Squat": "both", "JumpingJack": "both"}  # fmt: skip
CAMERA = Rotation.from_rotvec([np.pi, 0, 0])  # looks along z, y down


def angles_and_effort(exercise, random):
    """Angles by name (T,), and how hard each muscle works: (4, T) for right and left, from 0 to 1."""
    time = np.arange(FRAMES) / RATE
    move, period = MOVES[exercise], random.uniform(1.2, 2.0)
    angles, effort = {}, {}
    starts = {"r": random.uniform(0, 1), "l": random.uniform(0, 1)}
    for side in "rl":
        start = starts["r"] if move == "both" else starts[side]
        lift = np.maximum(0, np.sin(2 * np.pi * (time / period + start))) ** 2
        burst = np.maximum(0, np.sin(2 * np.pi * (time / period + start) + 0.4)) ** 2
        leg, arm = (lift if move in wanted else 0 * lift for wanted in (("kick", "both"), ("punch", "both")))
        angles[f"hip_flexion_{side}"] = 0.1 + 1.2 * leg
        angles[f"knee_angle_{side}"] = 0.1 + 0.9 * leg
        angles[f"arm_flex_{side}"] = 0.2 + 1.1 * arm
        angles[f"elbow_flex_{side}"] = 1.8 - 1.2 * arm
        quick = np.abs(np.gradient(lift)) / np.abs(np.gradient(lift)).max()
        legs, arms = move != "punch", move != "kick"
        effort[side] = np.stack([legs * burst, 0.5 * legs * (1 - burst), arms * lift, arms * quick])
    return angles, effort


def window(exercise, order, random):
    """The arrays of one window by file name."""
    angles, effort = angles_and_effort(exercise, random)
    pose = posed(angles, up="y")
    upright = pose.copy()
    pose[:, 0] = (CAMERA * Rotation.from_rotvec(pose[:, 0])).as_rotvec()
    sides = ("r", "l") if order == "right first" else ("l", "r")
    clean = np.concatenate([effort[side] for side in sides]).T
    emg = 8 + 150 * clean + random.uniform(0, 12, clean.shape)
    seen = CAMERA.apply(keypoints(upright, "body25").reshape(-1, 3)).reshape(FRAMES, 25, 3)
    joints = np.concatenate([seen, seen[:, :24]], axis=1)
    return {
        "emgvalues": emg, "emgvaluesstd": (emg - emg.mean(0)) / emg.std(0), "joints3d": joints,
        "joints2d": 500 + 300 * joints[..., :2], "joints2dsmpl": 500 + 300 * joints[..., :2],
        "pose": np.hstack([pose.reshape(FRAMES, -1), np.zeros((FRAMES, 6))]), "betas": np.zeros((FRAMES, 10)),
        "predcam": np.ones((FRAMES, 3)), "origcam": np.ones((FRAMES, 4)), "bboxes": np.ones((FRAMES, 4)),
        "verts": np.zeros((FRAMES, 4, 3)),
    }  # fmt: skip


def write(root, order="right first", *, exercises=tuple(MOVES), people=(1, 2), count=2, seed=0):
    """The tree below `root / "mia"`; returns the folder of the set."""
    random = np.random.default_rng(seed)
    for person in people:
        for exercise in exercises:
            for number in range(count):
                part = "val" if number == count - 1 else "train"
                folder = root / "mia" / "MIADatasetOfficial" / part / f"Subject{person}" / exercise / str(9 + number)
                folder.mkdir(parents=True)
                for name, array in window(exercise, order, random).items():
                    np.save(folder / f"{name}.npy", array.astype(np.float32))
    return root / "mia"
