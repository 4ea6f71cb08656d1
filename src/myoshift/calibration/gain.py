"""Gain of each output, and the level that is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from myoshift.calibration.base import Calibration, Change, FrameByFrame, OfArrays, Outputs, enough, together
from myoshift.types import Array


@dataclass(frozen=True, eq=False)
class Affine(OfArrays, FrameByFrame):
    """`gain` (M,) >= 0 times the prediction, plus `offset` (M,)."""

    gain: Array
    offset: Array

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Scaled and moved prediction (T, M)."""
        return outputs.prediction * self.gain + self.offset

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """Gain of each output, and the level that is added."""
        return tuple(
            Change(output=name, parameter=parameter, value=float(value))
            for i, name in enumerate(names)
            for parameter, value in (("gain", self.gain[i]), ("level", self.offset[i]))
        )


@dataclass(frozen=True)
class Gain:
    """Least squares of each output, its gain drawn towards 1 as if `prior` times the frames had said so."""

    name: ClassVar[str] = "gain"
    calibration: ClassVar[type[Calibration]] = Affine
    prior: float = 0.2

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Affine:
        """Gains and offsets; 1 and 0 for an output that was not measured."""
        predicted, target = together([each.prediction for each in seen]), together(measured)
        gain, offset = np.ones(target.shape[1]), np.zeros(target.shape[1])
        for m in range(target.shape[1]):
            there = enough(predicted[:, m], target[:, m])
            if there.any():
                gain[m], offset[m] = line(predicted[there, m], target[there, m], self.prior)
        return Affine(gain, offset)


def line(x: Array, y: Array, prior: float) -> tuple[float, float]:
    """Gain >= 0 and offset of y (N,) on x (N,), the gain drawn towards 1 by `prior` times the spread of x."""
    about, spread = x - x.mean(), float(x.var()) * len(x)
    total = spread * (1 + prior)
    gain = max(float(about @ (y - y.mean()) + prior * spread) / total, 0.0) if total > 0 else 1.0
    return gain, float(y.mean() - gain * x.mean())
