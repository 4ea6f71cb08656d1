"""From motion to activation: inverse dynamics, muscle paths and force, static optimisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from myoshift.physiology.muscle import active_force, passive_force
from myoshift.simulate.contact import find_contact
from myoshift.simulate.inverse_dynamics import differentiate, inverse_dynamics
from myoshift.simulate.model import COORDINATES, LEG, SIDES, Leg, Model, sided
from myoshift.simulate.motion import Motion, Reaction
from myoshift.simulate.paths import geometry, lengthening
from myoshift.simulate.static import Solution, solve_static
from myoshift.types import Array, Flag, Mask, Side

LARGEST_RESERVE = 5.0
"""N m; a frame with a larger one is not feasible: the muscles of the model could not do what was asked."""
KIND = torch.float32
"""Of all that follows the inverse dynamics, which are double."""
BLOCK = 1024
"""Frames at a time, so that what is between posture and arms stays in the cache of a processor."""
HIP = ("hip_flexion", "hip_adduction", "hip_rotation")
MOMENTS = tuple(name for side in SIDES for name in sided(LEG, side))


@dataclass(frozen=True, kw_only=True, eq=False)
class Objective:
    """What the nervous system is taken to minimise: `sum_i weight_i a_i ** exponent`, with `floor <= a_i <= 1`.

    Parameters
    ----------
    exponent : more than 1
    weights : (M,) of the muscles of one leg, the same for both; None for ones
    floor : least activation, (M,) or a number
    reserve : N m, the price scale of a moment that no muscle gives: adds `(moment / reserve) ** 2`
    """

    exponent: float = 2.0
    weights: Tensor | None = None
    floor: float | Tensor = 0.01
    reserve: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """What the muscles of one leg are asked for, and what they can give.

    Parameters
    ----------
    moments : (T, 5) N m, in the order of `model.LEG`
    arms : (T, 5, M) moments that each muscle gives at full activation, N m
    """

    moments: Tensor
    arms: Tensor


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulation:
    """What static optimisation found for T frames.

    Parameters
    ----------
    activation : (T, 80), NaN in frames that are not feasible
    names : of the muscles with their side (`soleus_r`), right leg first
    moments : (T, 10) joint moments that the muscles were asked for, N m, in the order of `moment_names`
    reserves : (T, 10) what the muscles could not give, N m
    feasible : (T,) whether every reserve is small and the solver converged
    reaction : ground reaction that was measured or found; None while the pelvis is held
    """

    activation: Array
    names: tuple[str, ...]
    moments: Array
    reserves: Array
    feasible: Mask
    moment_names: tuple[str, ...] = MOMENTS
    reaction: Reaction | None = None
    flags: tuple[Flag, ...] = ()


def simulate(
    model: Model,
    motion: Motion,
    *,
    reaction: Reaction | None = None,
    objective: Objective | None = None,
    moment_noise: Array | None = None,
    passive: bool = False,
) -> Simulation:
    """Activations of the leg muscles that explain a motion.

    Parameters
    ----------
    model : already of the person's mass and height (`scaling.scaled`)
    motion : smooth enough to be differentiated twice
    reaction : measured ground reaction at the frames of the motion; None to have it found from the motion
    objective : the default is the sum of squared activations
    moment_noise : (T, 10) N m, added to the joint moments
    passive : whether stretched fibres help without activation; static optimisation as OpenSim does it has them not

    Raises
    ------
    DataRefused
        When the motion is too short, or anything is missing in it.
    """
    tasks, found = demands(model, motion, reaction=reaction, moment_noise=moment_noise, passive=passive)
    return optimise(model, tasks, objective or Objective(), found, motion.flags)


def demands(
    model: Model,
    motion: Motion,
    *,
    reaction: Reaction | None = None,
    moment_noise: Array | None = None,
    passive: bool = False,
) -> tuple[Mapping[Side, Task], Reaction | None]:
    """What each leg is asked for, and the ground reaction behind it; parameters and errors are those of `simulate`.

    A seat carries the thighs: whatever the muscles do, it balances the moments of the hips, which ask nothing.
    """
    q, speed, acceleration = (
        torch.from_numpy(np.ascontiguousarray(part)) for part in differentiate(motion.values, motion.rate, None)
    )
    if reaction is None and motion.support == "ground":
        reaction = find_contact(model.segments, q, speed, acceleration, motion.rate).reaction
    tau = inverse_dynamics(model.segments, q, speed, acceleration, reaction)
    own = q.new_tensor([float(motion.support != "seated" or name not in HIP) for name in LEG], dtype=KIND)
    tasks = {}
    for number, side in enumerate(SIDES):
        columns = [COORDINATES.index(name) for name in sided(LEG, side)]
        moments = tau[:, columns]
        if moment_noise is not None:
            half = moment_noise[:, number * len(LEG) : (number + 1) * len(LEG)]
            moments = moments + torch.from_numpy(np.ascontiguousarray(half))
        asked = task(
            model.legs[side], q[:, columns].to(KIND), speed[:, columns].to(KIND), moments.to(KIND), passive=passive
        )
        tasks[side] = Task(moments=asked.moments * own, arms=asked.arms * own.unsqueeze(1))
    return tasks, reaction


def task(leg: Leg, q: Tensor, speed: Tensor, moments: Tensor, *, passive: bool = False) -> Task:
    """What the muscles of a leg can give in a posture, for the moments that are asked.

    Parameters
    ----------
    q, speed : (T, 5) coordinates of the leg and their derivatives, rad and rad/s
    moments : (T, 5) N m
    passive : whether what stretched fibres give without activation is taken off the moments
    """
    arms = q.new_empty(len(LEG), len(leg.names), len(q))
    asked = moments.clone() if passive else moments
    block = BLOCK if q.device.type == "cpu" else max(len(q), 1)
    for start in range(0, len(q), block):
        part = slice(start, start + block)
        length, slope = geometry(leg.paths, q[part])
        force = active_force(leg.muscles, length, lengthening(slope, speed[part]))
        arms[:, :, part] = (slope * -force.unsqueeze(1)).permute(1, 2, 0)
        if passive:
            asked[part] += (slope @ passive_force(leg.muscles, length).unsqueeze(2)).squeeze(2)
    return Task(moments=asked, arms=arms.permute(2, 0, 1))


def optimise(
    model: Model,
    tasks: Mapping[Side, Task],
    objective: Objective,
    reaction: Reaction | None = None,
    flags: tuple[Flag, ...] = (),
) -> Simulation:
    """Activations that do what the legs are asked for, at the least cost; NaN in frames that are not feasible."""
    solved = {side: _solve(tasks[side], objective) for side in SIDES}
    reserves = torch.cat([solved[side].reserve for side in SIDES], dim=1).double().numpy()
    converged = solved["r"].converged & solved["l"].converged
    feasible = converged.numpy() & (np.abs(reserves) <= LARGEST_RESERVE).all(axis=1)
    activation = torch.cat([solved[side].activation for side in SIDES], dim=1).double().numpy()
    return Simulation(
        activation=np.where(feasible[:, None], activation, np.nan),
        names=tuple(name for side in SIDES for name in sided(model.legs[side].names, side)),
        moments=torch.cat([tasks[side].moments for side in SIDES], dim=1).double().numpy(),
        reserves=reserves,
        feasible=feasible,
        reaction=reaction,
        flags=flags,
    )


def _solve(task: Task, objective: Objective) -> Solution:
    return solve_static(
        task.arms,
        task.moments,
        exponent=objective.exponent,
        weights=None if objective.weights is None else objective.weights.to(task.arms),
        low=objective.floor if isinstance(objective.floor, float) else objective.floor.to(task.arms),
        reserve=objective.reserve,
    )
