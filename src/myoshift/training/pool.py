"""Legs as tensors, and windows drawn from them so that every institution and every person counts the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from myoshift.anatomy import Leg
from myoshift.models.motion_norm import span
from myoshift.models.running_norm import histories
from myoshift.predictor import balance
from myoshift.training.batch import Windows
from myoshift.types import Array


class Pool:
    """All the legs of one part of a split, end to end in one tensor.

    Parameters
    ----------
    legs : motion (T, C) and activation (T, M) each, of any length
    simulated : share of the windows that are simulated, where there are both kinds (`predictor.balance`)

    Attributes
    ----------
    span : (N, 2, C) mean and SD of the motion of each leg
    weight : (N,) chance of each leg to be drawn: institutions alike, in them the people, of them the legs
    measured : (institutions, M) True where an institution, in alphabetical order, measured an output
    people : number of people, in all institutions
    measured_by_person : (people, M) the same for every person
    """

    def __init__(self, legs: Sequence[Leg], simulated: float | None = None) -> None:
        self.span = torch.stack([span(torch.tensor(leg.motion)) for leg in legs])
        self._history = torch.cat([histories(torch.tensor(leg.motion)) for leg in legs])
        self.weight = balance(legs, simulated)
        self.frames = np.array([len(leg.motion) for leg in legs])
        self._first = np.concatenate([[0], np.cumsum(self.frames)[:-1]])
        self._inputs = legs[0].motion.shape[1]
        rows = [np.concatenate([leg.motion, leg.activation], axis=1) for leg in legs]
        self._rows = torch.tensor(np.concatenate(rows), dtype=torch.float32)
        self._institution = _numbers([leg.recording.institution for leg in legs])
        self._person = _numbers([leg.recording.person for leg in legs])
        self.people = int(self._person.max()) + 1
        there = torch.tensor(np.stack([np.isfinite(leg.activation).any(axis=0) for leg in legs]))
        self.measured, self.measured_by_person = (_any(there, of) for of in (self._institution, self._person))

    @property
    def motions(self) -> tuple[Tensor, ...]:
        """Motion (T, C) of each leg."""
        return torch.split(self._rows[:, : self._inputs], self.frames.tolist())

    @property
    def activations(self) -> tuple[Tensor, ...]:
        """Activation (T, M) of each leg, NaN where not measured."""
        return torch.split(self._rows[:, self._inputs :], self.frames.tolist())

    def draw(self, random: np.random.Generator, count: int, length: int, speed: float = 0.0) -> Windows:
        """Windows of `length` frames, each played up to `speed` (relative) slower or faster.

        Motion and activation are resampled alike, because muscles keep their place in the stride. A leg shorter
        than a window is followed by NaN.
        """
        leg = random.choice(len(self.frames), size=count, p=self.weight)
        pace = random.uniform(1 - speed, 1 + speed, size=count)
        starts = np.maximum(np.floor(self.frames[leg] - pace * (length - 1)), 1)
        start = np.floor(random.uniform(0, starts))
        values = self._at(leg, start[:, None] + pace[:, None] * np.arange(length))
        which = torch.from_numpy(leg)
        return Windows(
            motion=values[..., : self._inputs],
            span=self.span[which],
            activation=values[..., self._inputs :],
            institution=self._institution[which],
            person=self._person[which],
            leg=which,
            history=self._history[torch.from_numpy(self._first[leg] + start.astype(np.int64))],
        )

    def _at(self, leg: NDArray[np.int64], position: Array) -> Tensor:
        """Rows (B, T, C + M) of the legs at fractional frames (B, T), NaN beyond the last one."""
        last = (self.frames[leg] - 1)[:, None]
        low = np.minimum(np.floor(position), last).astype(np.int64)
        high = np.minimum(low + 1, last)
        share = torch.tensor(position - low, dtype=torch.float32).unsqueeze(-1)
        first = self._first[leg][:, None]
        before, after = self._rows[first + low], self._rows[first + high]
        values = torch.where(share > 0, before + share * (after - before), before)
        return values.masked_fill(torch.from_numpy(position > last).unsqueeze(-1), torch.nan)


def _any(there: Tensor, group: Tensor) -> Tensor:
    """Whether any leg of each group (N,) has an output: (groups, M) of (N, M)."""
    return torch.stack([there[group == number].any(dim=0) for number in range(int(group.max()) + 1)])


def _numbers(names: Sequence[str]) -> Tensor:
    """Names as numbers from 0, in alphabetical order."""
    return torch.from_numpy(np.unique(names, return_inverse=True)[1].astype(np.int64))
