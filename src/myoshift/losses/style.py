"""The style of features: mean and SD over time (MixStyle: Zhou et al. 2021, arXiv 2104.02008)."""

from __future__ import annotations

import torch
from torch import Tensor

FLOOR = 1e-3
"""Smallest standard deviation that features are divided by."""


def style(features: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and SD (B, 1, D) over the present frames (B, T) of features (B, T, D)."""
    here = present.unsqueeze(-1).to(features.dtype)
    count = here.sum(dim=1, keepdim=True).clamp(min=1)
    mean = (features * here).sum(dim=1, keepdim=True) / count
    square = ((features - mean).square() * here).sum(dim=1, keepdim=True) / count
    return mean, (square + FLOOR**2).sqrt()


def partners(institution: Tensor) -> Tensor:
    """For each window (B,) a random one of another institution, itself where there is no other, (B,)."""
    other = (institution[:, None] != institution[None]).float()
    alone = (other.sum(dim=1, keepdim=True) == 0) * torch.eye(len(institution))
    return torch.multinomial(other + alone, 1).squeeze(1)


def mix_styles(features: Tensor, present: Tensor, partner: Tensor, share: Tensor) -> Tensor:
    """Features (B, T, D) with a mixed style: `share` (B,) of their own, the rest of their partner's (B,).

    Styles are detached, as in the paper.
    """
    mean, sd = (each.detach() for each in style(features, present))
    own = share.reshape(-1, 1, 1)
    mixed_mean = own * mean + (1 - own) * mean[partner]
    mixed_sd = own * sd + (1 - own) * sd[partner]
    return (features - mean) / sd * mixed_sd + mixed_mean
