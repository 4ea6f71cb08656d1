"""A body of lines that bends as it is told, in any laboratory: markers whose angles are known."""

from __future__ import annotations

import numpy as np

from myoshift.types import Markers

WIDTH, DEPTH = 0.24, 0.14
HIP = np.array([-0.24 * DEPTH - 0.0099, -0.30 * WIDTH - 0.0109, 0.33 * WIDTH + 0.0073])
HEIGHT = np.array([0.0, 0.95, 0.0])


def bent(flexion, tilt=0.0):
    """Markers (T, 12, 3) x forwards, y up, z right, of legs with these angles (deg), both alike.

    `flexion` holds hip, knee and ankle (T,); `tilt` is the backward tilt of the pelvis in deg.
    """
    hip, knee, ankle = (np.radians(np.asarray(each, float)) for each in flexion)
    lean = np.radians(tilt)
    thigh = hip + lean  # from straight down, forwards
    shank = thigh - knee
    foot = shank + ankle
    turn = np.array([[np.cos(lean), -np.sin(lean), 0], [np.sin(lean), np.cos(lean), 0], [0, 0, 1]])
    points = {}
    for side, sign in (("R", 1), ("L", -1)):
        points[f"{side}ASI"] = np.tile(turn @ [0, 0, sign * WIDTH / 2], (len(hip), 1))
        points[f"{side}PSI"] = np.tile(turn @ [-DEPTH, 0, sign * 0.05], (len(hip), 1))
        centre = np.tile(turn @ (HIP * [1, 1, sign]), (len(hip), 1))
        points[f"{side}KNE"] = centre + 0.42 * _down(thigh)
        points[f"{side}ANK"] = points[f"{side}KNE"] + 0.40 * _down(shank)
        points[f"{side}HEE"] = points[f"{side}ANK"] - 0.05 * _ahead(foot) + 0.06 * _down(foot)
        points[f"{side}TOE"] = points[f"{side}HEE"] + 0.20 * _ahead(foot)
    return tuple(points), np.stack(list(points.values()), axis=1) + HEIGHT


def laboratory(values, up="z", yaw=0.0):
    """The same body where another axis is up, facing another way."""
    spun = values @ np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    order = {"y": [0, 1, 2], "z": [2, 0, 1], "x": [1, 2, 0]}[up]  # even permutations stay right-handed
    return spun[..., order]


def markers(names, values, rate=100.0):
    """As a reader gives them."""
    return Markers(values=values, names=tuple(names), rate=rate, time=np.arange(len(values)) / rate)


def _down(angle):
    return np.stack([np.sin(angle), -np.cos(angle), np.zeros_like(angle)], axis=1)


def _ahead(angle):
    return np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)
