"""The same movement, done and measured a little differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.models.network import Network
from myoshift.training import Batch, Range, Supervised, features
from myoshift.training.augmentation import dropped, warped


@dataclass
class Augmented(Supervised):
    """More augmentation than the recipe's speed, gain, offset and noise: an uneven pace, and coordinates that fail.

    There is nothing left to mirror: every leg is a right one already.

    Parameters
    ----------
    warp : largest relative change of pace within a window; activation is warped alike
    drop : chance of each coordinate to be missing in a window; never all of them
    """

    name: ClassVar[str] = "augmented"
    warp: Annotated[float, Range(0.0, 0.3)] = 0.1
    drop: Annotated[float, Range(0.0, 0.5)] = 0.1

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, on windows that were changed."""
        source = dropped(warped(batch.source, self.warp), self.drop)
        return self.supervised(model, features(model, source), source)
