"""What calibrators are handed and what they give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from myoshift.predictor import Model
from myoshift.types import Array, Array32

Arrays = Mapping[str, NDArray[Any]]
LARGEST = 1.2
"""Of an activation in units of the person's own 95th percentile: nothing calibrated is above it, or below 0."""
FEWEST = 5
"""Frames of an output below which nothing is learned of it."""


@dataclass(frozen=True, eq=False)
class Outputs:
    """What a fitted model says of the motion of one leg over one whole recording.

    Parameters
    ----------
    names : of the M outputs
    prediction : (T, M), NaN where the model gives none
    features : (T, D) what its head sees; of a model without a head, its prediction
    motion : (T, C)
    """

    names: tuple[str, ...]
    prediction: Array
    features: Array
    motion: Array32

    def corrected(self, prediction: Array) -> Outputs:
        """The same motion and features with another prediction, within the bounds of an activation."""
        return replace(self, prediction=np.clip(prediction, 0.0, LARGEST))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One number that a calibration gave an output: its 95 % interval where there is one, and what to think of it."""

    output: str
    parameter: str
    value: float
    low: float | None = None
    high: float | None = None
    verdict: str = ""


class LiveCalibration(Protocol):
    """A calibration that follows predictions as they come: one instant of B legs in, some frames later corrected."""

    @property
    def lag(self) -> int:
        """Frames by which it is late."""
        ...

    @property
    def left(self) -> Array | float:
        """Seconds, (M,) or of all, by which outputs still come after the EMG as it may not look ahead."""
        ...

    def step(self, outputs: Outputs) -> Array | None:
        """Corrected prediction (B, M) of `lag` frames ago, None before there was one; legs stand for frames."""
        ...

    def finish(self) -> list[Array]:
        """The corrected predictions that are still to come when the stream has ended."""
        ...


class Calibration(Protocol):
    """What was learned of a person. Its state is a JSON dict and named arrays, never code."""

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Corrected prediction (T, M)."""
        ...

    def live(self, rate: float, *, look_ahead: bool) -> LiveCalibration:
        """What does the same to predictions as they come; without `look_ahead` as far as the past tells."""
        ...

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """What it gave each of the M outputs, called `names`, for people to read."""
        ...

    def config(self) -> dict[str, Any]:
        """All of it that is not an array, as JSON values."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""
        ...

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The calibration of this state."""
        ...


class FrameByFrame(ABC):
    """A calibration that looks at each frame alone: it does the same to predictions as they come."""

    @abstractmethod
    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Corrected prediction (T, M)."""

    def live(self, rate: float, *, look_ahead: bool) -> LiveCalibration:
        """Itself; it is never late."""
        return AtOnce(self, rate)


@dataclass(frozen=True, eq=False)
class AtOnce:
    """The live form of a calibration that looks at each frame alone."""

    calibration: FrameByFrame
    rate: float
    lag: int = 0
    left: float = 0.0

    def step(self, outputs: Outputs) -> Array:
        """Corrected prediction (B, M)."""
        return self.calibration.apply(outputs, self.rate)

    def finish(self) -> list[Array]:
        """Nothing waits."""
        return []


@dataclass(frozen=True, eq=False)
class OfArrays:
    """A calibration that is nothing but its arrays: they are the fields of its dataclass."""

    def config(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The fields by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The calibration of these arrays."""
        return cls(**{each.name: arrays[each.name] for each in fields(cls)})


class Calibrator(Protocol):
    """One way to learn a person from a few labelled seconds.

    `name` is its entry point in the group `myoshift.calibrators`, `calibration` what it gives, by which a saved one
    is found again.
    """

    name: ClassVar[str]
    calibration: ClassVar[type[Calibration]]

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Calibration:
        """Learn from the legs of one person.

        Parameters
        ----------
        seen : of each leg
        measured : (T, M) of each leg in the person's unit, NaN where not measured
        rate : Hz
        """
        ...


class Tuner(Protocol):
    """A calibrator that changes the weights of a model, and says so: `needs` holds `model`."""

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]]

    def tune(self, model: Model, seen: Sequence[Outputs], measured: Sequence[Array]) -> Model:
        """The model for one person, whose legs these are."""
        ...


def together(pieces: Sequence[Array]) -> Array:
    """Pieces (T_i, M) as float64, one below the other."""
    return np.concatenate([np.asarray(piece, np.float64) for piece in pieces])


def enough(predicted: Array, measured: Array) -> NDArray[np.bool_]:
    """(T,) frames of one output that have both; none where they are too few to learn from."""
    there = np.isfinite(predicted) & np.isfinite(measured)
    return there if there.sum() >= FEWEST else np.zeros_like(there)
