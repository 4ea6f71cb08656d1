"""Training on the source as it is: what every transfer method is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from myoshift.losses import correlation_loss, masked_mse
from myoshift.models import Network
from myoshift.training import Batch, Method


@dataclass(frozen=True)
class SourceOnly(Method):
    """Empirical risk minimisation over the institutions: squared error, and a little of 1 - r for the shape."""

    name: ClassVar[str] = "source_only"
    correlation: float = 0.05

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Squared error and weighted correlation loss on the source."""
        predicted, measured = model(batch.source.motion, batch.source.span), batch.source.activation
        return {
            "task": masked_mse(predicted, measured),
            "correlation": self.correlation * correlation_loss(predicted, measured),
        }
