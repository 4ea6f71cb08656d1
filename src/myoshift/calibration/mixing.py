"""Each output as a mixture of all predictions: crosstalk, and muscles that this person uses together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from myoshift.calibration.base import Calibration, Change, FrameByFrame, OfArrays, Outputs, enough, together
from myoshift.types import Array


@dataclass(frozen=True, eq=False)
class Mixture(OfArrays, FrameByFrame):
    """Prediction (T, M) times `weights` (M, M), plus `offset` (M,); predictions that are missing count as 0."""

    weights: Array
    offset: Array

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Mixed prediction (T, M), NaN where the output itself was not predicted."""
        mixed = np.nan_to_num(outputs.prediction) @ self.weights + self.offset
        return np.where(np.isfinite(outputs.prediction), mixed, np.nan)

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """What each output takes of itself, and of all others together."""
        own = np.diag(self.weights)
        others = np.abs(self.weights).sum(axis=0) - np.abs(own)
        return tuple(
            Change(output=name, parameter=parameter, value=float(value))
            for i, name in enumerate(names)
            for parameter, value in (("own share", own[i]), ("of others", others[i]))
        )


@dataclass(frozen=True)
class Mixing:
    """Ridge regression of each output on all predictions, drawn towards the output's own prediction alone."""

    name: ClassVar[str] = "mixing"
    calibration: ClassVar[type[Calibration]] = Mixture
    penalty: float = 0.3

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Mixture:
        """The weights; those of the identity for an output that was not measured."""
        predicted, target = together([each.prediction for each in seen]), together(measured)
        count = target.shape[1]
        weights, offset = np.eye(count), np.zeros(count)
        for m in range(count):
            there = enough(predicted[:, m], target[:, m])
            if not there.any():
                continue
            x = np.nan_to_num(predicted[there])
            about, rest = x - x.mean(axis=0), target[there, m] - x[:, m]
            square = about.T @ about
            damping = self.penalty * float(np.trace(square)) / count
            if damping > 0:
                weights[:, m] += np.linalg.solve(square + damping * np.eye(count), about.T @ (rest - rest.mean()))
            offset[m] = target[there, m].mean() - x.mean(axis=0) @ weights[:, m]
        return Mixture(weights, offset)
