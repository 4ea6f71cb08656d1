"""Predictions that few synergies of the source's muscles explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from myoshift.losses.synergy import synergy_residual
from myoshift.methods.source_only import SourceOnly
from myoshift.models.network import Network
from myoshift.physiology.synergy import factorise
from myoshift.training import Choice, LogRange, Pool, Windows

FRAMES = 2000
"""Most frames of the source, evenly spaced, that synergies are learned from."""


@dataclass
class SynergyPrior(SourceOnly):
    """Source-only training, and a price for what no non-negative activation of the source's synergies explains.

    The synergies are those of all labels together, with muscles missing where a laboratory did not measure them, and
    are held. Soft: synergies as a hard constraint did not improve predicted EMG (see docs/synergies.md).

    Parameters
    ----------
    rank : number of synergies; no more than there are outputs measured
    weight : of the mean square beside the synergies
    """

    name: ClassVar[str] = "synergy_prior"
    rank: Annotated[int, Choice((3, 4, 5, 6))] = 4
    weight: Annotated[float, LogRange(1e-2, 10.0)] = 1.0

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks, where they are learned; the synergies are found on the way."""
        self.seen, self.synergies = learned(source, self.rank)
        return super().modules(model, source)

    def supervised(self, model: Network, features: Tensor, source: Windows) -> dict[str, Tensor]:
        """Terms of the labels, and the residual beside the synergies."""
        residual = synergy_residual(model.decode(features)[..., self.seen], self.synergies)
        return {**super().supervised(model, features, source), "synergy": self.weight * residual}


def learned(source: Pool, rank: int) -> tuple[Tensor, Tensor]:
    """Which outputs (M,) anybody measured, and the weights (those, K) of their synergies."""
    seen = source.measured.any(dim=0)
    labels = torch.cat(source.activations)[:, seen].double().clamp(min=0.0).numpy()
    labels = labels[np.isfinite(labels).any(axis=1)]
    weights = factorise(labels[:: -(-len(labels) // FRAMES)], min(rank, labels.shape[1])).weights
    return seen, torch.tensor(weights)
