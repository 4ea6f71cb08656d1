"""Markers on the body: which marker plays which role, where up is, and whether left and right are what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoshift.errors import DataRefused
from myoshift.types import Array, Markers, Side

SIDES: tuple[Side, ...] = ("r", "l")
WIDTHS = (0.08, 0.6)  # m, between the anterior spines of a small child, and of a large adult with markers on wands
STEEPEST = 0.6  # rad, the line from heel to toe of a flat foot
Landmarks = dict[str, Array]
"""Positions (T, 3) in metres of each role and side: `asis_r`, `knee_l`, ..."""


@dataclass(frozen=True, kw_only=True)
class MarkerSet:
    """Which marker plays which role in a lab; `{}` in a name stands for the letters of the side.

    A role that is given several names is played by the point midway between them (medial and lateral side of a
    joint). A name without `{}` serves both sides (a sacral marker as `psis`).

    Parameters
    ----------
    asis, psis : anterior and posterior superior iliac spines
    hip : a hip centre that the lab has put in; empty where it must be found by regression
    knee, ankle : on or near the joint's axis, for example the lateral condyle and malleolus
    heel, toe : the line along the foot
    letters : what stands for right and left
    """

    asis: str | tuple[str, ...] = "{}ASI"
    psis: str | tuple[str, ...] = "{}PSI"
    hip: str | tuple[str, ...] = ()
    knee: str | tuple[str, ...] = "{}KNE"
    ankle: str | tuple[str, ...] = "{}ANK"
    heel: str | tuple[str, ...] = "{}HEE"
    toe: str | tuple[str, ...] = "{}TOE"
    letters: tuple[str, str] = ("R", "L")

    def names(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every role with its side, and the markers that play it."""
        for role in ("asis", "psis", "hip", "knee", "ankle", "heel", "toe"):
            stated = getattr(self, role)
            for side, letter in zip(SIDES, self.letters, strict=True):
                names = (stated,) if isinstance(stated, str) else stated
                if names:
                    yield f"{role}_{side}", tuple(name.format(letter) for name in names)


PLUG_IN_GAIT = MarkerSet()
"""The names of the Plug-in Gait lower body, with two posterior spines."""


