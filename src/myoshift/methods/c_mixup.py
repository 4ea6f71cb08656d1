"""Mixtures of windows whose labels are alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from myoshift.losses.mixing import alike
from myoshift.models.motion_norm import span
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Supervised, Windows, features


@dataclass
class CMixup(Supervised):
    """C-Mixup (Yao et al. 2022): pairs are drawn by the nearness of their labels, motion and labels mixed alike.

    Deviations from the paper: the distance of two windows is that of their activations over time, on the outputs that
    both measured; labels that either lacks are not learned from; the partner's motion is first brought to the mean
    and standard deviation of the window.
    """

    name: ClassVar[str] = "c_mixup"
    alpha: Annotated[float, LogRange(0.5, 4.0)] = 2.0
    bandwidth: Annotated[float, LogRange(0.02, 0.5)] = 0.1

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, on mixed windows."""
        other = torch.multinomial(alike(batch.source.activation, self.bandwidth), 1).squeeze(1)
        share = torch.distributions.Beta(self.alpha, self.alpha).sample((len(other), 1, 1))
        source = mixed(batch.source, other, share)
        return self.supervised(model, features(model, source), source)


def mixed(windows: Windows, other: Tensor, share: Tensor) -> Windows:
    """Windows of which `share` (B, 1, 1) is their own and the rest that of the `other` (B,), as if at their place."""
    mean, sd = span(windows.motion).unsqueeze(2).unbind(1)
    partner = (windows.motion[other] - mean[other]) / sd[other].clamp(min=1e-6) * sd + mean
    motion = torch.where(other.view(-1, 1, 1) == torch.arange(len(other)).view(-1, 1, 1), windows.motion, partner)
    return replace(
        windows,
        motion=torch.lerp(motion, windows.motion, share),
        activation=torch.lerp(windows.activation[other], windows.activation, share),
    )
