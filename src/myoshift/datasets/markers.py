"""Motion from markers: joint angles and foot strikes of a walk of which only markers were recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
) -> MarkerMotion:
    """Hip, knee and ankle flexion of both legs, and foot strikes by where the heel is furthest ahead of the pelvis.

    Gaps of a marker of at most 0.1 s are bridged, longer ones stay NaN. Up and ahead are read from the body (see
    `anatomy.up`, `anatomy.facing`). With a `standing` trial the foot line is set level there, so that the ankle is
    neutral where shank and sole are at right angles; without one the line from heel to toe is taken for the sole.

    Raises
    ------
    DataRefused
        When markers are missing (all are named), or left and right are exchanged.
    """
    filled, bridged = _bridged(markers)
    points = anatomy.landmarks(filled, marker_set)
    slope = anatomy.foot_slope(anatomy.landmarks(standing, marker_set)) if standing else None
    angles = anatomy.joint_angles(points, method=method, slope=slope)
    motion = Table(
        values=np.stack(list(angles.values()), axis=1),
        names=tuple(angles),
        units=("rad",) * len(angles),
        rate=markers.rate,
        time=markers.time,
    )
    hips = "from the lab" if marker_set.hip else "by regression (Harrington 2007)"
    sole = "the sole of a standing trial" if standing else "the line from heel to toe"
    said = f"joint angles computed from markers: hip centres {hips}, ankle neutral at right angles to {sole}"
    flags = (Flag("angles_from_markers", said), *bridged, *_backwards(points))
    return MarkerMotion(motion=motion, strikes=_strikes(points, markers), flags=flags)


def _bridged(markers: Markers) -> tuple[Markers, tuple[Flag, ...]]:
    flat = markers.values.reshape(len(markers.values), -1).astype(float)
    values = signal.bridge(flat, round(LONGEST_GAP * markers.rate)).reshape(markers.values.shape)
    new = np.isfinite(values).all(axis=2) & ~np.isfinite(markers.values).all(axis=2)
    counts = {name: int(n) for name, n in zip(markers.names, new.sum(axis=0), strict=True) if n}
    said = ", ".join(f"{name} {count}" for name, count in counts.items())
    flag = Flag("bridged", f"frames of markers filled across gaps up to {LONGEST_GAP:g} s", said)
    return replace(markers, values=values), (flag,) if counts else ()


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
