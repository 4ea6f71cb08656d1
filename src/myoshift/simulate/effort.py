"""What each muscle of a leg is wanted for, before anything is optimised: the load that joint angles do not tell.

The same angle under another load wants other muscles: stretching the sitting knee the extensors, bending the standing
knee the flexors. Joint moments say which, the moment arms say whose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from myoshift.simulate.engine import Task
from myoshift.simulate.model import COORDINATES, LEG, Leg, sided
from myoshift.simulate.motion import Motion
from myoshift.simulate.paths import geometry
from myoshift.simulate.twins import demanded, measured_sides
from myoshift.types import Array, Recording, Side

WEAK = 1.0
"""N m; least capacity that a moment is compared with."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Effort:
    """What a leg's muscles are wanted for, NaN where the motion could not be simulated.

    Parameters
    ----------
    agonist : (T, M) of each muscle, the share of their capacity that the joints need which it turns the way they
        need: the mean over its joints, weighted by its moment arms
    total : (T,) sum over the joints of the share of their capacity that they need, whatever its sign
    names : of the muscles, without side
    """

    agonist: Array
    total: Array
    names: tuple[str, ...]


def efforts(recording: Recording) -> Mapping[Side, Effort]:
    """The effort of every measured leg of a recording, from inverse dynamics and moment arms.

    The capacity of a joint is the sum of the moments of all its muscles at full activation, so that a share is of the
    order of the activation that the joint takes. A muscle's arm counts, not its force: a muscle too short to pull is
    driven with its group all the same (common drive: De Luca and Mambrito 1987, J Neurophysiol 58:525). For one joint
    this is the min-max criterion, by which all agonists work alike (An et al. 1984, J Biomech Eng 106:364).

    Raises
    ------
    DataRefused
        When no leg was measured, or no stretch of the motion is long enough.
    """
    asked, _ = demanded(recording)
    found = {}
    for side in measured_sides(recording):
        leg, count = asked.model.legs[side], len(recording.motion)
        agonist, total = np.full((count, len(leg.names)), np.nan), np.full(count, np.nan)
        for stretch, (tasks, _) in zip(asked.stretches, asked.demands, strict=True):
            agonist[stretch.frames], total[stretch.frames] = _shares(leg, stretch.motion, tasks[side], side)
        found[side] = Effort(agonist=agonist, total=total, names=leg.names)
    return found


def _shares(leg: Leg, motion: Motion, task: Task, side: Side) -> tuple[Array, Array]:
    """Agonist shares (T, M) and total (T,) of one stretch."""
    columns = [COORDINATES.index(name) for name in sided(LEG, side)]
    _, slope = geometry(leg.paths, torch.from_numpy(motion.values[:, columns]).to(task.arms))
    arms, moments = -slope.double().numpy(), task.moments.double().numpy()
    capacity = task.arms.abs().sum(dim=2).double().numpy()
    share = np.where(capacity > 0, moments / np.maximum(capacity, WEAK), 0.0)
    weight = np.abs(arms) / np.abs(arms).sum(axis=1, keepdims=True)
    agonist = (np.maximum(np.sign(arms) * share[:, :, None], 0) * weight).sum(axis=1)
    return agonist, np.abs(share).sum(axis=1)
