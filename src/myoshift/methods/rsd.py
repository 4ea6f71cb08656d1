"""Representation subspace distance: features that span the same main directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses import rsd
from myoshift.methods.aligned import Aligned
from myoshift.training import LogRange


@dataclass
class Rsd(Aligned):
    """Match the subspaces of the features, blind to their scale.

    Deviations from the paper (Chen et al. 2021): see `losses.rsd`; features are standardised together first.
    """

    name: ClassVar[str] = "rsd"
    weight: Annotated[float, LogRange(1e-3, 1e1)] = 0.3

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Squared chordal distance, as a share of the dimensions."""
        return rsd(source, target)
