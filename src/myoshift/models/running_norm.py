"""Motion normalisation as it can be done live: by what was seen so far, and before that by what is usual."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from myoshift.models.motion_norm import MotionNorm, NormMode

PRIOR = 1.0
"""Seconds of usual motion that a recording is taken to have begun with: about one stride."""
ROWS = 3
"""Rows of a history: samples, mean and SD of each coordinate."""


class RunningNorm(MotionNorm):
    """Normalises every frame by the recording up to and with it.

    The statistics of a frame are those of all the frames so far together with `PRIOR` seconds of pseudo-observations:
    for the mean they lie at the source's mean, for the SD they scatter around the person's own mean like the source
    around its own,

        mean = (sum x + f u) / (n + f),    SD^2 = (n s^2 + f t^2) / (n + f),

    with n samples so far of SD s, f pseudo-observations, u the usual mean and t the typical SD. An early frame is
    judged by what is usual, a late one by the person; a whole recording and a stream get the same numbers.

    What came before the first frame that is given is a history (B, 3, C): number of samples, their mean and SD;
    zeros at the beginning of a recording. Absolute channels need none of it. It is followed as `totals`.
    """

    usual: Tensor

    def __init__(self, coordinates: int, mode: NormMode, rate: float, absolute: Sequence[bool] = ()) -> None:
        super().__init__(coordinates, mode, absolute)
        self.prior = PRIOR * rate
        self.register_buffer("usual", torch.zeros(coordinates))

    def learn(self, spans: Tensor, weights: Tensor) -> None:
        """Store the weighted mean SD and mean (C,) of recordings with spans (N, 2, C); NaN and 0 where unknown."""
        super().learn(spans, weights)
        mean = spans[:, 0]
        share = weights.unsqueeze(-1) * mean.isfinite()
        self.usual.copy_(((share * mean.nan_to_num()).sum(0) / share.sum(0)).nan_to_num())

    def totals(self, history: Tensor) -> Tensor:
        """Samples, their sum and sum of squares about the usual mean (B, 3, C), of a history (B, 3, C)."""
        count, mean, sd = history.double().unbind(dim=-2)
        off = mean - self.usual.double()
        return torch.stack([count, count * off, count * (sd.square() + off.square())], dim=-2)

    def follow(self, motion: Tensor, totals: Tensor) -> tuple[Tensor, Tensor]:
        """The span at each frame (B, T, 2, C) of motion (B, T, C), and the totals (B, 3, C) after the last one."""
        usual, here = self.usual.double(), motion.isfinite()
        off = torch.where(here, motion.double() - usual, 0.0)
        known = totals.unsqueeze(1) + torch.stack([here.double(), off, off.square()], dim=-2).cumsum(dim=1)
        count, total, square = known.unbind(dim=-2)
        scatter = (square - total.square() / count.clamp(min=1)).clamp(min=0)
        weight = count + self.prior
        spread = ((scatter + self.prior * self.typical.double().square()) / weight).sqrt()
        return torch.stack([usual + total / weight, spread], dim=-2).to(motion.dtype), known[:, -1]


def blank(batch: int, coordinates: int) -> Tensor:
    """The history (B, 3, C) of recordings that begin."""
    return torch.zeros(batch, ROWS, coordinates, dtype=torch.float64)


def histories(motion: Tensor) -> Tensor:
    """The history (T, 3, C) before each frame of motion (T, C)."""
    here = motion.isfinite()
    middle = motion.double().nanmean(dim=0).nan_to_num()
    off = torch.where(here, motion.double() - middle, 0.0)
    count, total, square = (_before(each) for each in (here.double(), off, off.square()))
    mean = total / count.clamp(min=1)
    sd = (square / count.clamp(min=1) - mean.square()).clamp(min=0).sqrt()
    return torch.stack([count, torch.where(count > 0, middle + mean, 0.0), sd], dim=-2).float()


def _before(values: Tensor) -> Tensor:
    """Sums over the frames before each one."""
    return values.cumsum(dim=0) - values
