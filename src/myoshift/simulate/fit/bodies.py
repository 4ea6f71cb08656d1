"""Segments of an OpenSim model: frames of its joints, its spatial transforms as polynomials, and its inertia.

Needs the `opensim` extra. Coordinates are named and turned as everywhere inside (`anatomy.coordinate`); one that a
coupler drives (the patella's) becomes a polynomial of its driver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from myoshift.anatomy import coordinate
from myoshift.errors import ConfigError, DataFormatError
from myoshift.formats.source import content
from myoshift.simulate.model import Axis, Segment
from myoshift.types import Array

DEGREE = 7  # of the polynomials that stand for splines
SAMPLES = 240  # at which a spline is read
WIDEST = 2.6  # rad; the ranges of files are wider than any joint
CARDINAL = {"x": np.array([1.0, 0.0, 0.0]), "y": np.array([0.0, 1.0, 0.0]), "z": np.array([0.0, 0.0, 1.0])}


@dataclass(frozen=True, kw_only=True, eq=False)
class Driver:
    """Which of our coordinates moves a native one, over which span (native, rad or m), how, and whether by itself."""

    name: str
    sign: int
    span: tuple[float, float]
    native: Callable[[float], float]
    leads: bool


def read_segments(path: Path, convention: str = "rajagopal") -> tuple[Segment, ...]:
    """Segments of an `.osim`, parents first.

    Parameters
    ----------
    convention : how the model names its coordinates and counts their signs (`anatomy.CONVENTIONS`)

    Raises
    ------
    DataFormatError
        When OpenSim cannot read the file, or a joint is of a kind that has no counterpart here.
    UnknownNameError
        When a coordinate, or the convention, is not known.
    """
    opensim, model = open_model(path)
    return segments_of(opensim, model, drivers(opensim, model, convention), path)


def open_model(path: Path) -> tuple[Any, Any]:
    """The `opensim` package and a model, its system built.

    Raises
    ------
    ConfigError
        When OpenSim is not installed.
    DataFormatError
        When it cannot read the file.
    """
    try:
        import opensim  # type: ignore[import-untyped]
    except ImportError as error:
        raise ConfigError(
            "OpenSim is not installed", why=str(error), mend="pip install 'myoshift[opensim]'"
        ) from error
    opensim.Logger.setLevelString("error")
    opensim.Logger.removeFileSink()
    content(path)  # says better than OpenSim what is wrong with a file that cannot be opened
    try:
        model = opensim.Model(str(path))
        model.initSystem()
    except RuntimeError as error:
        raise DataFormatError(
            "no OpenSim model", where=path, why=str(error).splitlines()[0], mend="give an .osim that OpenSim loads"
        ) from error
    return opensim, model


def segments_of(opensim: Any, model: Any, driven: dict[str, Driver], path: Path) -> tuple[Segment, ...]:
    """Segments of a model that is open, parents first; raises as `read_segments`."""
    return _parents_first([_segment(opensim, joint, driven, path) for joint in model.getJointSet()])


def drivers(opensim: Any, model: Any, convention: str) -> dict[str, Driver]:
    """Driver of each native coordinate, couplers resolved."""
    couplers = {}
    for constraint in model.getConstraintSet():
        coupler = opensim.CoordinateCouplerConstraint.safeDownCast(constraint)
        if coupler is not None:
            couplers[coupler.getDependentCoordinateName()] = coupler
    found = {}
    for native in model.getCoordinateSet():
        name = native.getName()
        if name in couplers:
            leader = couplers[name].getIndependentCoordinateNames().get(0)
            law = _law(opensim, couplers[name].getFunction())
        else:
            leader, law = name, _itself
        known = coordinate(leader, convention)
        head = model.getCoordinateSet().get(leader)
        span = max(head.getRangeMin(), -WIDEST), min(head.getRangeMax(), WIDEST)
        found[name] = Driver(name=known.name, sign=known.sign, span=span, native=law, leads=name not in couplers)
    return found


def _itself(value: float) -> float:
    return value


def _law(opensim: Any, function: Any) -> Callable[[float], float]:
    """An OpenSim function of one variable as a Python one. The clone outlives the model."""
    kept = function.clone()
    return lambda value: float(kept.calcValue(opensim.Vector(1, value)))


def _segment(opensim: Any, joint: Any, drivers: dict[str, Driver], path: Path) -> Segment:
    parent, child = joint.getParentFrame(), joint.getChildFrame()
    body = opensim.Body.safeDownCast(child.findBaseFrame())
    base, hung = parent.findTransformInBaseFrame(), child.findTransformInBaseFrame()
    inertia = body.getInertia()
    (xx, yy, zz), (xy, xz, yz) = _vector(inertia.getMoments()), _vector(inertia.getProducts())
    rotations, translations = _axes(opensim, joint, drivers, path)
    return Segment(
        name=body.getName(),
        parent=parent.findBaseFrame().getName(),
        mass=float(body.getMass()),
        centre=_vector(body.getMassCenter()),
        inertia=np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]),
        parent_offset=_vector(base.p()),
        parent_rotation=_matrix(base.R()),
        child_offset=_vector(hung.p()),
        child_rotation=_matrix(hung.R()),
        rotations=rotations,
        translations=translations,
    )


def _axes(
    opensim: Any, joint: Any, drivers: dict[str, Driver], path: Path
) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
    """Rotations and translations of a joint, in the order in which it makes them."""
    kind = joint.getConcreteClassName()
    names = [joint.get_coordinates(index).getName() for index in range(joint.numCoordinates())]
    turning = {"WeldJoint": "", "PinJoint": "z", "UniversalJoint": "xy", "GimbalJoint": "xyz"}
    if kind in turning:
        return tuple(_plain(CARDINAL[a], drivers[n]) for a, n in zip(turning[kind], names, strict=True)), ()
    if kind == "SliderJoint":
        return (), (_plain(CARDINAL["x"], drivers[names[0]]),)
    if kind != "CustomJoint":
        raise DataFormatError(
            f"joint {joint.getName()!r} is a {kind}",
            where=path,
            why=f"known are CustomJoint, SliderJoint, {', '.join(turning)}",
            mend="write it as a CustomJoint",
        )
    transform = opensim.CustomJoint.safeDownCast(joint).getSpatialTransform()
    axes = [_custom(opensim, transform.getTransformAxis(index), drivers) for index in range(6)]
    return tuple(a for a in axes[:3] if any(a.polynomial)), tuple(a for a in axes[3:] if any(a.polynomial))


def _plain(direction: Array, driver: Driver) -> Axis:
    return Axis(direction=direction, coordinate=driver.name, polynomial=_polynomial(_itself, driver))


def _custom(opensim: Any, axis: Any, drivers: dict[str, Driver]) -> Axis:
    direction = _vector(axis.get_axis())
    law = _law(opensim, axis.getFunction())
    names = axis.getCoordinateNamesInArray()
    if names.size() == 0:
        return Axis(direction=direction, polynomial=(law(0.0),))
    driver = drivers[names.get(0)]
    terms = _polynomial(law, driver)
    return Axis(direction=direction, coordinate=driver.name if len(terms) > 1 else "", polynomial=terms)


def _polynomial(law: Callable[[float], float], driver: Driver) -> tuple[float, ...]:
    """Coefficients, ascending, over our coordinate, of what an axis does; of the lowest degree that is exact."""
    low, high = driver.span
    nodes = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(SAMPLES) + 0.5) / SAMPLES)
    values = np.array([law(driver.native(float(node))) for node in nodes])
    for degree in (0, 1, 2, 3, 4, 5, 6, DEGREE):
        fit = np.polynomial.Polynomial.fit(nodes, values, degree)
        if np.abs(fit(nodes) - values).max() < 1e-9:
            break
    return tuple(round(float(term), 12) * driver.sign**power for power, term in enumerate(fit.convert().coef))


def _parents_first(found: list[Segment]) -> tuple[Segment, ...]:
    """The segments in the order of the tree; OpenSim does not refuse files in another order."""
    placed: dict[str, Segment] = {}
    waiting = list(found)
    while waiting:
        ready = [s for s in waiting if s.parent == "ground" or s.parent in placed]
        if not ready:
            raise DataFormatError(
                "joints do not form a tree",
                why=f"no way from the ground to {waiting[0].name!r}",
                mend="close no loops",
            )
        placed |= {segment.name: segment for segment in ready}
        waiting = [segment for segment in waiting if segment.name not in placed]
    return tuple(placed.values())


def _vector(native: Any) -> Array:
    return np.array([float(native.get(index)) for index in range(3)])


def _matrix(native: Any) -> Array:
    return np.array([[float(native.get(row, column)) for column in range(3)] for row in range(3)])
