"""A number for each group of the source and each output: bounded, and 0 in the mean over those who measured it."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Centred(nn.Module):
    """What differs between laboratories or people, learned beside what they share.

    Parameters
    ----------
    measured : (groups, M) True where a group measured an output
    bound : of a number before the mean over the groups is taken off
    """

    measured: Tensor

    def __init__(self, measured: Tensor, bound: float) -> None:
        super().__init__()
        self.bound = bound
        self.register_buffer("measured", measured.float())
        self.raw = nn.Parameter(torch.zeros(measured.shape))

    def numbers(self) -> Tensor:
        """(groups, M); 0 at first, and for an output of one group alone."""
        bounded = self.bound * self.raw.tanh() * self.measured
        mean = bounded.sum(dim=0) / self.measured.sum(dim=0).clamp(min=1)
        return (bounded - mean) * self.measured
