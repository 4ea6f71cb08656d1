"""Invariant risk minimisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from myoshift.losses.risk import irm_penalty, risks
from myoshift.methods.risks import RiskBased
from myoshift.training import LogRange, Windows


@dataclass
class Irm(RiskBased):
    """One scale of the outputs is best for every institution (IRMv1: Arjovsky et al. 2019, arXiv 1907.02893).

    The penalty's weight is 1 until `start`, then `weight`. Deviations from the paper: the plain penalty instead of
    the one over two halves, squared error, no reset of the optimiser, no division of the loss by the weight (the
    gradient is clipped instead).
    """

    name: ClassVar[str] = "irm"
    weight: Annotated[float, LogRange(1.0, 1e4)] = 100.0

    def apart(self, predicted: Tensor, source: Windows, progress: float) -> dict[str, Tensor]:
        """Mean risk and penalty."""
        weight = self.weight if progress >= self.start else min(self.weight, 1.0)
        told = (predicted, source.activation, source.institution)
        return {"task": risks(*told).mean(), self.name: weight * irm_penalty(*told)}