@dataclass(frozen=True, kw_only=True)
class ArmMarkers:
    """Which marker plays which role for the trunk and one arm; a role given several names lies midway between them.

    Parameters
    ----------
    notch, xiphoid : upper and lower end of the breastbone
    upper_spine, lower_spine : spinous processes at about the height of `notch` and `xiphoid` (C7 or T1; T8 or T10)
    shoulder, elbow, wrist : at the joints of the arm
    side : of the arm
    """

    notch: str | tuple[str, ...]
    xiphoid: str | tuple[str, ...]
    upper_spine: str | tuple[str, ...]
    lower_spine: str | tuple[str, ...]
    shoulder: str | tuple[str, ...]
    elbow: str | tuple[str, ...]
    wrist: str | tuple[str, ...]
    side: Side

    def names(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every role, and the markers that play it."""
        for role in ("notch", "xiphoid", "upper_spine", "lower_spine", "shoulder", "elbow", "wrist"):
            stated = getattr(self, role)
            yield role, (stated,) if isinstance(stated, str) else stated


def landmarks(markers: Markers, marker_set: MarkerSet | ArmMarkers, where: str | Path = "") -> Landmarks:
    """Where each role of a marker set is, NaN where one of its markers was not seen; errors name the file `where`.

    Raises
    ------
    DataRefused
        When markers are missing or were never seen (all are named), when the pelvis is too wide or narrow for metres,
        or when the left side is on the right.
    """
    roles = dict(marker_set.names())
    needed = dict.fromkeys(name for names in roles.values() for name in names)
    absent = [name for name in needed if name not in markers.names]
    unseen = [n for n in needed if n not in absent and not np.isfinite(_marker(markers, n)).all(axis=1).any()]
    if absent or unseen:
        said = [("not in the file", absent), ("never seen", unseen), ("there are", markers.names[:40])]
        raise DataRefused(
            "markers are missing",
            where=where,
            why="; ".join(f"{what}: {', '.join(names)}" for what, names in said if names),
            mend=f"say in {type(marker_set).__name__} which marker of this lab plays which role",
        )
    points = {role: np.mean([_marker(markers, name) for name in names], axis=0) for role, names in roles.items()}
    if isinstance(marker_set, MarkerSet):
        _refuse_other_units(points, where)
        _refuse_exchanged(points, where)
    return points


def up(points: Landmarks) -> Array:
    """Unit vector (3,) upwards: the axis of the laboratory along which the pelvis is furthest from the ankles."""
    reach = np.nanmedian(_pelvis(points) - _between(points, "ankle"), axis=0)
    axis = int(np.argmax(np.abs(reach)))
    return np.asarray(np.eye(3)[axis] * np.sign(reach[axis]))


def facing(points: Landmarks) -> Array:
    """Horizontal unit vectors (T, 3) to where the pelvis looks: from the posterior to the anterior spines."""
    vertical = up(points)
    ahead = _between(points, "asis") - _between(points, "psis")
    return unit(ahead - (ahead @ vertical)[:, None] * vertical)


def course(points: Landmarks) -> Array:
    """How far the pelvis goes (m) in the direction that it faces on average, and across it to the left: (2,).

    Who walks forwards goes ahead, who walks backwards goes less than nothing, who walks on a treadmill stays.
    """
    there = _pelvis(points)[np.isfinite(_pelvis(points)).all(axis=1)]
    ahead = unit(np.nanmean(facing(points), axis=0))
    way = there[-1] - there[0]
    return np.array([way @ ahead, way @ np.cross(up(points), ahead)])


def foot_slope(points: Landmarks) -> dict[Side, float]:
    """By how much (rad) the line from heel to toe rises in a person who stands with flat feet.

    Raises
    ------
    DataRefused
        When it is steeper than that of any flat foot.
    """
    vertical = up(points)
    lines = {side: points[f"toe_{side}"] - points[f"heel_{side}"] for side in SIDES}
    slopes = {side: float(np.nanmedian(np.arcsin(unit(line) @ vertical))) for side, line in lines.items()}
    steepest = max(slopes.values(), key=abs)
    if abs(steepest) > STEEPEST:
        raise DataRefused(
            "nobody stands with flat feet in the standing trial",
            why=f"the toe is {np.degrees(steepest):.0f} deg above the heel, at most {np.degrees(STEEPEST):.0f}",
            mend="give another standing trial, or none",
        )
    return slopes


def unit(vectors: Array) -> Array:
    """Vectors (..., 3) of length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _marker(markers: Markers, name: str) -> Array:
    return markers.values[:, markers.names.index(name)].astype(float)


def _between(points: Landmarks, role: str) -> Array:
    return np.asarray((points[f"{role}_r"] + points[f"{role}_l"]) / 2)


def _pelvis(points: Landmarks) -> Array:
    return np.asarray((_between(points, "asis") + _between(points, "psis")) / 2)


def _refuse_other_units(points: Landmarks, where: str | Path) -> None:
    """Refuse a pelvis that is no pelvis in metres."""
    width = float(np.nanmedian(np.linalg.norm(points["asis_r"] - points["asis_l"], axis=1)))
    if not WIDTHS[0] <= width <= WIDTHS[1]:
        raise DataRefused(
            "the pelvis cannot be so wide",
            where=where,
            why=f"{width:.3g} m between the anterior spines, expected within {WIDTHS[0]:g}..{WIDTHS[1]:g} m",
            mend="state the unit of the file (mm, read as m?), or correct the roles of the MarkerSet",
        )


def _refuse_exchanged(points: Landmarks, where: str | Path) -> None:
    """Refuse a body whose left spine is to the right of where it looks."""
    leftwards = np.cross(up(points), facing(points))
    width = float(np.nanmedian(((points["asis_l"] - points["asis_r"]) * leftwards).sum(axis=1)))
    if width < 0:
        raise DataRefused(
            "left and right, or front and back, of the pelvis are exchanged",
            where=where,
            why=f"the left anterior spine is {-width:.3g} m to the right of the right one, seen from behind",
            mend="correct the sides, or the roles `asis` and `psis`, of the MarkerSet",
        )
