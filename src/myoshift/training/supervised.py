"""What every method that learns from labels begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor, nn

from myoshift.losses import correlation_loss, masked_mse
from myoshift.models.network import Network
from myoshift.training.batch import Windows
from myoshift.training.clock import Clock
from myoshift.training.method import Method
from myoshift.training.pool import Pool
from myoshift.training.ranges import LogRange


@dataclass
class Supervised(Method):
    """Squared error, and a little of 1 - r for the shape; if asked, on each laboratory's own clock.

    Parameters
    ----------
    correlation : weight of the correlation loss
    delays : whether one delay is learned for each laboratory and output (see `Clock`)
    shrinkage : of the unbounded delays towards 0
    """

    correlation: Annotated[float, LogRange(1e-2, 1.0)] = 0.05
    delays: bool = False
    shrinkage: Annotated[float, LogRange(1e-4, 1e-1)] = 1e-3

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks, where they are learned."""
        self.clock = Clock(source.measured) if self.delays else None
        return (self.clock,) if self.clock else ()

    def predicted(self, model: Network, features: Tensor, source: Windows) -> Tensor:
        """What each laboratory would have measured (B, T, M), from features (B, T, D)."""
        return self.on_clock(model, model.decode(features), source)

    def on_clock(self, model: Network, predicted: Tensor, source: Windows) -> Tensor:
        """Predictions (B, T, M) on the clocks of the windows' laboratories, where these are learned."""
        return self.clock(predicted, source.institution, model.rate) if self.clock else predicted

    def supervised(self, model: Network, features: Tensor, source: Windows) -> dict[str, Tensor]:
        """Terms of the labels, from features (B, T, D) of the source's windows."""
        predicted = self.predicted(model, features, source)
        own = {"delay": self.shrinkage * self.clock.raw.square().mean()} if self.clock else {}
        return {
            "task": masked_mse(predicted, source.activation),
            "correlation": self.correlation * correlation_loss(predicted, source.activation),
            **own,
        }


def features(model: Network, windows: Windows) -> Tensor:
    """Features (B, T, D) of windows."""
    return model.encode(windows.motion, windows.span)
