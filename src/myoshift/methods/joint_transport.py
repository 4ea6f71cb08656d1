"""Joint transport of features and activation: target frames learn from the source frames they are paired with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from myoshift.losses.joint import Plan, joint_transport
from myoshift.methods.aligned import Aligned, Sample
from myoshift.models.network import Network
from myoshift.training import LogRange


@dataclass
class JointTransport(Aligned):
    """Move target features and predictions to the source frames that a transport plan pairs them with.

    Deviations from the paper (Damodaran et al. 2018): squared error on the measured outputs instead of cross entropy,
    an entropic plan unless `plan` is exact (POT), features are standardised together first.

    Parameters
    ----------
    features : weight of the features in the cost of a pair, beside the activation
    """

    name: ClassVar[str] = "joint_transport"
    weight: Annotated[float, LogRange(1e-3, 1e1)] = 0.1
    features: Annotated[float, LogRange(1e-3, 1.0)] = 0.1
    plan: Plan = "sinkhorn"

    def compared(self, model: Network, source: Sample, target: Sample) -> tuple[Tensor, Tensor]:
        """Measured and predicted activation (n, M), (m, M) before the features."""
        s, t = super().compared(model, source, target)
        self.outputs = len(model.outputs)
        measured, predicted = source.rows(source.windows.activation), model.decode(target.rows(target.features))
        return torch.cat([measured, s], dim=1), torch.cat([predicted, t], dim=1)

    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Cost of the plan."""
        (y, s), (p, t) = (each.tensor_split([self.outputs], dim=1) for each in (source, target))
        return joint_transport(s, t, y, p, self.features, self.plan)
