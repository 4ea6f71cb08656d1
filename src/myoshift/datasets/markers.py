"""Motion from markers: joint angles and foot strikes of a walk of which only markers were recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from myoshift import anatomy, signal
from myoshift.types import Array, Event, Flag, Markers, Side, Table

SIDES: tuple[Side, ...] = ("r", "l")
LONGEST_GAP = 0.1  # s, of a marker that is bridged; a longer gap stays


@dataclass(frozen=True, kw_only=True, eq=False)
class MarkerMotion:
    """What markers tell: angles of both legs in rad, foot strikes, and what was done and assumed."""

    motion: Table
    strikes: tuple[Event, ...]
    flags: tuple[Flag, ...]


def from_markers(
    markers: Markers,
    marker_set: anatomy.MarkerSet,
    *,
    standing: Markers | None = None,
    method: anatomy.AngleMethod = "frames",
    where: str | Path = "",
) -> MarkerMotion:
    """Hip, knee and ankle flexion of both legs, and foot strikes by where the heel is furthest ahead of the pelvis.

    Gaps of a marker of at most 0.1 s are bridged, longer ones stay NaN. Up and ahead are read from the body (see
    `anatomy.up`, `anatomy.facing`). With a `standing` trial the foot line is set level there, so that the ankle is
    neutral where shank and sole are at right angles; without one the line from heel to toe is taken for the sole.
    Errors name the file `where`.

    Raises
    ------
    DataRefused
        When markers are missing (all are named), lengths cannot be metres, left and right are exchanged, or nobody
        stands in the standing trial.
    """
    points, bridged = _landmarks(markers, marker_set, where)
    slope = anatomy.foot_slope(anatomy.landmarks(standing, marker_set, where)) if standing else None
    angles = anatomy.joint_angles(points, method=method, slope=slope)
    hips = "from the lab" if marker_set.hip else "by regression (Harrington 2007)"
    sole = "the sole of a standing trial" if standing else "the line from heel to toe"
    said = f"joint angles computed from markers: hip centres {hips}, ankle neutral at right angles to {sole}"
    flags = (Flag("angles_from_markers", said), *bridged, *_backwards(points))
    return MarkerMotion(motion=_table(angles, markers), strikes=_strikes(points, markers), flags=flags)


def arm_from_markers(markers: Markers, marker_set: anatomy.ArmMarkers, *, where: str | Path = "") -> MarkerMotion:
    """Shoulder and elbow of one arm; gaps of a marker of at most 0.1 s are bridged. There are no strikes.

    Raises
    ------
    DataRefused
        When markers are missing (all are named).
    """
    points, bridged = _landmarks(markers, marker_set, where)
    angles = anatomy.arm_angles(points, marker_set.side)
    said = "joint angles computed from markers: upper arm against trunk, forearm against upper arm"
    return MarkerMotion(
        motion=_table(angles, markers), strikes=(), flags=(Flag("angles_from_markers", said), *bridged)
    )


def _table(angles: dict[str, Array], markers: Markers) -> Table:
    return Table(
        values=np.stack(list(angles.values()), axis=1),
        names=tuple(angles),
        units=("rad",) * len(angles),
        rate=markers.rate,
        time=markers.time,
    )


def _landmarks(
    markers: Markers, marker_set: anatomy.MarkerSet | anatomy.ArmMarkers, where: str | Path
) -> tuple[anatomy.Landmarks, tuple[Flag, ...]]:
    """Landmarks after short gaps of their markers were bridged, and how many frames that were."""
    needed = {name for _, names in marker_set.names() for name in names}
    index = [i for i, name in enumerate(markers.names) if name in needed]
    values = markers.values[:, index].astype(float)
    filled = signal.bridge(values.reshape(len(values), -1), round(LONGEST_GAP * markers.rate)).reshape(values.shape)
    names = tuple(markers.names[i] for i in index)
    points = anatomy.landmarks(replace(markers, values=filled, names=names), marker_set, where)
    new = (np.isfinite(filled) & ~np.isfinite(values)).any(axis=2).sum(axis=0)
    said = ", ".join(f"{name} {count}" for name, count in zip(names, new, strict=True) if count)
    flag = Flag("bridged", f"frames of markers filled across gaps up to {LONGEST_GAP:g} s", said)
    return points, (flag,) if said else ()


def _strikes(points: anatomy.Landmarks, markers: Markers) -> tuple[Event, ...]:
    ahead = anatomy.facing(points)
    back = (points["psis_r"] + points["psis_l"]) / 2
    events = [
        Event("foot_strike", float(markers.time[0] + seconds), side)
        for side in SIDES
        for seconds in signal.strikes_from_heel(_along(points[f"heel_{side}"] - back, ahead), markers.rate)
    ]
    return tuple(sorted(events, key=lambda event: event.time))


def _along(vectors: Array, direction: Array) -> Array:
    return np.asarray((vectors * direction).sum(axis=1))


def _backwards(points: anatomy.Landmarks) -> tuple[Flag, ...]:
    """A flag for who goes more than a step against the direction that the pelvis faces."""
    ahead, _ = anatomy.course(points)
    if ahead > -0.5:
        return ()
    return (Flag("backwards", f"the pelvis goes {-ahead:.2f} m to where its back is: walking backwards?"),)
