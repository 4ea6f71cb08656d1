"""Deep adaptation by the maximum mean discrepancy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from myoshift.losses import mmd
from myoshift.methods.aligned import Aligned


@dataclass
class Mmd(Aligned):
    """Match the distributions of the features under several Gaussian kernels.

    Deviations from the paper (Long et al. 2015): one layer, unbiased, bandwidths from the mean squared distance,
    features are standardised together first.
    """

    name: ClassVar[str] = "mmd"

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Unbiased squared MMD."""
        return mmd(source, target)
