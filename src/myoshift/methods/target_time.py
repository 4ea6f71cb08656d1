"""Adaptation of a trained network to the motion of a target, without the source and without a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from myoshift.losses.subspace import Subspace
from myoshift.methods.averaged import Averaged
from myoshift.methods.source_only import SourceOnly
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Pool, Range, Windows

CONSTANT = 1e-3
RAMP = 0.2
"""Share of the training over which the teacher's weight rises from 0."""
STEPS, RATE = 100, 0.01
"""Of the descent that aligns a subspace."""


@dataclass
class AdaBn(SourceOnly):
    """Features of the target in the mean and standard deviation of the source's (Li et al. 2016).

    Deviation from the paper: there is no batch normalisation; the features under the head are standardised.
    """

    name: ClassVar[str] = "adabn"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})

    def finish(self, model: Network, source: Pool) -> Network:
        """Keep the statistics of the source."""
        self.mean, self.sd = moments(model.collected(source.motions))
        return model

    def adapt(self, model: Network, target: Sequence[Tensor]) -> Network:
        """Exchange the target's statistics for the source's."""
        mean, sd = moments(model.collected(target))
        return model.moved(self.sd / sd, self.mean - mean * self.sd / sd)


@dataclass
class Ssa(SourceOnly):
    """Significant-subspace alignment (Adachi et al. 2025): the directions that matter, by scale and shift.

    Deviation from the paper: scale and shift of the features under the head are adapted, not those of normalisation
    layers, of which there are none.
    """

    name: ClassVar[str] = "ssa"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    dimensions: Annotated[int, Range(2, 16)] = 8

    def finish(self, model: Network, source: Pool) -> Network:
        """Keep the significant subspace of the source."""
        effect = (model.montage @ model.head.weight).detach()
        self.subspace = Subspace.of(model.collected(source.motions), effect, self.dimensions)
        return model

    def adapt(self, model: Network, target: Sequence[Tensor]) -> Network:
        """Descend on the divergence within the subspace."""
        return model.moved(*aligned(self.subspace, model.collected(target)))


def moments(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (D,) of features (n, D); a constant feature has the SD 0.001."""
    return rows.mean(dim=0), rows.std(dim=0, correction=0).clamp(min=CONSTANT)


def aligned(subspace: Subspace, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Scale and shift (D,) that bring features (n, D) towards a subspace's source, from 1 and 0."""
    scale, shift = torch.ones(rows.shape[1]), torch.zeros(rows.shape[1])
    scale.requires_grad_(), shift.requires_grad_()
    optimiser = torch.optim.Adam([scale, shift], lr=RATE)
    with torch.enable_grad():
        for _ in range(STEPS):
            optimiser.zero_grad()
            torch.autograd.backward(subspace.distance(rows * scale + shift))
            optimiser.step()
    return scale.detach(), shift.detach()


@dataclass
class MeanTeacher(Averaged):
    """The network agrees with its own moving average on noisy motion of the target (Tarvainen and Valpola 2017).

    Both see the unlabelled windows with noise of their own (rad); the average is kept.
    """

    name: ClassVar[str] = "mean_teacher"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    weight: Annotated[float, LogRange(1e-1, 1e1)] = 1.0
    decay: Annotated[float, Range(0.98, 0.999)] = 0.99
    noise: float = field(default=0.03, kw_only=True)

    def share(self, progress: float) -> float:
        """What the average does not keep."""
        return 1 - self.decay

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and the squared difference from the teacher on the target."""
        assert batch.unlabelled
        own, taught = (noisy(net, batch.unlabelled, self.noise) for net in (model, self.mean))
        off = (own - taught).square()[batch.unlabelled.present].sum() / own.numel()
        weight = self.weight * min(progress / RAMP, 1.0)
        return {**super().loss(model, batch, progress), "teacher": weight * off}


def noisy(model: Network, windows: Windows, noise: float) -> Tensor:
    """Outputs (B, T, M) for windows whose motion has noise of this standard deviation, rad."""
    seen = windows.motion + noise * torch.randn(windows.motion.shape)
    return model.decode(model.encode(seen, windows.span))
