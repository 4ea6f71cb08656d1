"""Tasks without labels, on the motion of source and target: what was hidden, and where in the cycle it is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor, nn

from myoshift.losses import masked_mse
from myoshift.losses.within import phase
from myoshift.methods.source_only import SourceOnly
from myoshift.models.motion_norm import span
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Pool, Range, Windows, features
from myoshift.training.augmentation import hidden


@dataclass
class Pretext(SourceOnly):
    """Supervised training, and a linear decoder that answers a question about windows of which a part is hidden.

    Parameters
    ----------
    weight : of the question
    hide : share of a window that is hidden
    """

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    weight: Annotated[float, LogRange(1e-3, 1e-1)] = 1e-2
    hide: Annotated[float, Range(0.1, 0.5)] = 0.25

    @abstractmethod
    def wanted(self, windows: Windows, gone: Tensor) -> Tensor:
        """The answer (B, T, K), NaN where it is not asked for; `gone` (B, T, C) was hidden."""

    def answers(self, model: Network) -> int:
        """K, the number of values that are asked for."""
        return len(model.inputs)

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks and the decoder."""
        self.decoder = nn.Linear(len(model.scale), self.answers(model))
        return (*super().modules(model, source), self.decoder)

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and the squared error of the answers in source and target."""
        asked = [part for part in (batch.source, batch.unlabelled) if part is not None]
        missed = torch.stack([self.missed(model, part) for part in asked])
        return {**super().loss(model, batch, progress), self.name: missed.sum()}

    def missed(self, model: Network, windows: Windows) -> Tensor:
        """Weighted squared error of the answers about some windows."""
        seen, gone = hidden(windows, self.hide)
        return self.weight * masked_mse(self.decoder(features(model, seen)), self.wanted(windows, gone))


@dataclass
class MaskedMotion(Pretext):
    """The hidden part of each coordinate, in its mean and standard deviation over the window."""

    name: ClassVar[str] = "masked_motion"

    def wanted(self, windows: Windows, gone: Tensor) -> Tensor:
        """Standardised motion where it was hidden."""
        mean, sd = span(windows.motion).unsqueeze(2).unbind(1)
        return ((windows.motion - mean) / sd.clamp(min=1e-3)).masked_fill(~gone, torch.nan)


@dataclass
class PhasePretext(Pretext):
    """The phase of the movement's cycle, as cosine and sine, at every frame."""

    name: ClassVar[str] = "phase_pretext"

    def answers(self, model: Network) -> int:
        """Cosine and sine."""
        return 2

    def wanted(self, windows: Windows, gone: Tensor) -> Tensor:
        """Cosine and sine of the phase of the whole window."""
        turn = 2 * torch.pi * phase(windows.motion)
        return torch.stack([turn.cos(), turn.sin()], dim=-1)
