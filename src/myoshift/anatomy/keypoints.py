"""Sagittal joint angles from the keypoints of a pose estimator: one table of layouts (`keypoints.csv`), one rule.

`coco17` is COCO's (no feet), `body25` OpenPose's (also the first 25 of the 49 joints of SPIN and VIBE, which is the
`joints3d` of MIA), `smpl22` the joint centres of the SMPL body. Keypoints know no pelvis: its long axis is taken to
be the line from the hips to the shoulders, so that the hip's flexion holds the bending of the spine. The elbow is the
plain angle between upper arm and forearm.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import numpy as np

from myoshift import registry
from myoshift.anatomy.joint_angles import joint_angles
from myoshift.anatomy.markers import SIDES, Landmarks, unit
from myoshift.anatomy.tables import rows
from myoshift.errors import DataRefused
from myoshift.types import Array

Faces = Literal["left", "right"]
NARROW = 0.1  # of the length of the thigh: hips that are nearer to each other do not tell right from left
UNCLEAR = 0.2  # cosine between two directions that should agree
BENT = 0.1  # rad of knee flexion from which on it tells front from back


@cache
def layouts() -> Mapping[str, Mapping[str, int]]:
    """For each layout the place of each role with its side (`knee_r`), from 0."""
    found: dict[str, dict[str, int]] = {}
    for row in rows("keypoints.csv"):
        found.setdefault(row["layout"], {})[row["role"]] = int(row["place"])
    return found


def keypoint_angles(
    points: Array, layout: str, *, faces: Faces | None = None, standing: Array | None = None
) -> dict[str, Array]:
    """Flexion (T,) in rad of hip, knee, ankle and elbow of both sides, by canonical name; NaN where a point is NaN.

    Front and back come from the hips, right and left as the layout names them; shoulders and feet must agree, and
    where there are no feet, the knees.

    Parameters
    ----------
    points : (T, J, 3) in any unit and any world, or (T, J, 2) of an image (x to the right, y down) in a side view; J
        at least as many as the layout has, the others are ignored. A point that was not seen is NaN, not 0.
    faces : where in the image the person looks; needed for two dimensions, and for them only
    standing : the same of somebody who stands upright with flat feet; ankles are 0 there. Without it the line from
        heel to toe is the sole. A layout without heels (`smpl22`) has ankles only with `standing`, one without feet
        (`coco17`) never.

    Raises
    ------
    UnknownNameError
        When the layout is not known.
    DataRefused
        When the shape is another one, a side view is not declared, or front and back are unclear or contradictory.
    """
    found, roles = _angles(points, layout, faces), layouts()[layout]
    if "toe_r" not in roles or ("heel_r" not in roles and standing is None):
        return {name: angle for name, angle in found.items() if not name.startswith("ankle")}
    if standing is not None:
        zero = _angles(standing, layout, faces)
        for name in ("ankle_angle_r", "ankle_angle_l"):
            found[name] = found[name] - _median(zero[name])
    return found


def _angles(points: Array, layout: str, faces: Faces | None) -> dict[str, Array]:
    body = _body(points, layout, faces)
    across = body["hip_r"] - body["hip_l"] if faces is None else np.tile([0.0, 0, 1], (len(points), 1))
    right = unit(across)
    upwards = _middle(body, "shoulder") - _middle(body, "hip")
    ahead = unit(np.cross(upwards, right))
    for side, sign in (("r", 1), ("l", -1)):
        centre = body[f"hip_{side}"] if faces is None else body[f"hip_{side}"] + sign * right
        body[f"asis_{side}"], body[f"psis_{side}"] = centre + ahead, centre - ahead
        missing = np.full_like(ahead, np.nan)
        body[f"toe_{side}"] = body.get(f"toe_{side}", missing)
        body[f"heel_{side}"] = body.get(f"heel_{side}", body[f"ankle_{side}"])
    found = joint_angles(body)
    _refuse_unclear(body, ahead, right if faces is None else None, found)
    for side in SIDES:
        upper, lower = (
            unit(body[f"{far}_{side}"] - body[f"{near}_{side}"])
            for near, far in (("shoulder", "elbow"), ("elbow", "wrist"))
        )
        found[f"elbow_flex_{side}"] = np.arccos(np.clip((upper * lower).sum(axis=1), -1, 1))
    return found


def _body(points: Array, layout: str, faces: Faces | None) -> Landmarks:
    """Position (T, 3) of each role; an image becomes the plane of x (forwards) and y (upwards)."""
    if layout not in layouts():
        raise registry.unknown("layout of keypoints", layout, tuple(layouts()))
    roles = layouts()[layout]
    if points.ndim != 3 or points.shape[1] < len(roles) or points.shape[2] not in (2, 3):
        raise DataRefused(
            f"no keypoints of the layout {layout}",
            why=f"shape {points.shape}, expected (T, {len(roles)} or more, 3), or 2 for a side view",
            mend=f"name another layout: {', '.join(layouts())}",
        )
    if (points.shape[2] == 2) != (faces is not None):
        raise DataRefused(
            "keypoints of an image need a declared side view, and only they",
            why=f"shape {points.shape}, faces {faces!r}",
            mend="state faces='right' or 'left' for (T, J, 2) seen from the side; from the front there are no angles",
        )
    if faces is not None:
        turned = points * [1.0 if faces == "right" else -1.0, -1.0]
        points = np.concatenate([turned, np.zeros_like(turned[..., :1])], axis=2)
    return {role: points[:, place].astype(float) for role, place in roles.items()}


def _refuse_unclear(body: Landmarks, ahead: Array, right: Array | None, found: dict[str, Array]) -> None:
    """Refuse hips that do not tell right from left, and whatever contradicts the direction that they give."""
    if right is not None:
        width = _median(np.linalg.norm(body["hip_r"] - body["hip_l"], axis=1))
        thigh = _median(np.linalg.norm(body["knee_r"] - body["hip_r"], axis=1))
        if not width > NARROW * thigh:
            raise _unclear(f"the hips are {width:.3g} apart, the thigh is {thigh:.3g} long")
        shoulders = _median((unit(body["shoulder_r"] - body["shoulder_l"]) * right).sum(axis=1))
        if not shoulders > UNCLEAR:
            raise _unclear(f"hips and shoulders disagree about right and left, cosine {shoulders:.2f}")
    feet = [(unit(body[f"toe_{s}"] - body[f"heel_{s}"]) * ahead).sum(axis=1) for s in SIDES]
    there = np.concatenate(feet)
    if np.isfinite(there).any():
        forwards = _median(there)
        if not forwards > UNCLEAR:
            raise _unclear(f"the feet point backwards or to the side, cosine {forwards:.2f}")
        return
    knees = np.concatenate([found[f"knee_angle_{side}"] for side in SIDES])
    low, high = np.nanpercentile(knees, [5, 95]) if np.isfinite(knees).any() else (0.0, 0.0)
    if -low > max(BENT, high):
        raise _unclear(f"the knees bend backwards, {np.degrees(low):.0f}..{np.degrees(high):.0f} deg")


def _unclear(why: str) -> DataRefused:
    return DataRefused(
        "front and back of the body are unclear",
        why=why,
        mend="check the layout, exchanged sides, a mirrored image, or the direction stated in `faces`",
    )


def _middle(body: Landmarks, role: str) -> Array:
    return np.asarray((body[f"{role}_r"] + body[f"{role}_l"]) / 2)


def _median(values: Array) -> float:
    """Median of what was seen, NaN when nothing was."""
    there = values[np.isfinite(values)]
    return float(np.median(there)) if len(there) else float("nan")
