"""A model simple enough to foretell what a predictor makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np

from myoshift.predictor import Problem
from myoshift.types import Array32

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "gastrocnemius", "gluteus_medius"), 50.0
)


class Linear:
    """Outputs = motion @ slope."""

    kind: ClassVar[str] = "constant"

    def __init__(self, slope: Array32) -> None:
        self.slope = slope

    def __call__(self, motion: Array32) -> Array32:
        return np.nan_to_num(motion) @ self.slope

    def config(self) -> dict[str, Any]:
        return {}

    def arrays(self) -> dict[str, Any]:
        return {"level": self.slope[0]}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, Any]) -> Self:
        raise NotImplementedError
