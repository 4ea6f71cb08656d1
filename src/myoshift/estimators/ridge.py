"""Ridge regression on windows of motion, in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from myoshift.anatomy import Leg
from myoshift.estimators.base import ClosedForm, by_output
from myoshift.predictor.windows import lagged_windows, typical_sizes
from myoshift.types import Array, Array32


class RidgeModel:
    """Outputs linear in the windows: slope (D, M) and level (M,); sizes of derived inputs."""

    kind: ClassVar[str] = "ridge"

    def __init__(self, slope: Array, level: Array, rate: float, sizes: Array | None = None) -> None:
        self.slope, self.level, self.rate, self.sizes = slope, level, rate, sizes

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M); activation is never negative."""
        values = lagged_windows(motion, self.rate, self.sizes) @ self.slope + self.level
        return np.maximum(values, 0.0).astype(np.float32)

    def config(self) -> dict[str, Any]:
        """The rate."""
        return {"rate": self.rate}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Slope and level, sizes of derived inputs."""
        named: dict[str, NDArray[Any]] = {"slope": self.slope, "level": self.level}
        return named if self.sizes is None else {**named, "sizes": self.sizes}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model of these coefficients."""
        return cls(arrays["slope"], arrays["level"], config["rate"], arrays.get("sizes"))


@dataclass(frozen=True)
class Ridge(ClosedForm):
    """Weighted ridge regression of each output on z-scored windows of +-0.2 s.

    Minimises ``sum_i w_i (y_i - b - x_i a)^2 + penalty * v * |a|^2`` with weights that sum to 1 (institutions alike,
    in them people, of them legs) and v the mean variance of the D features, so that `penalty` has no unit and means
    the same for any number of samples.
    """

    name: ClassVar[str] = "ridge"
    penalty: float = field(default=0.02, kw_only=True)

    def model(self, legs: tuple[Leg, ...]) -> RidgeModel:
        """The coefficients, NaN for an output that nobody measured."""
        rate, sizes = self.problem.rate, typical_sizes(legs, self.problem.inputs)
        windows = [lagged_windows(leg.motion, rate, sizes) for leg in legs]
        features, outputs = windows[0].shape[1], legs[0].activation.shape[1]
        slope, level = np.full((features, outputs), np.nan), np.full(outputs, np.nan)
        for column, measuring, weight in by_output(legs):
            values = [legs[i].activation[:, column].astype(np.float64) for i in measuring]
            x, y, w = _samples([windows[i] for i in measuring], values, weight)
            slope[:, column], level[column] = ridge(x, y, w, self.penalty)
        return RidgeModel(slope, level, rate, sizes)


@dataclass(frozen=True)
class ScratchRidge(Ridge):
    """The same on the calibration seconds alone: what they are worth without any other laboratory."""

    name: ClassVar[str] = "scratch_ridge"
    part: ClassVar[Literal["source", "calibration"]] = "calibration"
    needs: ClassVar[frozenset[str]] = frozenset({"calibration"})


def ridge(x: Array, y: Array, w: Array, penalty: float) -> tuple[Array, float]:
    """Slope (D,) and level of y (N,) on x (N, D) with weights w (N,) that sum to 1; no slope where x is constant."""
    x_mean, y_mean = w @ x, w @ y
    centred = x - x_mean
    weighted = centred * w[:, None]
    covariance = weighted.T @ centred
    damping = penalty * (float(np.trace(covariance)) / len(covariance) or 1.0)
    slope = np.linalg.solve(covariance + damping * np.eye(len(covariance)), weighted.T @ (y - y_mean))
    return slope.astype(np.float64), float(y_mean - x_mean @ slope)


def _samples(windows: list[Array], values: list[Array], weight: Array) -> tuple[Array, Array, Array]:
    """Windows, values and weights of every measured frame of one output; the legs' weights are shared by frames."""
    measured = [np.isfinite(each) for each in values]
    x = np.concatenate([each[here] for each, here in zip(windows, measured, strict=True)])
    y = np.concatenate([each[here] for each, here in zip(values, measured, strict=True)])
    w = np.concatenate([np.full(here.sum(), s / here.sum()) for s, here in zip(weight, measured, strict=True)])
    return x, y, w
