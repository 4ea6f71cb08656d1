"""A head of the person's own on features that were learned elsewhere, in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from myoshift.calibration.base import Calibration, Change, FrameByFrame, OfArrays, Outputs, enough, together
from myoshift.types import Array


@dataclass(frozen=True, eq=False)
class LinearHead(OfArrays, FrameByFrame):
    """`prior` (M,) times the prediction, plus features times `slope` (D, M), plus `level` (M,)."""

    prior: Array
    slope: Array
    level: Array

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Prediction (T, M) with what the features add, or by the features alone where `prior` is 0."""
        return self.prior * outputs.prediction + outputs.features @ self.slope + self.level

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """How long the slope of each output is."""
        lengths = np.linalg.norm(self.slope, axis=0)
        return tuple(
            Change(output=name, parameter="slope", value=float(length))
            for name, length in zip(names, lengths, strict=True)
        )


@dataclass(frozen=True)
class LastLayer:
    """Ridge regression of what the prediction leaves of the envelope, on the features under the network's head.

    Minimises ``sum (y - prior p - x a - b)^2 + penalty rate v |a|^2`` with v the mean square of the centred features:
    no slope at all is as well supported as by `penalty` seconds of EMG, and the more there is, the less it counts.

    Parameters
    ----------
    penalty : s
    prior : what the prediction weighs; 0 for a head on the features alone
    """

    name: ClassVar[str] = "last_layer"
    calibration: ClassVar[type[Calibration]] = LinearHead
    penalty: float = 0.06
    prior: float = 1.0

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> LinearHead:
        """Slopes and levels; an output that was not measured keeps its prediction."""
        predicted, target = together([each.prediction for each in seen]), together(measured)
        features = together([each.features for each in seen])
        count = target.shape[1]
        prior, slope, level = np.ones(count), np.zeros((features.shape[1], count)), np.zeros(count)
        for m in range(count):
            there = enough(predicted[:, m], target[:, m])
            if there.any():
                prior[m] = self.prior
                rest = target[there, m] - self.prior * predicted[there, m]
                slope[:, m], level[m] = ridge(features[there], rest, self.penalty * rate / there.sum())
        return LinearHead(prior, slope, level)


@dataclass(frozen=True)
class RidgeHead(LastLayer):
    """Ridge regression of the envelope on the features alone: what was learned elsewhere may not predict here."""

    name: ClassVar[str] = "ridge_head"
    penalty: float = 0.03
    prior: float = field(default=0.0)


def ridge(x: Array, y: Array, penalty: float) -> tuple[Array, float]:
    """Slope (D,) and level of y (N,) on x (N, D); no slope where x does not vary.

    The penalty is relative to the sum of squares of the centred x. Solved in the space of the frames or of the
    features, whichever is smaller: the same answer.
    """
    about, rest = x - x.mean(axis=0), y - y.mean()
    scale = float(np.square(about).sum())
    if scale <= 0:
        return np.zeros(x.shape[1]), float(y.mean())
    damping = penalty * scale * np.eye(min(x.shape))
    if len(x) < x.shape[1]:
        slope = about.T @ np.linalg.solve(about @ about.T + damping, rest)
    else:
        slope = np.linalg.solve(about.T @ about + damping, about.T @ rest)
    return slope, float(y.mean() - x.mean(axis=0) @ slope)
