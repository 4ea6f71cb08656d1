"""What a model that comes from a file must be, said of the first thing that is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myoshift.anatomy import COORDINATES, IPSILATERAL
from myoshift.errors import DataRefused
from myoshift.simulate.model import Axis, Leg, Model, Point, Segment, sided
from myoshift.simulate.scaling import refuse_person
from myoshift.types import Array, Side

HIGHEST = 9  # degree of a polynomial; OpenSim's fitter stops there
NEAR = 1e-4  # of rounded unit vectors and rotations
SQUARE = ("inertia", "parent_rotation", "child_rotation")
VECTORS = ("centre", "parent_offset", "child_offset")


def check(model: Model) -> None:
    """Refuse what no model can be.

    Raises
    ------
    ValueError
        With what is wrong, and where in the model; who knows the file says so.
    """
    if not isinstance(model.name, str):
        raise ValueError(f"the name {model.name!r} is no text")
    try:
        refuse_person(model.mass, model.height)
    except DataRefused as error:
        raise ValueError(f"{error.what} ({error.why})") from error
    for side, leg in model.legs.items():
        _check_leg(leg, side)
    _check_tree(model.segments)
    muscles = {name for side, leg in model.legs.items() for name in sided(leg.names, side)}
    for point in model.points:
        _check_point(point, muscles, {segment.name for segment in model.segments})


def _check_leg(leg: Leg, side: Side) -> None:
    """The known muscles come in the order of the muscle table; a model may have others, which no table names."""
    known = [name for name in leg.names if name in IPSILATERAL]
    if not known or len(set(leg.names)) < len(leg.names) or not all(leg.names):
        raise ValueError(f"the muscles of leg {side!r} are not known ones, each once")
    if known != [name for name in IPSILATERAL if name in known]:
        raise ValueError(f"the muscles of leg {side!r} are not in the order of the muscle table")
    if not np.all((leg.muscles.pennation.numpy() >= 0) & (leg.muscles.pennation.numpy() < np.pi / 2)):
        raise ValueError(f"a pennation of leg {side!r} is not between 0 and 90 degrees")
    if leg.paths.exponents.sum(axis=1).max(initial=0) > HIGHEST:
        raise ValueError(f"a polynomial of leg {side!r} has a degree of more than {HIGHEST}")


def _check_tree(segments: Sequence[Segment]) -> None:
    known = {"ground"}
    for segment in segments:
        if segment.parent not in known:
            raise ValueError(f"the parent {segment.parent!r} of segment {segment.name!r} does not come before it")
        if segment.name in known:
            raise ValueError(f"segment {segment.name!r} is there twice")
        known.add(segment.name)
        _check_segment(segment)


def _check_segment(segment: Segment) -> None:
    where = f"segment {segment.name!r}"
    for names, shape in ((VECTORS, (3,)), (SQUARE, (3, 3))):
        for name in names:
            _finite(getattr(segment, name), shape, f"{name} of {where}")
    if not (np.isfinite(segment.mass) and segment.mass >= 0):
        raise ValueError(f"the mass of {where} is {segment.mass} kg")
    if not np.allclose(segment.inertia, segment.inertia.T) or np.linalg.eigvalsh(segment.inertia).min() < -NEAR:
        raise ValueError(f"the inertia of {where} is that of no body")
    for turn in (segment.parent_rotation, segment.child_rotation):
        if np.abs(turn @ turn.T - np.eye(3)).max() > NEAR or np.linalg.det(turn) < 0:
            raise ValueError(f"a frame of {where} is no rotation")
    for axis in (*segment.rotations, *segment.translations):
        _check_axis(axis, where)


def _check_axis(axis: Axis, where: str) -> None:
    _finite(axis.direction, (3,), f"an axis of {where}")
    if abs(np.linalg.norm(axis.direction) - 1) > NEAR:
        raise ValueError(f"an axis of {where} is no unit vector")
    if axis.coordinate and axis.coordinate not in COORDINATES:
        raise ValueError(f"nobody knows the coordinate {axis.coordinate!r} of {where}")
    if not (axis.polynomial and np.isfinite(axis.polynomial).all()):
        raise ValueError(f"a polynomial of {where} is not made of numbers")


def _check_point(point: Point, muscles: set[str], segments: set[str]) -> None:
    if point.muscle not in muscles or point.segment not in segments:
        raise ValueError(f"a point of {point.muscle!r} on {point.segment!r}, one of which is not in the model")
    _finite(np.asarray(point.location, float), (3,), f"a point of {point.muscle!r}")


def _finite(values: Array, shape: tuple[int, ...], where: str) -> None:
    if values.shape != shape or not np.isfinite(values).all():
        raise ValueError(f"{where} is not made of {' x '.join(map(str, shape))} numbers")
