"""One drive of the muscles, seen through every laboratory's own montage, gain and clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor, nn

from myoshift.methods.source_delays import SourceDelays
from myoshift.models.network import Network
from myoshift.training import LogRange, Pool, Windows
from myoshift.training.gains import Gains


class Montages(nn.Module):
    """The montage of every laboratory: the common one (M, K), its weights changed by factors that are shrunk to 1."""

    common: Tensor

    def __init__(self, common: Tensor, laboratories: int) -> None:
        super().__init__()
        self.register_buffer("common", common.clone())
        self.raw = nn.Parameter(torch.zeros(laboratories, *common.shape))

    def forward(self, muscles: Tensor, institution: Tensor) -> Tensor:
        """What these laboratories (B,) see (B, T, M) of muscles (B, T, K)."""
        own = self.common * self.raw.exp()
        own = own / own.sum(dim=2, keepdim=True).clamp(min=1e-6) * self.common.sum(dim=1, keepdim=True)
        return muscles @ own[institution].transpose(1, 2)


class Sensors(nn.Module):
    """What each laboratory sees of the muscles: its montage, and a gain of each output."""

    def __init__(self, common: Tensor, measured: Tensor) -> None:
        super().__init__()
        self.montages, self.gains = Montages(common, len(measured)), Gains(measured)

    def forward(self, muscles: Tensor, institution: Tensor) -> Tensor:
        """What these laboratories (B,) see (B, T, M) of muscles (B, T, K), on the common clock."""
        seen: Tensor = self.gains(self.montages(muscles, institution), institution)
        return seen


@dataclass
class SharedDrive(SourceDelays):
    """A_lab = gain x delay(W_lab H(x)), with the network's muscles as the drive H and a montage W_lab of its own.

    The montages are shrunk to the anatomical one. At a new laboratory the common montage, gain 1 and delay 0 are
    used: those that the shrinkage pulls to.
    """

    name: ClassVar[str] = "shared_drive"
    montage: Annotated[float, LogRange(1e-4, 1e-1)] = 1e-2

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """Clocks, gains and montages of the laboratories."""
        self.sensors = Sensors(model.montage, source.measured)
        return (*super().modules(model, source), self.sensors)

    def predicted(self, model: Network, features: Tensor, source: Windows) -> Tensor:
        """What each laboratory would have measured of the muscles."""
        return self.on_clock(model, self.sensors(model.muscles(features), source.institution), source)

    def supervised(self, model: Network, features: Tensor, source: Windows) -> dict[str, Tensor]:
        """Terms of the labels, and the shrinkage of gains and montages."""
        gain, off = (part.raw.square().mean() for part in (self.sensors.gains, self.sensors.montages))
        terms = super().supervised(model, features, source)
        return {**terms, "gain": self.shrinkage * gain, "montage": self.montage * off}
