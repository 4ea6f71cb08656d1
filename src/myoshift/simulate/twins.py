"""Twins: the motion of a recording with the activation that a simulation gives for it.

A twin keeps the person, so that no split tears the two apart; its kind, domain and trial say that it is simulated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from myoshift import anatomy
from myoshift.errors import DataRefused
from myoshift.simulate import scaling, table
from myoshift.simulate.engine import Objective, Simulation
from myoshift.simulate.model import LEG, SIDES
from myoshift.simulate.recording import Asked, asked, optimised
from myoshift.types import Flag, Mask, Recording, Side

SUFFIX = "-simulated"
"""Stands behind the domain of a twin."""
FEASIBLE = 0.5
"""Least share of frames that the muscles can explain; below it the motion is not a leg's, or not in its units."""
LARGEST = 6.0  # N m per kg; joint moments of sprinting reach 5 (Schache et al. 2011, Med Sci Sports Exerc 43:1260)
SHORTEST = 0.5  # s; accelerations of less than this are those of the filter

MASS, HEIGHT = 75.0, 1.70
"""kg and m of the embedded body, taken for an adult of whom neither is stated."""

Solver = Callable[[Recording, Objective], Simulation]


def twin(recording: Recording, objective: Objective | None = None, *, solver: Solver | None = None) -> Recording:
    """The recording with the activations of all muscles of the legs whose motion was measured.

    Parameters
    ----------
    recording : its activations are not looked at
    objective : what static optimisation minimises
    solver : from a recording to its simulation; completes the posture and simulates when None

    Returns
    -------
    Kind `simulated`, the same motion, activation (T, 40 a leg), NaN where not feasible or where a coordinate of the
    leg is missing.

    Raises
    ------
    DataRefused
        When no leg was measured, the recording is too short, less than half of the frames are feasible, or a joint
        moment is larger than any muscles give.
    """
    found = simulation(recording, objective, solver=solver)
    sides = measured_sides(recording)
    columns = [i for i, name in enumerate(found.names) if anatomy.split_side(name)[1] in sides]
    activation = np.where(seen(recording)[:, None], found.activation[:, columns], np.nan)
    return replace(
        recording,
        activation=activation.astype(np.float32),
        activation_names=tuple(found.names[i] for i in columns),
        kind="simulated",
        normalisation="none",
        reference=(),
        domain=f"{recording.domain}{SUFFIX}",
        trial=f"{recording.trial}{SUFFIX}",
        flags=(*recording.flags, *found.flags, _feasibility(found.feasible)),
    )


def simulation(
    recording: Recording, objective: Objective | None = None, *, solver: Solver | None = None
) -> Simulation:
    """The simulation behind a twin; parameters and errors are those of `twin`."""
    _refuse_legless(recording)
    found = (solver or solved)(recording, objective or Objective())
    _refuse_implausible(recording, found)
    return found


def solved(recording: Recording, objective: Objective) -> Simulation:
    """Scale the model to the person, complete the posture, simulate each stretch without gaps.

    Raises
    ------
    DataRefused
        When no stretch of the motion is long enough.
    """
    task, assumed = demanded(recording)
    found = optimised(task, objective).simulation
    return replace(found, flags=(*assumed, *found.flags))


@lru_cache(maxsize=1)
def demanded(recording: Recording) -> tuple[Asked, tuple[Flag, ...]]:
    """What the muscles of a recording are asked for, and what was assumed: the same for several objectives.

    That of the last recording is kept.

    Raises
    ------
    DataRefused
        When no leg was measured, the recording is too short, or no stretch of the motion is long enough.
    """
    _refuse_legless(recording)
    mass, height, assumed = person(recording)
    model = scaling.scaled(table.load(), mass, height)
    usable = np.where(_usable(recording), recording.motion, np.float32(np.nan))
    return asked(replace(recording, motion=usable), model), assumed


def person(recording: Recording) -> tuple[float, float, tuple[Flag, ...]]:
    """Mass (kg) and height (m) of the person, and flags that name what was assumed.

    Of an adult of whom nothing is known, those of the embedded body; height from mass by growth charts, mass from
    height at the same body mass index.
    """
    mass, height = recording.mass, recording.height
    flags = [
        Flag(f"{name}_assumed", "not stated") for name, value in (("mass", mass), ("height", height)) if not value
    ]
    if mass and not height:
        return mass, scaling.height_of(mass), tuple(flags)
    tall = height or HEIGHT
    return mass or MASS * (tall / HEIGHT) ** 2, tall, tuple(flags)


def measured_sides(recording: Recording) -> tuple[Side, ...]:
    """The sides of which a hip, knee or ankle angle was measured in at least half of the frames."""
    there = {name for name, use in zip(recording.motion_names, _usable(recording), strict=True) if use}
    return tuple(side for side in SIDES if any(f"{name}_{side}" in there for name in LEG))


def _usable(recording: Recording) -> Mask:
    """(C,) coordinates with a sample in at least half of the frames."""
    return np.asarray(np.isfinite(recording.motion).mean(axis=0) >= FEASIBLE, np.bool_)


def seen(recording: Recording) -> Mask:
    """(T,) frames in which every measured coordinate is there."""
    return np.asarray(np.isfinite(recording.motion[:, _usable(recording)]).all(axis=1), np.bool_)


def _refuse_legless(recording: Recording) -> None:
    if not measured_sides(recording):
        raise _refusal(recording, "no leg has a hip, knee or ankle angle")
    if recording.seconds < SHORTEST:
        raise _refusal(recording, f"{recording.seconds:.2f} s are too short to derive accelerations")


def _refuse_implausible(recording: Recording, found: Simulation) -> None:
    share = float(np.mean(found.feasible))
    if share < FEASIBLE:
        raise _refusal(recording, f"{100 * share:.0f} % of the frames are feasible")
    if recording.mass is None:
        return
    largest = float(np.abs(found.moments[found.feasible]).max()) / recording.mass
    if largest > LARGEST:
        raise _refusal(recording, f"a joint moment of {largest:.1f} N m per kg, more than {LARGEST:g}")


def _refusal(recording: Recording, why: str) -> DataRefused:
    mend = "leave it out, or look at its units and signs with `myoshift inspect`"
    return DataRefused("the motion cannot be simulated", where=recording.id, why=why, mend=mend)


def _feasibility(feasible: Mask) -> Flag:
    return Flag("simulated", f"{int(feasible.sum())} of {len(feasible)} frames are feasible")
