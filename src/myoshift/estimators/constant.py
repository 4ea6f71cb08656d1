"""The mean activation of the source, whatever the motion: the floor under every score but correlation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from myoshift.anatomy import Leg
from myoshift.estimators.base import ClosedForm, by_output
from myoshift.types import Array32


class ConstantModel:
    """The same levels (M,) at all times."""

    kind: ClassVar[str] = "constant"

    def __init__(self, level: Array32) -> None:
        self.level = level

    def __call__(self, motion: Array32) -> Array32:
        """The levels for every frame, (T, M)."""
        return np.tile(self.level, (len(motion), 1))

    def config(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The levels."""
        return {"level": self.level}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model of these levels."""
        return cls(arrays["level"])


class Constant(ClosedForm):
    """Mean of each output over the source, where institutions count alike, in them people, of them legs."""

    name: ClassVar[str] = "constant"

    def model(self, legs: tuple[Leg, ...]) -> ConstantModel:
        """The mean levels, NaN for an output that nobody measured."""
        return ConstantModel(mean_level(legs))


def mean_level(legs: tuple[Leg, ...]) -> Array32:
    """Balanced mean (M,) of each output; NaN for one that nobody measured."""
    level = np.full(legs[0].activation.shape[1], np.nan, np.float32)
    for column, measuring, weight in by_output(legs):
        level[column] = weight @ [np.nanmean(legs[i].activation[:, column]) for i in measuring]
    return level
