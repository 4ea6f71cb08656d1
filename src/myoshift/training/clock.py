"""Laboratories whose EMG is early or late: one delay for each of them and each output, learned with the network."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from myoshift.physiology import advance

LARGEST = 0.15
"""Seconds; no laboratory's clock is further off."""
BOUND = 0.12
"""Seconds; bound of a delay before the mean over the laboratories is taken off."""


class Clock(nn.Module):
    """Delays that are bounded, shrunk, and 0 in the mean over the laboratories that measured an output.

    Parameters
    ----------
    measured : (institutions, M) True where an institution measured an output
    """

    measured: Tensor

    def __init__(self, measured: Tensor) -> None:
        super().__init__()
        self.register_buffer("measured", measured.float())
        self.raw = nn.Parameter(torch.zeros(measured.shape))

    def delays(self) -> Tensor:
        """Seconds (institutions, M) by which activation comes after the EMG; 0 for an output of one laboratory."""
        bounded = BOUND * self.raw.tanh() * self.measured
        mean = bounded.sum(dim=0) / self.measured.sum(dim=0).clamp(min=1)
        return (bounded - mean).clamp(-LARGEST, LARGEST) * self.measured

    def forward(self, predicted: Tensor, institution: Tensor, rate: float) -> Tensor:
        """Predictions (B, T, M) on the clocks of these institutions (B,)."""
        return advance(predicted, self.delays()[institution], rate)
