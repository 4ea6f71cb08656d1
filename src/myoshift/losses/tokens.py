"""Features of sequences as a sample of vectors, so that the cost of a comparison does not grow with the sequence."""

from __future__ import annotations

import torch
from torch import Tensor

from myoshift.errors import DataRefused

BUDGET = 256
"""Feature vectors of each domain that a loss over pairs is given: 6 ms for MK-MMD, a tenth of a step."""
CONSTANT = 1e-6
"""Added to the standard deviation of a feature, in its own unit."""


def chosen(present: Tensor, budget: int = BUDGET) -> Tensor:
    """Indices (n,), n <= budget, of frames that are present (B, T), drawn without replacement, of B T frames."""
    there = present.flatten().nonzero().squeeze(1)
    return there[torch.randperm(len(there), device=there.device)[:budget]]


def tokens(features: Tensor, index: Tensor) -> Tensor:
    """The chosen feature vectors (n, D) of features (B, T, D)."""
    return features.flatten(0, 1)[index]


def conditioned(source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both samples (n, D), (m, D) in the common mean and standard deviation of each feature.

    The statistics are detached: a network cannot make a distance small by making its features small.

    Raises
    ------
    DataRefused
        When a row of either sample is not finite.
    """
    for domain, rows in (("source", source), ("target", target)):
        if not rows.isfinite().all():
            raise _refusal(domain, rows)
    both = torch.cat([source, target]).detach()
    scale = both.std(dim=0, correction=0) + CONSTANT
    return (source - both.mean(dim=0)) / scale, (target - both.mean(dim=0)) / scale


def _refusal(domain: str, rows: Tensor) -> DataRefused:
    broken = (~rows.isfinite().all(dim=1)).nonzero().flatten()
    return DataRefused(
        f"features of the {domain} are not finite",
        where=f"row {int(broken[0])}",
        why=f"{len(broken)} of {len(rows)} rows hold NaN or infinity",
        mend="leave out frames without motion (`chosen`), look for extreme values in the recordings",
    )
