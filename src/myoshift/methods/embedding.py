"""What motion and activation have in common: one embedding of both, and a code of activation across laboratories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor, nn

from myoshift.losses import masked_mse
from myoshift.losses.contrastive import info_nce
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Pool, Range, Supervised, Windows, features

WIDTH = 16
HIDDEN = 32


def with_mask(activation: Tensor) -> Tensor:
    """Activation (B, T, M), 0 where not measured, beside what was measured: (B, T, 2 M)."""
    return torch.cat([activation.nan_to_num(0.0), activation.isfinite().to(activation.dtype)], dim=-1)


def dense(inputs: int, outputs: int) -> nn.Module:
    """A hidden layer and an output layer for every frame."""
    return nn.Sequential(nn.Linear(inputs, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, outputs))


@dataclass
class Contrastive(Supervised):
    """Features of a window's motion are nearer to its own activation than to that of other windows (InfoNCE).

    Both are averages over the window's frames of an embedding of each frame.
    """

    name: ClassVar[str] = "contrastive"
    weight: Annotated[float, LogRange(1e-3, 1e-1)] = 1e-2

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks and both embeddings."""
        self.of_motion, self.of_activation = dense(len(model.scale), WIDTH), dense(2 * len(model.outputs), WIDTH)
        return (*super().modules(model, source), self.of_motion, self.of_activation)

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and the weighted InfoNCE."""
        source, z = batch.source, features(model, batch.source)
        one = pooled(self.of_motion(z), source.present)
        other = pooled(self.of_activation(with_mask(source.activation)), source.present)
        apart = info_nce(one, other, source.activation.isfinite().flatten(1).any(dim=1))
        return {**self.supervised(model, z, source), "contrastive": self.weight * apart}


def pooled(values: Tensor, present: Tensor) -> Tensor:
    """Mean (B, D) of values (B, T, D) over the present frames (B, T)."""
    here = present.unsqueeze(-1)
    return (values * here).sum(dim=1) / here.sum(dim=1).clamp(min=1)


@dataclass
class ActivationAutoencoder(Supervised):
    """Features predict the code of an autoencoder of activation, which reconstructs what was measured and dropped.

    The code is that of activation in any laboratory: outputs are dropped at random, so that it does not tell which
    were measured. The features are led to it, it is not led to them.
    """

    name: ClassVar[str] = "activation_autoencoder"
    weight: Annotated[float, LogRange(1e-3, 1.0)] = 0.1
    drop: Annotated[float, Range(0.0, 0.7)] = 0.3

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks, both halves of the autoencoder, and the way from features to the code."""
        self.encode, self.decode = dense(2 * len(model.outputs), WIDTH), dense(WIDTH, len(model.outputs))
        self.lead = nn.Linear(len(model.scale), WIDTH)
        return (*super().modules(model, source), self.encode, self.decode, self.lead)

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, of the reconstruction, and of the code."""
        source, z = batch.source, features(model, batch.source)
        code = self.encode(with_mask(thinned(source, self.drop)))
        wanted = code.detach().masked_fill(source.activation.isnan().all(dim=-1, keepdim=True), torch.nan)
        terms = {"autoencoder": masked_mse(self.decode(code), source.activation)}
        return {**self.supervised(model, z, source), **terms, "code": self.weight * masked_mse(self.lead(z), wanted)}


def thinned(windows: Windows, chance: float) -> Tensor:
    """Activation (B, T, M) of windows in which each output is missing with this chance."""
    gone = torch.rand(len(windows.activation), 1, windows.activation.shape[2]) < chance
    return windows.activation.masked_fill(gone, torch.nan)
