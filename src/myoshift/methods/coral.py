"""Deep CORAL: features of source and target with the same covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from myoshift.losses import coral
from myoshift.methods.aligned import Aligned


@dataclass
class Coral(Aligned):
    """Match the covariances of the features. Deviation from the paper: features are standardised together first."""

    name: ClassVar[str] = "coral"

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Squared distance of the covariances."""
        return coral(source, target)
