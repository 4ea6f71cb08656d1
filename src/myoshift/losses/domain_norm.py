"""Normalisation of features by the domain that they come from (Chang et al. 2019, arXiv 1906.03950)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MOMENTUM = 0.1
"""Share of a batch in the running statistics."""
FLOOR = 1e-3
"""Smallest standard deviation that features are divided by."""


def moments(sample: Tensor) -> Tensor:
    """Mean and mean square (2, D) of features (n, D)."""
    return torch.stack([sample.mean(dim=0), sample.square().mean(dim=0)])


def affine(moments: Tensor) -> tuple[Tensor, Tensor]:
    """Factor and summand (D,) that give features with these moments (2, D) mean 0 and SD 1."""
    variance = (moments[1] - moments[0].square()).clamp(min=0) + FLOOR**2
    return variance.rsqrt(), -moments[0] * variance.rsqrt()


class DomainNorm(nn.Module):
    """Standardises features by the running statistics of their institution, the present batch among them.

    Parameters
    ----------
    domains, features : how many
    """

    running: Tensor
    known: Tensor

    def __init__(self, domains: int, features: int) -> None:
        super().__init__()
        self.register_buffer("running", torch.zeros(domains, 2, features))
        self.register_buffer("known", torch.zeros(domains, dtype=torch.bool))

    def forward(self, features: Tensor, present: Tensor, domain: Tensor) -> Tensor:
        """Standardised features (B, T, D), by the frames that are present (B, T) of windows from domains (B,)."""
        out = torch.zeros_like(features)
        for number in sorted(set(domain.tolist())):
            mine = domain == number
            sample = features[mine][present[mine]]
            if len(sample):
                scale, shift = affine(self._updated(number, moments(sample)))
                out[mine] = features[mine] * scale + shift
        return out

    def _updated(self, number: int, now: Tensor) -> Tensor:
        """The domain's moments (2, D) with those of a batch: the gradient goes through the batch's share."""
        mixed = now if not self.known[number] else torch.lerp(self.running[number], now, MOMENTUM)
        self.running[number], self.known[number] = mixed.detach(), True
        return mixed
