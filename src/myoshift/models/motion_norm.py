"""Motion normalisation: the first layer of every network, so that training, prediction and export cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

NormMode = Literal["zscore", "centre"]
QUIET = 0.05
"""A coordinate that moves less than this share of its typical SD is not blown up any further (a noise guard)."""


def span(motion: Tensor) -> Tensor:
    """Mean and standard deviation over time: (..., T, C) to (..., 2, C). Gaps are left out; no sample gives NaN.

    The span is the whole recording, not the window that a network happens to see of it.
    """
    mean = motion.nanmean(dim=-2)
    square = (motion - mean.unsqueeze(-2)).square().nanmean(dim=-2)
    return torch.stack([mean, square.sqrt()], dim=-2)


class MotionNorm(nn.Module):
    """Brings the motion of each recording to one scale.

    `zscore` subtracts the recording's mean and rescales its SD to the typical SD of that coordinate, learned from
    the source recordings: blind to offset (marker placement, posture) and gain. `centre` subtracts the mean only,
    which keeps how large the movement was. Without either, a change of gait or laboratory costs half of the
    correlation (raw angles .20, centred .37, z-scored .39 under shift).

    A coordinate that never moved in the source has no typical SD and is NaN, as if it were missing: no weight has
    learned what it means.

    A channel that is `absolute` is neither centred nor rescaled by recording: its sign and its size are what it says.
    It is divided by its typical root mean square in the source, whatever the mode.

    Parameters
    ----------
    absolute : for each coordinate whether it is absolute; none is when empty
    """

    typical: Tensor
    absolute: Tensor

    def __init__(self, coordinates: int, mode: NormMode = "zscore", absolute: Sequence[bool] = ()) -> None:
        super().__init__()
        self.mode: NormMode = mode
        self.register_buffer("typical", torch.ones(coordinates))
        marked = torch.tensor(tuple(absolute) or (False,) * coordinates, dtype=torch.bool)
        self.register_buffer("absolute", marked, persistent=False)

    def learn(self, spans: Tensor, weights: Tensor) -> None:
        """Store the weighted mean SD (C,) of recordings with spans (N, 2, C) and weights (N,); NaN where unknown.

        Of an absolute channel it is the mean of their root mean squares.
        """
        size = torch.where(self.absolute, spans.square().sum(dim=1).sqrt(), spans[:, 1])
        share = weights.unsqueeze(-1) * size.isfinite()
        typical = (share * size.nan_to_num()).sum(0) / share.sum(0)
        self.typical.copy_(torch.where(typical > 0, typical, torch.nan))

    def forward(self, motion: Tensor, span: Tensor) -> Tensor:
        """Normalised motion (..., T, C), NaN where missing, of motion (..., T, C) with span (..., 2, C)."""
        return (motion - self._level(span)) / self._scale(span)

    def invert(self, normalised: Tensor, span: Tensor) -> Tensor:
        """The motion (..., T, C) that `forward` would turn into this."""
        return normalised * self._scale(span) + self._level(span)

    def _level(self, span: Tensor) -> Tensor:
        return span[..., :1, :].masked_fill(self.absolute, 0.0)

    def _scale(self, span: Tensor) -> Tensor:
        if self.mode == "centre":
            scale = torch.where(self.typical.isfinite(), torch.ones_like(span[..., 1:, :]), torch.nan)
        else:
            scale = torch.maximum(span[..., 1:, :], QUIET * self.typical) / self.typical
        return torch.where(self.absolute, self.typical, scale)
