"""Training that forgives a laboratory's lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses.lags import lag_tolerant_loss
from myoshift.methods.source_only import SourceOnly
from myoshift.models.network import Network
from myoshift.training import LogRange, Windows


@dataclass
class LagTolerant(SourceOnly):
    """The shape is compared at the best lags within 100 ms, under a prior (a soft form of aligned losses: Cuturi and
    Blondel 2017, soft-DTW), in place of the correlation at lag 0; the squared error stays.
    """

    name: ClassVar[str] = "lag_tolerant"
    correlation: Annotated[float, LogRange(1e-2, 1.0)] = 0.2

    def supervised(self, model: Network, features: Tensor, source: Windows) -> dict[str, Tensor]:
        """Squared error and weighted lag-tolerant loss."""
        terms = super().supervised(model, features, source)
        shape = lag_tolerant_loss(model.decode(features), source.activation, model.rate)
        return {**terms, "correlation": self.correlation * shape}
