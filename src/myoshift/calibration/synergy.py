"""A few shared coordination patterns: predictions moved towards what the person's synergies can explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from myoshift.calibration.base import FEWEST, Arrays, Calibration, Change, FrameByFrame, Outputs, together
from myoshift.physiology.synergy import factorise, project
from myoshift.types import Array, Mask

RANK = 4
"""Synergies of a leg in walking: 4 to 6 in the literature (docs/synergies.md)."""


@dataclass(frozen=True, eq=False)
class Projection(FrameByFrame):
    """Predictions moved by `blend` towards the span of `weights` (M, K); outputs without weights stay."""

    weights: Array
    blend: float

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Prediction (T, M) nearer to the synergies."""
        there = self._there
        moved = outputs.prediction.copy()
        if self.weights.shape[1]:
            moved[:, there] = project(np.maximum(moved[:, there], 0.0), self.weights[there], self.blend)
        return moved

    @property
    def _there(self) -> Mask:
        return np.asarray(self.weights.any(axis=1), np.bool_)

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """How far each output of the synergies is drawn to them."""
        drawn = (name for name, here in zip(names, self._there, strict=True) if here)
        return tuple(Change(output=name, parameter="synergy blend", value=self.blend) for name in drawn)

    def config(self) -> dict[str, Any]:
        """The blend."""
        return {"blend": self.blend}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The weights."""
        return {"weights": self.weights}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The projection of this state."""
        return cls(arrays["weights"], float(config["blend"]))


@dataclass(frozen=True)
class Synergy:
    """A soft projection onto synergies of the person's measured envelopes (Lee and Seung 1999, doi 10.1038/44565).

    A hard one hurts a good predictor: high VAF does not make it harmless. With fewer than three measured outputs, or
    no more than synergies, nothing is changed.

    Parameters
    ----------
    rank : the largest number of synergies; at most one less than the measured outputs
    blend : 0 changes nothing, 1 leaves nothing beside the synergies
    """

    name: ClassVar[str] = "synergy"
    calibration: ClassVar[type[Calibration]] = Projection
    rank: int = RANK
    blend: float = 0.5

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Projection:
        """The person's synergies, from frames in which every measured output was measured."""
        target = together(measured)
        there = np.isfinite(target).sum(axis=0) >= FEWEST
        whole = target[np.isfinite(target[:, there]).all(axis=1)]
        rank = min(self.rank, int(there.sum()) - 1)
        if rank < 2 or len(whole) < FEWEST:
            return Projection(np.zeros((target.shape[1], 0)), self.blend)
        weights = np.zeros((target.shape[1], rank))
        weights[there] = factorise(whole[:, there], rank).weights
        return Projection(weights, self.blend)
