"""Features in the units of their own laboratory."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from myoshift.losses.domain_norm import DomainNorm, affine, moments
from myoshift.models.network import Network
from myoshift.training import Batch, Pool, Supervised, features


@dataclass
class DomainConditionalNorm(Supervised):
    """The head sees features standardised by institution, and by the target's motion (arXiv 1906.03950).

    Deviations from the paper (Chang et al. 2019): under the head alone, without gains of each domain, by running
    statistics, and the target's are taken once after training.
    """

    name: ClassVar[str] = "domain_norm"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "domains", "unlabelled"})

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The statistics of each institution."""
        self.norm = DomainNorm(len(source.measured), len(model.scale))
        return (*super().modules(model, source), self.norm)

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels."""
        seen = self.norm(features(model, batch.source), batch.source.present, batch.source.institution)
        return self.supervised(model, seen, batch.source)

    def adapt(self, model: Network, target: Sequence[Tensor]) -> Network:
        """The network whose features have mean 0 and SD 1 over the target's motion."""
        return standardised_for(model, target)


@torch.no_grad()
def standardised_for(model: Network, target: Sequence[Tensor]) -> Network:
    """A copy of the network whose features have mean 0 and SD 1 over motions (T, C)."""
    model = deepcopy(model).eval()
    model.scale.fill_(1.0)
    model.shift.zero_()
    seen = [model.encode(each[None], model.overview(each[None]))[0] for each in target]
    there = [each.isfinite().any(dim=1) for each in target]
    sample = torch.cat([each[here] for each, here in zip(seen, there, strict=True)])
    for buffer, value in zip((model.scale, model.shift), affine(moments(sample)), strict=True):
        buffer.copy_(value)
    return model
