"""The mean of the weights along the training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from myoshift.methods.averaged import Averaged
from myoshift.training import Range


@dataclass
class WeightAveraging(Averaged):
    """The mean of the weights after every step from a share of the training on: a flat minimum (Cha et al. 2021).

    Deviation from SWAD: beginning and end are stated, not found by a validation loss, for which a few people are too
    few.
    """

    name: ClassVar[str] = "weight_averaging"
    start: Annotated[float, Range(0.2, 0.9)] = 0.6
    count: int = field(default=0, init=False)

    def share(self, progress: float) -> float:
        """One part of all the steps so far; the whole before the start."""
        self.count = self.count + 1 if progress >= self.start else 0
        return 1 / max(self.count, 1)
