"""From motion to activation: paths, muscle force, inverse dynamics, static optimisation."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from myoshift.simulate.model import Model
from myoshift.simulate.motion import Motion, Reaction
from myoshift.types import Array, Flag, Mask


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
    moment_names: tuple[str, ...]
    reserves: Array
    feasible: Mask
    reaction: Reaction | None = None
    flags: tuple[Flag, ...] = ()


def simulate(
    model: Model,
    motion: Motion,
    *,
    reaction: Reaction | None = None,
    objective: Objective | None = None,
) -> Simulation:
    """Activations of the leg muscles that explain a motion. Joint moments come from inverse dynamics.

    Parameters
    ----------
    model : already of the person's mass and height (`scaling.scaled`)
    reaction : measured ground reaction at the frames of the motion; None to have it found from the motion
    """
    raise NotImplementedError
