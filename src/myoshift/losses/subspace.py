"""Significant-subspace alignment (Adachi et al. 2025, ICLR, arXiv 2410.03263).

Of many feature directions a regression uses few, and aligning all of them at test time does harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

LEAST = 1e-6
"""Least variance along a direction, as a share of the largest."""


@dataclass(frozen=True, eq=False)
class Subspace:
    """What is kept of the source's features, and all that is needed of them later.

    Parameters
    ----------
    mean : (D,)
    basis : (D, K) orthonormal directions of the largest variance
    variance : (K,) along each
    weight : (K,) how much each moves the output, with a mean of 1
    """

    mean: Tensor
    basis: Tensor
    variance: Tensor
    weight: Tensor

    @classmethod
    def of(cls, features: Tensor, effect: Tensor, dimensions: int) -> Subspace:
        """The subspace of source features (n, D), for outputs that change by `effect` (M, D) with them."""
        mean = features.mean(dim=0)
        values, vectors = torch.linalg.eigh((features - mean).T.cov())
        variance, basis = values[-dimensions:], vectors[:, -dimensions:]
        weight = 1 + (effect @ basis).norm(dim=0)
        return cls(mean, basis, variance.clamp(min=LEAST * float(variance.max())), weight / weight.mean())

    def distance(self, features: Tensor) -> Tensor:
        """Weighted symmetric divergence, of Gaussians along each direction, of features (n, D) from the source's.

        Mean over the directions of w ((m^2 + s) / s_0 + (m^2 + s_0) / s - 2) / 2, with m the difference of the means
        and s, s_0 the variances: the sum of both Kullback-Leibler divergences. 0 for equal means and variances.
        """
        along = (features - self.mean) @ self.basis
        off = along.mean(dim=0).square()
        spread = along.var(dim=0).clamp(min=LEAST * float(self.variance.max()))
        return (self.weight * ((off + spread) / self.variance + (off + self.variance) / spread - 2) / 2).mean()
