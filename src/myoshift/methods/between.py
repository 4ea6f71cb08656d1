"""What all methods that make features of the source's institutions alike have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from myoshift.losses.tokens import BUDGET, chosen, conditioned, tokens
from myoshift.methods.aligned import RAMP
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Supervised, Windows, features


@dataclass
class Between(Supervised):
    """Supervised training and the mean distance between the features of any two institutions in the batch.

    Each two are standardised together, and `budget` frames of each are compared.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"source", "domains"})
    weight: Annotated[float, LogRange(1e-2, 1e2)] = 1.0
    budget: int = BUDGET

    @abstractmethod
    def distance(self, first: Tensor, second: Tensor) -> Tensor:
        """Scalar distance between samples of features (n, D) and (m, D)."""

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and the distance under a weight that rises from 0."""
        encoded = features(model, batch.source)
        samples = by_institution(encoded, batch.source, self.budget)
        apart = [self.distance(*conditioned(*pair)) for pair in combinations(samples, 2)]
        distance = torch.stack(apart).mean() if apart else 0.0 * encoded.sum()
        terms = self.supervised(model, encoded, batch.source)
        return {**terms, self.name: self.weight * min(progress / RAMP, 1.0) * distance}


def by_institution(encoded: Tensor, source: Windows, budget: int) -> list[Tensor]:
    """Features (n, D), n <= budget, of each institution with two present frames or more, from (B, T, D)."""
    here = [
        source.present & (source.institution == number)[:, None]
        for number in sorted(set(source.institution.tolist()))
    ]
    return [tokens(encoded, chosen(each, budget)) for each in here if each.sum() > 1]
