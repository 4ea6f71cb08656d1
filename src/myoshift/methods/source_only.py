"""Training on the source as it is: what every transfer method is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from myoshift.models.network import Network
from myoshift.training import Batch, Supervised, features


@dataclass
class SourceOnly(Supervised):
    """Empirical risk minimisation over the institutions: squared error, and a little of 1 - r for the shape."""

    name: ClassVar[str] = "source_only"

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Squared error and weighted correlation loss on the source."""
        return self.supervised(model, features(model, batch.source), batch.source)
