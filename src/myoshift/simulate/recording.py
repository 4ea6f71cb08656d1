"""From a recording, and its force plates, to the activation of every muscle at its frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from myoshift.errors import DataRefused
from myoshift.simulate import engine
from myoshift.simulate.contact import POINTS, foot_points
from myoshift.simulate.engine import Objective, Simulation, Task
from myoshift.simulate.footing import Feet, settled
from myoshift.simulate.inverse_dynamics import GRAVITY, differentiate, inverse_dynamics
from myoshift.simulate.loads import Plates, overlap, reaction
from myoshift.simulate.model import COORDINATES, PELVIS, SIDES, Model
from myoshift.simulate.motion import Motion, Reaction
from myoshift.simulate.posture import Stretch, complete
from myoshift.simulate.threads import one_thread
from myoshift.types import Array, Flag, Mask, Recording, Side

HEEL, TOE = slice(0, 2), 4
"""Which of `contact.POINTS` are the heel and the tip of the toes."""
CARRIED = 0.25
"""Of body weight: where the plates carry this much less or more than the motion needs, a foot stands beside them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulated:
    """What was simulated of a recording.

    Parameters
    ----------
    recording : cut to the time of the forces, where there are forces
    simulation : T frames of it; NaN and not feasible in gaps of the motion
    measured : the coordinates that were measured; all others were filled in
    """

    recording: Recording
    simulation: Simulation
    measured: frozenset[str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """What the muscles are asked for in a recording, whatever they minimise.

    Parameters
    ----------
    recording : cut to the time of the forces, where there are forces
    stretches : of motion without gaps
    demands : of each stretch, the tasks of both legs and the ground reaction
    on_plates : of each stretch (T,) whether the plates carry what the motion needs; empty where there are none
    flags : of the recording as a whole
    """

    recording: Recording
    model: Model
    stretches: tuple[Stretch, ...]
    demands: tuple[tuple[Mapping[Side, Task], Reaction | None], ...]
    on_plates: tuple[Mask, ...]
    flags: tuple[Flag, ...]


def simulate_recording(
    recording: Recording, model: Model, *, plates: Plates | None = None, objective: Objective | None = None
) -> Simulated:
    """Complete the posture, put the forces under the feet, and optimise each stretch of motion without gaps.

    Parameters and errors are those of `asked`.
    """
    return optimised(asked(recording, model, plates=plates), objective or Objective())


@one_thread()
def asked(recording: Recording, model: Model, *, plates: Plates | None = None) -> Asked:
    """All that comes before the optimisation, and is the same for every objective: most of the work.

    Parameters
    ----------
    model : of the person who moved
    plates : force plates on the clock of the recording; None to have the ground reaction found from the motion

    Raises
    ------
    DataRefused
        When no stretch is long enough, motion and forces share too little time, the foot on a plate stays unknown,
        or the motion does not say where the pelvis is in the frame of the force plates.
    """
    notes: tuple[Flag, ...] = ()
    if plates is not None:
        recording, notes = cut(recording, plates)
    stretches = complete(
        recording.motion.astype(np.float64),
        recording.motion_names,
        recording.rate,
        height=model.height,
        orientation=recording.segment_orientation,
        segments=model.segments,
    )
    if not stretches:
        raise DataRefused("no half second of motion without gaps", where=recording.id, mend="leave the recording out")
    measured: list[Reaction | None] = [None] * len(stretches)
    on_plates: tuple[Mask, ...] = ()
    if plates is not None:
        stretches = tuple(_in_place(recording, stretch) for stretch in stretches)
        plates = _settled(plates, recording, model, stretches)
        forces = [reaction(plates, _grid(recording, stretch)) for stretch in stretches]
        on_plates = tuple(carried(model, s.motion, force) for s, force in zip(stretches, forces, strict=True))
        measured = list(forces)
    return Asked(
        recording=recording,
        model=model,
        stretches=stretches,
        demands=tuple(
            engine.demands(model, stretch.motion, reaction=force)
            for stretch, force in zip(stretches, measured, strict=True)
        ),
        on_plates=on_plates,
        flags=(*notes, *(plates.flags if plates else ())),
    )


@one_thread()
def optimised(task: Asked, objective: Objective) -> Simulated:
    """Activations that do what is asked, at the least cost."""
    found = [
        engine.optimise(task.model, tasks, objective, force, stretch.motion.flags)
        for stretch, (tasks, force) in zip(task.stretches, task.demands, strict=True)
    ]
    if task.on_plates:
        found = [_where_carried(each, there) for each, there in zip(found, task.on_plates, strict=True)]
    return Simulated(
        recording=task.recording,
        simulation=_joined(found, task.stretches, len(task.recording.motion), task.flags),
        measured=frozenset.intersection(*(stretch.motion.measured for stretch in task.stretches)),
    )


def cut(recording: Recording, plates: Plates) -> tuple[Recording, tuple[Flag, ...]]:
    """The part of a recording during which forces were measured, and a flag that says what was left out.

    Raises
    ------
    DataRefused
        When motion and forces share less than half a second.
    """
    count = len(recording.motion)
    frames = overlap(plates, recording.start, recording.rate, count)
    if frames == slice(0, count):
        return recording, ()
    shared = recording.window(frames.start, frames.stop)
    whole, kept = (_span(part) for part in (recording, shared))
    return shared, (
        Flag("cut", f"motion {whole}, forces {plates.time[0]:.2f}..{plates.time[-1]:.2f} s; {kept} is kept"),
    )


def feet(model: Model, motion: Motion) -> Feet:
    """Heel and toe of both feet during a motion."""
    points = foot_points(model.segments, torch.as_tensor(motion.values)).numpy()
    each = [points[:, number * len(POINTS) : (number + 1) * len(POINTS)] for number in range(len(SIDES))]
    return {side: (own[:, HEEL].mean(axis=1), own[:, TOE]) for side, own in zip(SIDES, each, strict=True)}


def _in_place(recording: Recording, stretch: Stretch) -> Stretch:
    """The stretch where it was measured: completing the posture sees a treadmill from its belt, and plates do not."""
    motion = stretch.motion
    values = motion.values.copy()
    for name in motion.measured & set(recording.motion_names):
        values[:, COORDINATES.index(name)] = recording.motion[stretch.frames, recording.motion_names.index(name)]
    flags = tuple(flag for flag in motion.flags if flag.code != "treadmill")
    return replace(stretch, motion=replace(motion, values=values, flags=flags))


def _settled(plates: Plates, recording: Recording, model: Model, stretches: Sequence[Stretch]) -> Plates:
    unknown = [name for name in PELVIS if any(name not in stretch.motion.measured for stretch in stretches)]
    if unknown:
        raise DataRefused(
            "the motion does not say where the pelvis is, and forces act at places",
            where=recording.id,
            why=f"not in the file: {', '.join(unknown)}",
            mend="give a motion with all six coordinates of the pelvis, or leave out the forces",
        )
    places = [feet(model, stretch.motion) for stretch in stretches]
    together: Feet = {
        side: (np.concatenate([p[side][0] for p in places]), np.concatenate([p[side][1] for p in places]))
        for side in SIDES
    }
    return settled(plates, together, np.concatenate([_grid(recording, stretch) for stretch in stretches]))


def carried(model: Model, motion: Motion, measured: Reaction) -> Mask:
    """(T,) whether the measured vertical force is what the motion needs, to a quarter of body weight.

    Where a foot stands beside its plate no reserve of a leg shows it: the leg just seems to swing.
    """
    q, speed, acceleration = (torch.from_numpy(part) for part in differentiate(motion.values, motion.rate, None))
    tau = inverse_dynamics(model.segments, q, speed, acceleration, measured)
    missing = tau[:, COORDINATES.index("pelvis_ty")]
    return np.asarray(np.abs(missing.numpy()) <= CARRIED * model.mass * GRAVITY)


def _where_carried(found: Simulation, on_plates: Mask) -> Simulation:
    if on_plates.all():
        return found
    note = Flag(
        "beside_plates",
        f"in {int((~on_plates).sum())} of {len(on_plates)} frames the plates carry {CARRIED:.0%} of body "
        "weight less or more than the motion needs: a foot beside its plate, or another mass",
    )
    return replace(
        found,
        activation=np.where(on_plates[:, None], found.activation, np.nan),
        feasible=found.feasible & on_plates,
        flags=(*found.flags, note),
    )


def _grid(recording: Recording, stretch: Stretch) -> Array:
    frames = np.arange(stretch.frames.start, stretch.frames.stop)
    return np.asarray(recording.start + frames / recording.rate)


def _joined(
    found: Sequence[Simulation], stretches: Sequence[Stretch], count: int, notes: tuple[Flag, ...]
) -> Simulation:
    """Simulations of stretches as one of all frames."""
    first = found[0]
    frames = [stretch.frames for stretch in stretches]
    flags = (*notes, *(f for s in stretches for f in s.motion.flags), *(f for s in found for f in s.flags))
    feasible = np.zeros(count, dtype=bool)
    for place, each in zip(frames, found, strict=True):
        feasible[place] = each.feasible
    return replace(
        first,
        activation=_spread([each.activation for each in found], frames, count),
        moments=_spread([each.moments for each in found], frames, count),
        reserves=_spread([each.reserves for each in found], frames, count),
        feasible=feasible,
        reaction=_reactions([each.reaction for each in found], frames, count),
        flags=tuple(dict.fromkeys(flags)),
    )


def _reactions(found: Sequence[Reaction | None], frames: Sequence[slice], count: int) -> Reaction | None:
    there = [each for each in found if each is not None]
    if len(there) < len(found):
        return None
    return Reaction(
        force={side: _spread([each.force[side] for each in there], frames, count) for side in SIDES},
        moment={side: _spread([each.moment[side] for each in there], frames, count) for side in SIDES},
    )


def _spread(pieces: Sequence[Array], frames: Sequence[slice], count: int) -> Array:
    """(count, C) with each piece at its frames, NaN elsewhere."""
    out = np.full((count, pieces[0].shape[1]), np.nan)
    for place, piece in zip(frames, pieces, strict=True):
        out[place] = piece
    return out


def _span(recording: Recording) -> str:
    return f"{recording.start:.2f}..{recording.start + (len(recording.motion) - 1) / recording.rate:.2f} s"
