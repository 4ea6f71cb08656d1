"""Names of channels that a simulation derives from the motion of a leg, to be inputs beside the coordinates.

A name is a kind and what it is of (`moment_knee_angle`), without side. Every channel is of the leg itself, has the
same sign on both sides, and a zero that means something, so that its size may be compared between people and
laboratories:

    moment_<coordinate>     moment that the muscles are asked for, N m per kg of the person, signed as the coordinate
    simulated_<site>        activation by static optimisation, seen by the montage of the site
    length_<muscle>         fibre length under a stiff tendon beyond the optimal one, in optimal lengths
    velocity_<muscle>       its change, optimal lengths per second
    gravity_<segment>       sagittal inclination of a segment to gravity, rad; 0 as in upright standing
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from myoshift.anatomy.muscles import IPSILATERAL
from myoshift.anatomy.sites import SITES, site
from myoshift.anatomy.tables import split_side

JOINTS = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")
"""The coordinates that have a moment."""
SEGMENTS = ("pelvis", "thigh", "shank", "foot")


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived channel: `kind` is `moment`, `simulated`, `length`, `velocity` or `gravity`, `of` what it is of."""

    kind: str
    of: str


@cache
def _table() -> dict[str, tuple[str, ...]]:
    legs = set(IPSILATERAL)
    seen = tuple(name for name in SITES if site(name).muscles and set(site(name).muscles) <= legs)
    return {
        "moment": JOINTS,
        "simulated": seen,
        "length": IPSILATERAL,
        "velocity": IPSILATERAL,
        "gravity": SEGMENTS,
    }


def derived(name: str) -> Derived | None:
    """The derived channel of that name without side, None where it is not the name of one."""
    kind, _, of = name.partition("_")
    return Derived(kind, of) if of in _table().get(kind, ()) else None


def derived_like(name: str) -> tuple[str, ...]:
    """Names of all derived channels of the kind that a name begins with; of every joint moment where it has none."""
    kind = name.partition("_")[0]
    kind = kind if kind in _table() else "moment"
    return tuple(f"{kind}_{of}" for of in _table()[kind])


def is_derived_column(name: str) -> bool:
    """Whether a column with side (`moment_knee_angle_r`) is a derived channel of that side."""
    base, side = split_side(name)
    return side is not None and derived(base) is not None
