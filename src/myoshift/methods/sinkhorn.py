"""Features alike under entropic transport."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses import sinkhorn
from myoshift.methods.aligned import Aligned
from myoshift.training import LogRange


@dataclass
class Sinkhorn(Aligned):
    """Match the distributions of the features by the Sinkhorn divergence.

    Deviation from the literature: features are standardised together first, and the cost is a mean over them.
    """

    name: ClassVar[str] = "sinkhorn"
    weight: Annotated[float, LogRange(1e-3, 1e1)] = 0.2

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Debiased entropic transport cost."""
        return sinkhorn(source, target)
