"""What a musculoskeletal model is: rigid segments, and the muscles of two legs.

Ground frame as in OpenSim: x forwards, y upwards, z to the right. Metres, radians, kilograms, newtons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from myoshift.physiology.muscle import Muscles
from myoshift.types import Array, Side

SIDES: tuple[Side, Side] = ("r", "l")
PELVIS = ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz")
LEG = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")
"""The coordinates whose moments the muscles of a leg balance."""
FOOT = ("subtalar_angle", "mtp_angle")
TRUNK = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
ARM = ("arm_flex", "arm_add", "arm_rot", "elbow_flex", "pro_sup", "wrist_flex", "wrist_dev")


def sided(names: tuple[str, ...], side: Side) -> tuple[str, ...]:
    """The names of one side (`hip_flexion_r`)."""
    return tuple(f"{name}_{side}" for name in names)


COORDINATES = (
    *PELVIS,
    *(name for side in SIDES for name in sided((*LEG, *FOOT), side)),
    *TRUNK,
    *(name for side in SIDES for name in sided(ARM, side)),
)
"""Every coordinate of the body, in the order of the columns of a motion: 37 in all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """One axis of a joint: it turns by (rad), or slides by (m), a polynomial of one coordinate.

    Parameters
    ----------
    direction : (3,) unit vector in the frame of the joint
    coordinate : name with its side; "" where the value is constant
    polynomial : coefficients in ascending order; (0, 1) is the coordinate itself
    """

    direction: Array
    coordinate: str = ""
    polynomial: tuple[float, ...] = (0.0,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Segment:
    """A rigid segment and the joint that hangs it on its parent, as OpenSim's CustomJoint does.

    From the frame of the parent: move by `parent_offset`, turn by `parent_rotation`, slide along the axes of
    `translations` one after the other, turn about those of `rotations` one after the other; that is the frame of the
    joint in the child, which stands in the child's own frame at `child_offset`, turned by `child_rotation`.

    Parameters
    ----------
    parent : name of a segment that comes earlier, or "ground"
    mass : kg
    centre : (3,) centre of mass in the segment's own frame, m
    inertia : (3, 3) about the centre of mass, in the segment's own frame, kg m2
    """

    name: str
    parent: str
    mass: float
    centre: Array
    inertia: Array
    parent_offset: Array
    parent_rotation: Array = field(default_factory=lambda: np.eye(3))
    child_offset: Array = field(default_factory=lambda: np.zeros(3))
    child_rotation: Array = field(default_factory=lambda: np.eye(3))
    rotations: tuple[Axis, ...] = ()
    translations: tuple[Axis, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Paths:
    """Muscle-tendon lengths of one leg as polynomials of its five coordinates (`LEG`).

    Parameters
    ----------
    exponents : (K, 5) of the shared monomials
    coefficients : (K, M), length in m
    """

    exponents: NDArray[np.int64]
    coefficients: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Leg:
    """The muscles of one leg and their paths. Muscle names have no side, and follow `anatomy.IPSILATERAL`."""

    names: tuple[str, ...]
    muscles: Muscles
    paths: Paths


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point of a muscle's path, fixed to a segment: m in the segment's frame."""

    muscle: str
    segment: str
    location: tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A musculoskeletal model of one person.

    Parameters
    ----------
    name : of the model, as reports cite it
    mass, height : of the person it describes, kg and m
    segments : parents before children
    legs : muscles of the right and of the left leg
    points : origin, via points and insertion of each muscle, in order along its path
    """

    name: str
    mass: float
    height: float
    segments: tuple[Segment, ...]
    legs: Mapping[Side, Leg]
    points: tuple[Point, ...] = ()
