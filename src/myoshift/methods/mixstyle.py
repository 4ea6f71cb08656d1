"""Features in the style of another institution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from myoshift.losses.style import mix_styles, partners
from myoshift.models.network import Network
from myoshift.training import Batch, Range, Supervised, features


@dataclass
class MixStyle(Supervised):
    """Mean and SD over time are mixed between institutions (MixStyle: Zhou et al. 2021, arXiv 2104.02008).

    Deviation from the paper: the features under the head are mixed, not early ones, because the encoder is opaque.
    """

    name: ClassVar[str] = "mixstyle"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "domains"})
    probability: Annotated[float, Range(0.1, 1.0)] = 0.5
    alpha: Annotated[float, Range(0.05, 0.5)] = 0.1

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, half of the time from features in a mixed style."""
        seen, source = features(model, batch.source), batch.source
        if torch.rand(()) < self.probability:
            share = torch.distributions.Beta(self.alpha, self.alpha).sample((len(seen),))
            seen = mix_styles(seen, source.present, partners(source.institution), share)
        return self.supervised(model, seen, source)
