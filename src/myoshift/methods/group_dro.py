"""Distributionally robust optimisation over institutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor, nn

from myoshift.losses.risk import dro_weights, measured_institutions, risks
from myoshift.methods.risks import RiskBased
from myoshift.models.network import Network
from myoshift.training import LogRange, Pool, Windows


@dataclass
class GroupDro(RiskBased):
    """The institutions that are predicted worst weigh most (GroupDRO: Sagawa et al. 2020, arXiv 1911.08731).

    Weights stay equal until `start`. Deviations from the paper: weights grow with the risk relative to the mean one
    of the batch, with rate `step`; several groups in a batch; no stronger regularisation.
    """

    name: ClassVar[str] = "group_dro"
    step: Annotated[float, LogRange(1e-3, 1e-1)] = 0.01

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """Equal weights to begin with."""
        self.weights = torch.full((len(source.measured),), 1 / len(source.measured))
        return super().modules(model, source)

    def apart(self, predicted: Tensor, source: Windows, progress: float) -> dict[str, Tensor]:
        """Weighted mean of the risks."""
        here = measured_institutions(source.activation, source.institution)
        each = risks(predicted, source.activation, source.institution)
        self.weights = dro_weights(self.weights, each, here, self.step * (progress >= self.start))
        return {"task": len(self.weights) * (self.weights[here] * each).sum() / len(each)}
