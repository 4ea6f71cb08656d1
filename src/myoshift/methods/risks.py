"""What all methods that look at the risks of the institutions apart have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.models.network import Network
from myoshift.training import Batch, Range, Supervised, Windows, features


@dataclass
class RiskBased(Supervised):
    """Supervised training whose squared error is taken for each institution of a batch apart.

    `start` is the share of the training after which the institutions are really held to be alike. Deviation from the
    papers: the optimiser's state is not reset there.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"source", "domains"})
    start: Annotated[float, Range(0.0, 0.5)] = 0.2

    @abstractmethod
    def apart(self, predicted: Tensor, source: Windows, progress: float) -> dict[str, Tensor]:
        """Terms, `task` among them, of predictions (B, T, M) on the institutions' clocks."""

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, with the risks of the institutions in the place of the pooled one."""
        encoded, source = features(model, batch.source), batch.source
        predicted = model.decode(encoded)
        if self.clock:
            predicted = self.clock(predicted, source.institution, model.rate)
        return {**self.supervised(model, encoded, source), **self.apart(predicted, source, progress)}
