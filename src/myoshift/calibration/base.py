"""What calibrators are handed, what they give, and how calibrations follow one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from myoshift.types import Array, Array32

LARGEST = 1.2
"""Of an activation in units of the person's own 95th percentile; nothing calibrated is above it, or below 0."""


@dataclass(frozen=True, eq=False)
class Outputs:
    """What a fitted model says of the motion of one leg over one whole recording.

    Parameters
    ----------
    prediction : (T, M) outputs, NaN where the model gives none
    features : (T, D) what its head sees; of a model without a head, its prediction
    motion : (T, C)
    """

    prediction: Array
    features: Array
    motion: Array32

    def corrected(self, prediction: Array) -> Outputs:
        """The same motion and features with another prediction, without negative activations."""
        return replace(self, prediction=np.clip(prediction, 0.0, LARGEST))


Unit = Literal["s", "", "1"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One number that a calibration changed: its value, a 95 % interval where there is one, and what to think of it."""

    output: str
    parameter: str
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = ""
    verdict: str = ""


class Calibration(Protocol):
    """What was learned of a person. Its state is a JSON dict and named arrays, never code."""

    kind: ClassVar[str]
    """Name in the group `myoshift.calibrations`, by which a saved calibration finds its class again."""

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Corrected prediction (T, M)."""
        ...

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """What it changes, for a person to read; `names` are the M outputs."""
        ...

    def config(self) -> dict[str, Any]:
        """All of it that is not an array, as JSON values."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""
        ...

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The calibration of this state."""
        ...


class Calibrator(Protocol):
    """One way to learn a person from a few labelled seconds."""

    name: ClassVar[str]

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Calibration:
        """Learn from legs of the person.

        Parameters
        ----------
        seen : of each leg
        measured : (T, M) of each leg in the person's unit, NaN where not measured
        rate : Hz
        """
        ...
