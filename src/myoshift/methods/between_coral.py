"""CORAL between the institutions of the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from myoshift.losses import coral
from myoshift.methods.between import Between


@dataclass
class BetweenCoral(Between):
    """Match the covariances between institutions, without a target (Gulrajani and Lopez-Paz 2021, arXiv 2007.01434).

    Deviations from that paper: no term of the means, covariances as of Deep CORAL, features standardised by pairs.
    """

    name: ClassVar[str] = "between_coral"

    def distance(self, first: Tensor, second: Tensor) -> Tensor:
        """Squared distance of the covariances."""
        return coral(first, second)
