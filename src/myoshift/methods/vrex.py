"""Risk extrapolation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses.risk import risk_variance, risks
from myoshift.methods.risks import RiskBased
from myoshift.training import LogRange, Windows


@dataclass
class Vrex(RiskBased):
    """Institutions with the same risk (V-REx: Krueger et al. 2021, arXiv 2003.00688).

    The variance's weight is 1 until `start`, then `weight`. Deviations from the paper: the mean of the risks instead
    of their sum, no reset of the optimiser. Risks are squared errors of activations: far below 1.
    """

    name: ClassVar[str] = "vrex"
    weight: Annotated[float, LogRange(1.0, 1e4)] = 10.0

    def apart(self, predicted: Tensor, source: Windows, progress: float) -> dict[str, Tensor]:
        """Mean and variance of the risks."""
        weight = self.weight if progress >= self.start else min(self.weight, 1.0)
        each = risks(predicted, source.activation, source.institution)
        return {"task": each.mean(), self.name: weight * risk_variance(each)}
