"""Distances between like and like: within a phase of the movement, or within a level of activation.

Two laboratories that recorded other mixtures of tasks have other features, rightly. A distance over all frames forces
them together; one within strata compares what they have in common.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

STRATA = 4
"""Phases of a cycle, and levels of activation: 64 of 256 frames in each."""
LEAST = 8
"""Rows of each domain without which a stratum is not compared."""
NOWHERE = -1
"""Stratum of a row that has none."""


def within(
    distance: Callable[[Tensor, Tensor], Tensor],
    source: Tensor,
    target: Tensor,
    source_stratum: Tensor,
    target_stratum: Tensor,
    least: int = LEAST,
) -> Tensor:
    """Mean of a distance over the strata that both domains have, each weighted by the smaller number of its rows.

    Parameters
    ----------
    source, target : (n, d) and (m, d)
    source_stratum, target_stratum : (n,) and (m,) number of the stratum of each row, below 0 for none
    least : rows of each domain that a stratum must have

    Returns
    -------
    A scalar; 0, attached to the graph, where no stratum is common.
    """
    total, weight = 0.0 * (source.sum() + target.sum()), 0
    for stratum in torch.unique(source_stratum[source_stratum >= 0]):
        s, t = source[source_stratum == stratum], target[target_stratum == stratum]
        if min(len(s), len(t)) >= max(least, 1):
            total = total + min(len(s), len(t)) * distance(s, t)
            weight += min(len(s), len(t))
    return total / max(weight, 1)


def phase(motion: Tensor) -> Tensor:
    """The phase (B, T) of a cyclic movement, 0 to 1, NaN where unknown.

    The phase is the angle of the first coordinate and its velocity, both in their mean and standard deviation over
    the window: no events, no labels, and the same for motion in any unit and of any normalisation. The direction of
    time is known, the beginning of the cycle is the coordinate's maximum. It is unknown where that coordinate is
    missing or does not move.

    Parameters
    ----------
    motion : (B, T, C), NaN where missing
    """
    position = motion[..., 0]
    velocity = torch.full_like(position, torch.nan)
    velocity[:, 1:-1] = position[:, 2:] - position[:, :-2]
    return torch.atan2(-_standardised(velocity), _standardised(position)) / (2 * torch.pi) % 1.0


def phase_strata(motion: Tensor, count: int = STRATA) -> Tensor:
    """The phase (B, T) of motion (B, T, C) in `count` equal parts from 0; -1 where unknown."""
    turn = phase(motion)
    part = (turn.nan_to_num(0.0) * count).long().clamp(max=count - 1)
    return part.masked_fill(~turn.isfinite(), NOWHERE)


def level_strata(source: Tensor, target: Tensor, count: int = STRATA) -> tuple[Tensor, Tensor]:
    """Levels (n,), (m,) of values (n,) and (m,), between quantiles of both together: a level is the same in both."""
    both = torch.cat([source, target]).detach()
    edges = both.quantile(torch.linspace(0, 1, count + 1).to(both)[1:-1])
    return torch.bucketize(source.detach(), edges), torch.bucketize(target.detach(), edges)


def _standardised(values: Tensor) -> Tensor:
    """Values (B, T) in the mean and standard deviation of each row; NaN where that does not vary."""
    centred = values - values.nanmean(dim=1, keepdim=True)
    deviation = centred.square().nanmean(dim=1, keepdim=True).sqrt()
    return centred / torch.where(deviation > torch.finfo(values.dtype).eps, deviation, torch.nan)
