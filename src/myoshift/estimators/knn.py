"""Nearest neighbours among windows of motion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsRegressor

from myoshift.anatomy import Leg
from myoshift.estimators.base import ClosedForm, by_output
from myoshift.predictor.windows import lagged_windows, typical_sizes
from myoshift.types import Array, Array32

Samples = Mapping[int, tuple[Array32, Array32]]


class KnnModel:
    """For each output the windows (N, D) it was measured at, and its values (N,) there; sizes of derived inputs."""

    kind: ClassVar[str] = "knn"

    def __init__(
        self, samples: Samples, outputs: int, neighbours: int, rate: float, sizes: Array | None = None
    ) -> None:
        self.samples, self.outputs, self.neighbours, self.rate = samples, outputs, neighbours, rate
        self.sizes = sizes
        self._regressors = {column: self._regressor(*sample) for column, sample in samples.items()}

    def __call__(self, motion: Array32) -> Array32:
        """Mean of the nearest measured values, weighted by inverse distance, (T, M)."""
        windows = lagged_windows(motion, self.rate, self.sizes).astype(np.float32)
        values = np.full((len(motion), self.outputs), np.nan, np.float32)
        for column, regressor in self._regressors.items():
            values[:, column] = regressor.predict(windows)
        return values

    def _regressor(self, windows: Array32, values: Array32) -> KNeighborsRegressor:
        count = min(self.neighbours, len(values))
        return KNeighborsRegressor(count, weights="distance", algorithm="brute").fit(windows, values)

    def config(self) -> dict[str, Any]:
        """Number of outputs and of neighbours, the rate."""
        return {"outputs": self.outputs, "neighbours": self.neighbours, "rate": self.rate}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Windows and values of each measured output, sizes of derived inputs."""
        named: dict[str, NDArray[Any]] = {
            f"windows.{column}": windows for column, (windows, _) in self.samples.items()
        }
        named |= {f"values.{column}": values for column, (_, values) in self.samples.items()}
        return named if self.sizes is None else {**named, "sizes": self.sizes}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model of these samples."""
        columns = sorted(int(name.removeprefix("values.")) for name in arrays if name.startswith("values."))
        samples = {c: (arrays[f"windows.{c}"], arrays[f"values.{c}"]) for c in columns}
        return cls(samples, config["outputs"], config["neighbours"], config["rate"], arrays.get("sizes"))


@dataclass(frozen=True)
class Knn(ClosedForm):
    """Kinematic nearest neighbours on z-scored windows of +-0.2 s.

    `samples` windows are kept of each output, an equal share from every institution, in it from every person, of
    them from every leg. They are drawn with replacement, so that a few seconds from one institution count as much
    as many from another.
    """

    name: ClassVar[str] = "knn"
    neighbours: int = field(default=60, kw_only=True)
    samples: int = field(default=4000, kw_only=True)

    def model(self, legs: tuple[Leg, ...]) -> KnnModel:
        """The samples, drawn by the seed."""
        random = np.random.default_rng(self.seed)
        rate, sizes = self.problem.rate, typical_sizes(legs, self.problem.inputs)
        windows = [lagged_windows(leg.motion, rate, sizes).astype(np.float32) for leg in legs]
        samples = {}
        for column, measuring, weight in by_output(legs):
            values = [legs[i].activation[:, column] for i in measuring]
            frames = [self._frames(each, share, random) for each, share in zip(values, weight, strict=True)]
            x = np.concatenate([windows[i][chosen] for i, chosen in zip(measuring, frames, strict=True)])
            y = np.concatenate([each[chosen] for each, chosen in zip(values, frames, strict=True)])
            samples[column] = (x, y)
        return KnnModel(samples, legs[0].activation.shape[1], self.neighbours, rate, sizes)

    def _frames(self, values: Array32, share: float, random: np.random.Generator) -> NDArray[np.int64]:
        """Frames of a leg at which an output was measured: its share of the samples, in the order of time."""
        measured = np.flatnonzero(np.isfinite(values))
        return np.sort(random.choice(measured, size=max(1, round(share * self.samples))))
