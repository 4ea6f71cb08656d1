"""What all methods that keep a mean of the weights along the training have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from torch import nn

from myoshift.methods.source_only import SourceOnly
from myoshift.models.network import Network
from myoshift.training import Pool


@dataclass
class Averaged(SourceOnly):
    """Supervised training of which a mean of the weights is kept, that follows every step."""

    @abstractmethod
    def share(self, progress: float) -> float:
        """How far the mean goes towards the weights of this step, 0 to 1."""

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks; the mean is not trained."""
        self.mean = deepcopy(model).requires_grad_(False)
        return super().modules(model, source)

    def after_step(self, model: Network, progress: float) -> None:
        """The mean follows."""
        share = self.share(progress)
        for old, new in zip(self.mean.parameters(), model.parameters(), strict=True):
            old.lerp_(new, share)

    def finish(self, model: Network, source: Pool) -> Network:
        """The mean is kept."""
        return self.mean.requires_grad_(True)
