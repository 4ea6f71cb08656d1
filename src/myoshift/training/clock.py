"""Laboratories whose EMG is early or late: one delay for each of them and each output, learned with the network."""

from __future__ import annotations

from torch import Tensor

from myoshift.physiology import advance
from myoshift.training.centred import Centred

LARGEST = 0.15
"""Seconds; no laboratory's clock is further off."""
BOUND = 0.12
"""Seconds; bound of a delay before the mean over the laboratories is taken off."""


class Clock(Centred):
    """Delays of laboratories, (institutions, M)."""

    def __init__(self, measured: Tensor) -> None:
        super().__init__(measured, BOUND)

    def delays(self) -> Tensor:
        """Seconds (institutions, M) by which activation comes after the EMG; 0 for an output of one laboratory."""
        return self.numbers().clamp(-LARGEST, LARGEST)

    def forward(self, predicted: Tensor, institution: Tensor, rate: float) -> Tensor:
        """Predictions (B, T, M) on the clocks of these institutions (B,)."""
        return advance(predicted, self.delays()[institution], rate)
