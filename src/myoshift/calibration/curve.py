"""Amplitude corrected by a curve: what is predicted strong is strong, but how much so is the person's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.isotonic import IsotonicRegression

from myoshift.calibration.base import LARGEST, Calibration, Change, FrameByFrame, OfArrays, Outputs, enough, together
from myoshift.types import Array

POINTS = 25
MOST = 300
"""Frames that a Gaussian process is fitted to; more are thinned evenly."""


@dataclass(frozen=True, eq=False)
class Curve(OfArrays, FrameByFrame):
    """Predictions read off curves `values` (POINTS, M) at predictions evenly spaced from 0 to the largest."""

    values: Array

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Corrected prediction (T, M)."""
        grid = np.linspace(0.0, LARGEST, len(self.values))
        columns = zip(outputs.prediction.T, self.values.T, strict=True)
        return np.stack([np.where(np.isfinite(p), np.interp(p, grid, v), np.nan) for p, v in columns], axis=1)

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """What becomes of a prediction of 0 and of 1."""
        grid = np.linspace(0.0, LARGEST, len(self.values))
        return tuple(
            Change(output=name, parameter=f"at {at:g}", value=float(np.interp(at, grid, column)))
            for name, column in zip(names, self.values.T, strict=True)
            for at in (0.0, 1.0)
        )


@dataclass(frozen=True)
class Isotonic:
    """A curve that never falls (pool adjacent violators: Barlow et al. 1972), by scikit-learn."""

    name: ClassVar[str] = "isotonic"
    calibration: ClassVar[type[Calibration]] = Curve

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Curve:
        """One curve for each measured output, the others left as they are."""
        predicted, target = together([each.prediction for each in seen]), together(measured)
        grid = np.linspace(0.0, LARGEST, POINTS)
        values = np.tile(grid[:, None], (1, target.shape[1]))
        for m in range(target.shape[1]):
            there = enough(predicted[:, m], target[:, m])
            if there.any():
                values[:, m] = self._curve(predicted[there, m], target[there, m], grid)
        return Curve(values)

    def _curve(self, x: Array, y: Array, grid: Array) -> Array:
        found: Array = IsotonicRegression(y_min=0.0, out_of_bounds="clip").fit(x, y).predict(grid)
        return found


@dataclass(frozen=True)
class GaussianProcess(Isotonic):
    """A smooth curve about the identity (Rasmussen and Williams 2006, eq. 2.25), by scikit-learn."""

    name: ClassVar[str] = "gaussian_process"

    def _curve(self, x: Array, y: Array, grid: Array) -> Array:
        kernel = ConstantKernel(0.05, "fixed") * RBF(0.5, "fixed") + WhiteKernel(0.05, "fixed")
        thin = np.linspace(0, len(x) - 1, min(len(x), MOST)).astype(np.int64)
        model = GaussianProcessRegressor(kernel, optimizer=None).fit(x[thin, None], y[thin] - x[thin])
        found: Array = grid + model.predict(grid[:, None])
        return np.maximum(found, 0.0)
