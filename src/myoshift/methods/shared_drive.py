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
        self.gains = Gains(source.measured)
        self.montages = Montages(model.montage, len(source.measured))
        return (*super().modules(model, source), self.gains, self.montages)

    def predicted(self, model: Network, features: Tensor, source: Windows) -> Tensor:
        """What each laboratory would have measured of the muscles."""
        seen = self.montages(model.muscles(features), source.institution)
        told: Tensor = self.gains(self.on_clock(model, seen, source), source.institution)
        return told

    def supervised(self, model: Network, features: Tensor, source: Windows) -> dict[str, Tensor]:
        """Terms of the labels, and the shrinkage of gains and montages."""
        off = self.montages.raw.square().mean()
        own = {"gain": self.shrinkage * self.gains.raw.square().mean(), "montage": self.montage * off}
        return {**super().supervised(model, features, source), **own}
