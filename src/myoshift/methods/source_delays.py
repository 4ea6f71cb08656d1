"""Laboratories whose EMG is early or late: one delay for each of them and each output, learned with the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from myoshift.losses import correlation_loss, masked_mse
from myoshift.models.tcn import TCN
from myoshift.physiology import advance
from myoshift.training import Batch, Method


@dataclass
class SourceDelays(Method):
    """Source-only training where each laboratory has its own clock: bounded, shrunk, of mean 0 over laboratories."""

    name: ClassVar[str] = "source_delays"
    correlation: float = 0.05
    largest: float = 0.12
    shrinkage: float = 1e-3

    def modules(self, institutions: int, outputs: int) -> Sequence[nn.Module]:
        """Unbounded delays (institutions, M), all 0 at first."""
        self.raw = nn.Parameter(torch.zeros(institutions, outputs))
        return (nn.ParameterList([self.raw]),)

    def delays(self) -> Tensor:
        """Seconds (institutions, M) by which activation comes after the EMG."""
        bounded: Tensor = self.largest * self.raw.tanh()
        return bounded - bounded.mean(dim=0)

    def loss(self, model: TCN, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Squared error and weighted correlation loss on the laboratory's clock, and the shrinkage of the delays."""
        source = batch.source
        predicted = advance(model(source.motion, source.span), self.delays()[source.institution], model.rate)
        return {
            "task": masked_mse(predicted, source.activation),
            "correlation": self.correlation * correlation_loss(predicted, source.activation),
            "delay": self.shrinkage * self.raw.square().mean(),
        }
