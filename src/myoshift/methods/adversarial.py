"""What all methods with an adversary have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

from myoshift.losses import adversarial
from myoshift.losses.tokens import BUDGET, chosen, tokens
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Pool, Supervised, features

QUIET = 0.1
"""Advantage over chance below which the adversary is stopped: an accuracy of 55 % among two classes."""
MEMORY = 0.9
"""Share of the running advantage that stays from step to step."""


@dataclass
class Adversarial(Supervised):
    """Supervised training, and a discriminator whose reversed gradient makes domains hard to tell in the features.

    `weight` is the largest coefficient of the reversed gradient; the discriminator itself learns at full rate.
    `budget` frames of each part of a batch are told apart, after a common standardisation, so that the scale of the
    features cannot hide them. While the discriminator is hardly better than chance, the features are left alone.
    """

    weight: Annotated[float, LogRange(1e-2, 1.0)] = 0.1
    budget: int = BUDGET

    @abstractmethod
    def classes(self, source: Pool) -> int:
        """Number of domains."""

    @abstractmethod
    def labels(self, batch: Batch) -> Tensor:
        """Domain of each window of the source, and of unlabelled motion after it, (B,)."""

    def possible(self, batch: Batch) -> Tensor | None:
        """(B, K) True where a window could be of a domain; None for all."""
        return None

    def seen(self, model: Network, sample: Tensor) -> Tensor:
        """What the discriminator sees (n, D) of features (n, D)."""
        return adversarial.standardised(sample)

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The discriminator, beside what is learned with labels."""
        self.advantage = 0.0
        self.count = self.classes(source)
        self.discriminator = adversarial.Discriminator(len(model.scale), self.count)
        return (*super().modules(model, source), self.discriminator)

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and the discriminator's cross-entropy."""
        parts = [part for part in (batch.source, batch.unlabelled) if part is not None]
        encoded = [features(model, part) for part in parts]
        index = [chosen(part.present, self.budget) for part in parts]
        sample = torch.cat([tokens(each, here) for each, here in zip(encoded, index, strict=True)])
        window = torch.cat([index[0], *(each + batch.source.present.numel() for each in index[1:])])
        window = window // batch.source.present.shape[1]
        told = self.told_apart(model, sample, window, batch, progress)
        return {**self.supervised(model, encoded[0], batch.source), self.name: told}

    def told_apart(self, model: Network, sample: Tensor, window: Tensor, batch: Batch, progress: float) -> Tensor:
        """Cross-entropy of features (n, D) that are from these windows (n,) of the batch."""
        possible, labels = self.possible(batch), self.labels(batch)[window]
        possible = None if possible is None else possible[window]
        strength = self.weight * adversarial.coefficient(progress) * (self.advantage >= QUIET)
        logits: Tensor = self.discriminator(adversarial.reverse(self.seen(model, sample), strength))
        now = float(adversarial.advantage(logits.detach(), labels, possible))
        self.advantage = MEMORY * self.advantage + (1 - MEMORY) * now
        return adversarial.domain_cross_entropy(logits, labels, possible)
