"""Windows of motion and nearest neighbours among them, as tensors."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from myoshift.estimators.knn import KnnModel
from myoshift.predictor.windows import lags
from myoshift.types import Array

MOVES = 1e-6
"""SD below which a coordinate does not move (`predictor.windows.standardised`)."""


class Windows(nn.Module):
    """Windows (B, T, C x 11) in double precision, as `predictor.windows.lagged_windows` gives them."""

    lags: Tensor
    sizes: Tensor

    def __init__(self, rate: float, sizes: Array | None) -> None:
        super().__init__()
        self.register_buffer("lags", torch.from_numpy(lags(rate)))
        self.register_buffer("sizes", torch.from_numpy(np.array(np.nan if sizes is None else sizes, np.float64)))

    def forward(self, motion: Tensor) -> Tensor:
        """Windows (B, T, C x 11)."""
        frames = (torch.arange(motion.shape[1]).unsqueeze(1) + self.lags).clamp(min=0)
        frames = torch.minimum(frames, torch.full_like(frames, motion.shape[1] - 1))
        seen = self._standardised(motion).index_select(1, frames.flatten())
        return seen.reshape(motion.shape[0], motion.shape[1], len(self.lags) * motion.shape[2])

    def _standardised(self, motion: Tensor) -> Tensor:
        there = motion.isfinite()
        values, count = torch.where(there, motion, 0.0).double(), there.sum(dim=1, keepdim=True).clamp(min=1)
        centred = torch.where(there, values - values.sum(dim=1, keepdim=True) / count, 0.0)
        sd = (centred.square().sum(dim=1, keepdim=True) / count).sqrt()
        scaled = torch.where(sd > MOVES, centred / torch.where(sd > MOVES, sd, 1.0), 0.0)
        return torch.where(self.sizes.isnan(), scaled, values / torch.where(self.sizes.isnan(), 1.0, self.sizes))


class Neighbours(nn.Module):
    """Sites (B, T, M): mean of the nearest measured values, weighted by inverse distance; 0 without any."""

    def __init__(self, model: KnnModel) -> None:
        super().__init__()
        self.windows, self.outputs, self.most = Windows(model.rate, model.sizes), model.outputs, model.neighbours
        self.learned = sorted(model.samples)
        for column in self.learned:
            windows, values = (np.array(each, np.float32) for each in model.samples[column])
            self.register_buffer(f"windows_{column}", torch.from_numpy(windows))
            self.register_buffer(f"values_{column}", torch.from_numpy(values))

    def forward(self, motion: Tensor) -> Tensor:
        """Sites (B, T, M)."""
        asked = self.windows(motion).float().double()
        blank = torch.zeros_like(asked[..., 0])
        sites = [self._near(asked, c) if c in self.learned else blank for c in range(self.outputs)]
        return torch.stack(sites, dim=-1).to(motion.dtype)

    def _near(self, asked: Tensor, column: int) -> Tensor:
        """(B, T) of the windows (B, T, D) that are asked for."""
        known, values = self.get_buffer(f"windows_{column}").double(), self.get_buffer(f"values_{column}").double()
        squares = asked.square().sum(dim=-1, keepdim=True) - 2 * asked @ known.T + known.square().sum(dim=-1)
        nearest, which = squares.clamp(min=0.0).topk(min(self.most, len(values)), dim=-1, largest=False)
        same = nearest == 0
        weight = torch.where(
            same.any(dim=-1, keepdim=True), same.double(), 1 / torch.where(same, 1.0, nearest).sqrt()
        )
        return (weight * values[which]).sum(dim=-1) / weight.sum(dim=-1)
