"""Laboratories whose EMG is early or late: one delay for each of them and each output, learned with the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from myoshift.losses import correlation_loss, masked_mse
from myoshift.models import Network
from myoshift.physiology import advance
from myoshift.training import Batch, Method

LARGEST = 0.15
"""Seconds; no laboratory's clock is further off."""


@dataclass
class SourceDelays(Method):
    """Source-only training where each laboratory has a clock: bounded, shrunk, mean 0 over those who measured it."""

    name: ClassVar[str] = "source_delays"
    correlation: float = 0.05
    largest: float = 0.12
    shrinkage: float = 1e-3

    def modules(self, measured: Tensor) -> Sequence[nn.Module]:
        """Unbounded delays (institutions, M), all 0 at first."""
        self.measured, self.raw = measured.float(), nn.Parameter(torch.zeros(measured.shape))
        return (nn.ParameterList([self.raw]),)

    def delays(self) -> Tensor:
        """Seconds (institutions, M) by which activation comes after the EMG; 0 for an output of one laboratory."""
        bounded = self.largest * self.raw.tanh() * self.measured
        mean = bounded.sum(dim=0) / self.measured.sum(dim=0).clamp(min=1)
        return (bounded - mean).clamp(-LARGEST, LARGEST) * self.measured

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Squared error and weighted correlation loss on the laboratory's clock, and the shrinkage of the delays."""
        source = batch.source
        predicted = advance(model(source.motion, source.span), self.delays()[source.institution], model.rate)
        return {
            "task": masked_mse(predicted, source.activation),
            "correlation": self.correlation * correlation_loss(predicted, source.activation),
            "delay": self.shrinkage * self.raw.square().mean(),
        }
