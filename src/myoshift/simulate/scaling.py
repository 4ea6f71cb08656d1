"""A model of one person made a model of another: from mass and height."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from myoshift.anatomy import coordinate
from myoshift.errors import DataRefused
from myoshift.simulate.model import Axis, Leg, Model, Point, Segment

FORCE_EXPONENT = 2.0 / 3.0
"""Of mass, for muscle force: cross-sections grow as areas (Jaric 2002, Sports Med 32:615)."""
# Median mass (kg) and stature (m) at 2, 4, ... 16 and 20 years, mean of girls and boys, rounded (Kuczmarski et al.
# 2002, CDC growth charts 2000, Vital Health Stat 11:246), then the mean of the men of ANSUR II (Gordon et al. 2014).
MASSES = (12.4, 16.1, 20.5, 25.7, 32.4, 41.1, 50.2, 57.3, 64.4, 85.5)
HEIGHTS = (0.86, 1.02, 1.15, 1.28, 1.39, 1.50, 1.62, 1.68, 1.70, 1.756)


def scaled(model: Model, mass: float, height: float) -> Model:
    """The model of a person of another mass (kg) and height (m).

    With s the ratio of heights and r that of masses: segments, points, muscle-tendon lengths (with them moment arms),
    optimal fibre and tendon slack lengths grow by s, maximum force by r^(2/3), masses by r, moments of inertia by
    r s^2. In a motion of the same angles under the same gravity, joint moments grow by r s and what
    muscles can do by r^(2/3) s: a smaller person needs r^(1/3) of the activation.

    Raises
    ------
    DataRefused
        When mass or height is not that of a person.
    """
    refuse_person(mass, height)
    length, weight = height / model.height, mass / model.mass
    return replace(
        model,
        mass=mass,
        height=height,
        segments=tuple(_segment(segment, length, weight) for segment in model.segments),
        legs={side: _leg(leg, length, weight) for side, leg in model.legs.items()},
        points=tuple(_point(point, length) for point in model.points),
    )


def height_of(mass: float) -> float:
    """Height (m) to expect of a person of whom only the mass (kg) is known, child or adult.

    Medians of growth charts, then a mean of adults, with straight lines between (`MASSES`, `HEIGHTS`); the last line
    goes on. People of 75 kg differ by 0.07 m (one standard deviation).
    """
    if mass > MASSES[-1]:
        return HEIGHTS[-1] + (mass - MASSES[-1]) * (HEIGHTS[-1] - HEIGHTS[-2]) / (MASSES[-1] - MASSES[-2])
    return float(np.interp(mass, MASSES, HEIGHTS))


def refuse_person(mass: float, height: float) -> None:
    """Refuse a mass (kg) or height (m) that no person has, as grams, pounds or centimetres would be.

    Raises
    ------
    DataRefused
        When the mass is not within 5 and 300 kg, or the height not within 0.6 and 2.5 m.
    """
    if not (5.0 <= mass <= 300.0 and 0.6 <= height <= 2.5):
        raise DataRefused(
            f"no person is {mass:g} kg and {height:g} m",
            why="masses of 5 to 300 kg and heights of 0.6 to 2.5 m are accepted",
            mend="give kilograms and metres",
        )


def _segment(segment: Segment, length: float, weight: float) -> Segment:
    return replace(
        segment,
        mass=segment.mass * weight,
        centre=segment.centre * length,
        inertia=segment.inertia * weight * length**2,
        parent_offset=segment.parent_offset * length,
        child_offset=segment.child_offset * length,
        translations=tuple(_slide(axis, length) for axis in segment.translations),
    )


def _slide(axis: Axis, length: float) -> Axis:
    """A joint slides further in a longer body, unless the coordinate is the way itself (that of the pelvis)."""
    if axis.coordinate and coordinate(axis.coordinate).unit == "m":
        return axis
    return replace(axis, polynomial=tuple(length * term for term in axis.polynomial))


def _leg(leg: Leg, length: float, weight: float) -> Leg:
    muscles = replace(
        leg.muscles,
        maximum_force=leg.muscles.maximum_force * weight**FORCE_EXPONENT,
        optimal_length=leg.muscles.optimal_length * length,
        tendon_slack=leg.muscles.tendon_slack * length,
        minimum_length=leg.muscles.minimum_length * length,
    )
    return replace(leg, muscles=muscles, paths=replace(leg.paths, coefficients=leg.paths.coefficients * length))


def _point(point: Point, length: float) -> Point:
    x, y, z = point.location
    return replace(point, location=(x * length, y * length, z * length))
