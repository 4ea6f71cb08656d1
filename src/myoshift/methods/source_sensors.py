"""Clocks of laboratories and gains of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from myoshift.methods.source_delays import SourceDelays
from myoshift.models.network import Network
from myoshift.training import Pool, Windows
from myoshift.training.gains import Gains


@dataclass
class SourceSensors(SourceDelays):
    """Source-only training where each laboratory has a clock and each person's envelopes a gain of their own.

    What the network gives is the activation, not one person's amplitude unit.
    """

    name: ClassVar[str] = "source_sensors"

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks and the gains."""
        self.gains = Gains(source.measured_by_person)
        return (*super().modules(model, source), self.gains)

    def predicted(self, model: Network, features: Tensor, source: Windows) -> Tensor:
        """What each laboratory would have measured of each person."""
        told: Tensor = self.gains(super().predicted(model, features, source), source.person)
        return told

    def supervised(self, model: Network, features: Tensor, source: Windows) -> dict[str, Tensor]:
        """Terms of the labels, and the shrinkage of the gains."""
        terms = super().supervised(model, features, source)
        return {**terms, "gain": self.shrinkage * self.gains.raw.square().mean()}
