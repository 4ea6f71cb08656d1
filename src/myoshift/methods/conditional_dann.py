"""Conditional domain-adversarial training for regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from myoshift.losses.adversarial import MultilinearMap, standardised
from myoshift.methods.dann import Dann
from myoshift.models.network import Network
from myoshift.training import Pool


@dataclass
class ConditionalDann(Dann):
    """The discriminator sees features times predicted outputs (CDAN: Long et al. 2018, arXiv 1705.10667).

    Deviations from the paper: outputs are activations in units of their SD, not class probabilities, and there is no
    entropy weighting; the rest as of `Dann`.
    """

    name: ClassVar[str] = "conditional_dann"

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The fixed random projections as well."""
        self.map = MultilinearMap(len(model.scale), len(model.outputs))
        return (*super().modules(model, source), self.map)

    def seen(self, model: Network, sample: Tensor) -> Tensor:
        """Features and outputs, multiplied."""
        return standardised(self.map(standardised(sample), standardised(model.decode(sample))))
