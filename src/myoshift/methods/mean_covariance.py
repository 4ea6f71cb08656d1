"""Features of source and target with the same mean and covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses import mean_covariance
from myoshift.methods.aligned import Aligned
from myoshift.training import LogRange


@dataclass
class MeanCovariance(Aligned):
    """Match mean and covariance of the features.

    Deviation from DomainBed: source and target instead of pairs of sources; features are standardised together first.
    """

    name: ClassVar[str] = "mean_covariance"
    weight: Annotated[float, LogRange(1e-3, 1e1)] = 0.2

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Mean squared difference of means and covariances."""
        return mean_covariance(source, target)
