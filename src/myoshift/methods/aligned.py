"""What all methods that make features of source and target alike have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses.tokens import BUDGET, chosen, conditioned, tokens
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Supervised, features

RAMP = 0.2
"""Share of the training over which the weight of an alignment rises from 0."""


@dataclass
class Aligned(Supervised):
    """Supervised training and a distance between features of the source and of unlabelled target motion.

    Features are standardised together first, so that their scale cannot make the distance small, and `budget` frames
    of each domain are compared.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    weight: Annotated[float, LogRange(1e-2, 1e2)] = 1.0
    budget: int = BUDGET

    @abstractmethod
    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Scalar distance between samples of features (n, D) and (m, D)."""

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and the distance under a weight that rises from 0."""
        assert batch.unlabelled
        both = [(features(model, windows), windows) for windows in (batch.source, batch.unlabelled)]
        source, target = (tokens(each, chosen(windows.present, self.budget)) for each, windows in both)
        distance = self.distance(*conditioned(source, target))
        terms = self.supervised(model, both[0][0], batch.source)
        return {**terms, self.name: self.weight * min(progress / RAMP, 1.0) * distance}
