"""People whose envelopes are in units of their own: a gain for each of them and each output, learned."""

from __future__ import annotations

import torch
from torch import Tensor, nn

BOUND = 0.5
"""Largest logarithm of a gain, before the mean over the people is taken off: a factor of 1.6."""


class Gains(nn.Module):
    """Gains whose logarithms are bounded, shrunk, and 0 in the mean over the people who measured an output.

    Parameters
    ----------
    measured : (people, M) True where a person has an output
    """

    measured: Tensor

    def __init__(self, measured: Tensor) -> None:
        super().__init__()
        self.register_buffer("measured", measured.float())
        self.raw = nn.Parameter(torch.zeros(measured.shape))

    def logarithms(self) -> Tensor:
        """(people, M); 0 for an output that one person alone measured."""
        bounded = BOUND * self.raw.tanh() * self.measured
        mean = bounded.sum(dim=0) / self.measured.sum(dim=0).clamp(min=1)
        return (bounded - mean) * self.measured

    def forward(self, predicted: Tensor, person: Tensor) -> Tensor:
        """Predictions (B, T, M) in the units of these people (B,)."""
        return predicted * self.logarithms()[person].exp().unsqueeze(1)
