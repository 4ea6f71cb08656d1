"""People whose envelopes are in units of their own: a gain for each of them and each output, learned."""

from __future__ import annotations

from torch import Tensor

from myoshift.training.centred import Centred

BOUND = 0.5
"""Largest logarithm of a gain, before the mean over the people is taken off: a factor of 1.6."""


class Gains(Centred):
    """Gains of people (people, M), or of laboratories; their logarithms are what is bounded and 0 in the mean."""

    def __init__(self, measured: Tensor) -> None:
        super().__init__(measured, BOUND)

    def logarithms(self) -> Tensor:
        """(people, M); 0 for an output that one person alone measured."""
        return self.numbers()

    def forward(self, predicted: Tensor, person: Tensor) -> Tensor:
        """Predictions (B, T, M) in the units of these people (B,)."""
        return predicted * self.logarithms()[person].exp().unsqueeze(1)
