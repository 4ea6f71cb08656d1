"""Features alike along random directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses import sliced_wasserstein
from myoshift.methods.aligned import Aligned
from myoshift.training import LogRange


@dataclass
class SlicedWasserstein(Aligned):
    """Match the quantiles of the features along 128 random directions.

    Deviation from the paper (Lee et al. 2019): features instead of outputs of two classifiers, standardised together.
    """

    name: ClassVar[str] = "sliced_wasserstein"
    weight: Annotated[float, LogRange(1e-3, 1e1)] = 0.2

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Squared sliced 2-Wasserstein distance."""
        return sliced_wasserstein(source, target)
