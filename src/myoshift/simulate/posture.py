"""From the few coordinates that a laboratory measured to the motion of a whole body.

What was not measured is filled in, in this order: the other leg of a gait is the same curve half a cycle later; other
joints follow published mean curves by gait phase (`curves`), or stay neutral where there is no gait; a declared
orientation of the thigh sets the hip; the pelvis is tilted so that the feet are flat in mid-stance, and travels over
the standing foot (`travel`); the trunk and the legs lean as balance asks (`balance`). Every coordinate so filled in
is missing from `Motion.measured` and named in a flag, and so is one whose zero was moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myoshift import registry
from myoshift.anatomy.tables import other, split_side
from myoshift.simulate.balance import balanced
from myoshift.simulate.curves import curve, has_curve
from myoshift.simulate.filling import Filling
from myoshift.simulate.model import COORDINATES, SIDES, Segment
from myoshift.simulate.motion import Motion, Support
from myoshift.simulate.phases import Cycles, cycles, half_a_cycle_later
from myoshift.simulate.scaling import scaled
from myoshift.simulate.table import load
from myoshift.simulate.travel import TRANSLATIONS, tilted, travelled
from myoshift.types import Array, Side

HEIGHT = 1.70  # m, of a person whose height is not known
SHORTEST = 0.5  # s of motion without gaps
ORIENTATIONS = {"thigh vertical": 0.0, "thigh horizontal": np.pi / 2}
"""Hip flexion under an upright pelvis, of each declared `Recording.segment_orientation`."""
SUPPORTS: dict[str, Support] = {"thigh vertical": "held", "thigh horizontal": "seated"}
LATER = (*TRANSLATIONS, "pelvis_tilt", "lumbar_extension")  # what the feet and the pelvis decide


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretch:
    """The motion of the whole body in those frames of the recording."""

    frames: slice
    motion: Motion


def complete(
    values: Array,
    names: Sequence[str],
    rate: float,
    *,
    height: float | None = None,
    orientation: str | None = None,
    segments: tuple[Segment, ...] | None = None,
    gait: Cycles | None = None,
) -> tuple[Stretch, ...]:
    """The motion of the whole body in each stretch of at least 0.5 s in which all measured coordinates were seen.

    Parameters
    ----------
    values : (T, C) rad and m; a column that is NaN throughout was not measured
    names : canonical coordinate names with side (`hip_flexion_r`)
    rate : Hz, even
    height : of the person, m; 1.70 where it is not known
    orientation : how the thigh stands to gravity, as the recording declares it; the pelvis is then held
    segments : of the person; the embedded body of that height when None
    gait : the gait cycles at all frames, where they are known; found from hip and knee when None

    Raises
    ------
    UnknownNameError
        When the orientation is not known.
    DataRefused
        When there is no measured coordinate of the body.
    """
    if orientation is not None and orientation not in ORIENTATIONS:
        raise registry.unknown("segment orientation", orientation, tuple(ORIENTATIONS))
    frame = segments or _embedded(height or HEIGHT)
    body = Filling.of(values, names, rate)
    seen = np.isfinite(body.values[:, [name in body.measured for name in COORDINATES]]).all(axis=1)
    edges = np.flatnonzero(np.diff(np.r_[False, seen, False].astype(int))).reshape(-1, 2).tolist()
    return tuple(
        Stretch(frames=part, motion=_motion(body.frames(part), orientation, frame, gait and gait.frames(part)))
        for part in (slice(start, stop) for start, stop in edges if stop - start >= SHORTEST * rate)
    )


def _embedded(height: float) -> tuple[Segment, ...]:
    model = load()
    return scaled(model, model.mass * (height / HEIGHT) ** 2, height).segments


def _motion(body: Filling, orientation: str | None, segments: tuple[Segment, ...], gait: Cycles | None) -> Motion:
    whole = _held(body, orientation) if orientation else _standing(body, segments, gait)
    return Motion(
        values=whole.values,
        rate=whole.rate,
        support=SUPPORTS[orientation] if orientation else "ground",
        measured=whole.measured,
        flags=whole.flags,
    )


def _held(body: Filling, orientation: str) -> Filling:
    """The pelvis upright and at rest, both thighs as declared; the other shank hangs down."""
    hip = ORIENTATIONS[orientation]
    thighs = {f"{joint}_{side}": hip for joint in ("hip_flexion", "knee_angle") for side in SIDES}
    placed = body.filled(thighs, "posture", f"{orientation}: hip flexed by {np.degrees(hip):.0f} deg, pelvis held")
    return placed.filled(dict.fromkeys(placed.missing(), 0.0), "neutral", "not measured: the neutral position")


def _standing(body: Filling, segments: tuple[Segment, ...], known: Cycles | None) -> Filling:
    """The feet on the ground, which carry the body."""
    gait = known or cycles(_joint(body, "hip_flexion"), _joint(body, "knee_angle"), body.rate)
    if gait is not None:
        body = _mean_curves(_other_side(body, gait), gait)
    rest = [name for name in body.missing() if name not in LATER]
    body = body.filled(dict.fromkeys(rest, 0.0), "neutral", "not measured: the neutral position")
    return balanced(travelled(tilted(body, gait, segments), gait, segments), gait, segments)


def _joint(body: Filling, joint: str) -> dict[Side, Array]:
    """A joint of those legs in which it was measured."""
    return {side: body.get(f"{joint}_{side}") for side in SIDES if f"{joint}_{side}" in body.measured}


def _other_side(body: Filling, gait: Cycles) -> Filling:
    copies = {}
    for name in body.missing():
        base, side = split_side(name)
        if side is not None and f"{base}_{other(side)}" in body.measured:
            copies[name] = half_a_cycle_later(body.get(f"{base}_{other(side)}"), gait.phase[other(side)])
    return body.filled(copies, "other_side", "not measured: as the other side, half a gait cycle away")


def _mean_curves(body: Filling, gait: Cycles) -> Filling:
    """All but the tilt of the pelvis, of which a mean curve says how it changes and not where it is."""
    means = {}
    for name in body.missing():
        base, side = split_side(name)
        if has_curve(gait.gait, base) and name not in LATER:
            means[name] = curve(gait.gait, base, gait.phase[side or "r"])
    return body.filled(means, "mean_curve", f"not measured: published mean curves of a {gait.gait} by gait phase")
