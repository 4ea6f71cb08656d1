"""DARE-GRAM: features with the same inverse Gram matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses import dare_gram
from myoshift.methods.aligned import Aligned
from myoshift.training import LogRange


@dataclass
class DareGram(Aligned):
    """Match angle and scale of what least squares would do with the features.

    Deviations from the paper (Nejjar et al. 2023): see `losses.dare_gram`; features are standardised together first.
    """

    name: ClassVar[str] = "dare_gram"
    weight: Annotated[float, LogRange(1e-3, 1e1)] = 0.1

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Angles and scale of the inverse Gram matrices."""
        return dare_gram(source, target)
