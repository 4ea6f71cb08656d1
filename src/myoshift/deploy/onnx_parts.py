"""Models in the terms that ONNX has: tensors in, tensors out, with the numbers that were trained."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from myoshift import anatomy
from myoshift.calibration.base import LARGEST
from myoshift.calibration.model import CalibratedModel
from myoshift.deploy.onnx_gru import in_terms_of_onnx
from myoshift.deploy.onnx_links import links, looks_ahead
from myoshift.deploy.onnx_neighbours import Neighbours, Windows
from myoshift.errors import ConfigError
from myoshift.estimators.ensemble import EnsembleModel
from myoshift.estimators.knn import KnnModel
from myoshift.estimators.ridge import RidgeModel
from myoshift.models.network import Memory, Network
from myoshift.models.saved import SavedNetwork
from myoshift.predictor import Model
from myoshift.types import Array

Kept = tuple[Tensor, ...]


class Said(NamedTuple):
    """What a model says: sites (B, T, M) and muscles (B, T, K), 0 where it says nothing, and features (B, T, D)."""

    sites: Tensor
    muscles: Tensor
    features: Tensor


class Part(nn.Module, ABC):
    """A model that can be exported: from motion (B, T, C), NaN where missing, to what it says.

    `causal` says whether it is made of causal networks alone, `waiting` names calibrations that need frames to come.
    """

    causal = False
    waiting: tuple[str, ...] = ()

    @abstractmethod
    def forward(self, motion: Tensor) -> Said:
        """Of whole recordings."""

    def follow(self, motion: Tensor, memory: Memory) -> tuple[Said, Memory]:
        """Of the next frame (B, 1, C), and the memory after it.

        Its `totals` are those of the motion itself, which all networks share, and not about a network's usual mean.
        """
        raise NotImplementedError

    def blank(self) -> Kept:
        """What the encoders keep before the first frame, for a batch of one."""
        return ()


class NetworkPart(Part):
    """A network as it is; only the layers of a GRU are put in ONNX's own terms."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network, self.causal = in_terms_of_onnx(network), network.causal

    def forward(self, motion: Tensor) -> Said:
        """What it says of whole recordings."""
        return self._said(self.network.encode(motion, self.network.overview(motion)))

    def follow(self, motion: Tensor, memory: Memory) -> tuple[Said, Memory]:
        """What it says of the next frame, and the memory after it."""
        usual = torch.as_tensor(self.network.norm.usual).double()
        features, after = self.network.proceed(motion, replace(memory, totals=about(memory.totals, usual)))
        return self._said(features), replace(after, totals=about(after.totals, -usual))

    def blank(self) -> Kept:
        """What its encoders keep before the first frame."""
        return self.network.begin(self.network.overview(torch.zeros(1, 1, len(self.network.inputs)))).encoder

    def _said(self, features: Tensor) -> Said:
        return Said(self.network.decode(features), self.network.muscles(features), features)


class MeanPart(Part):
    """The mean of others."""

    def __init__(self, members: Sequence[Part]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.causal = all(member.causal for member in members)
        self.waiting = tuple(dict.fromkeys(name for member in members for name in member.waiting))

    def forward(self, motion: Tensor) -> Said:
        """What it says of whole recordings."""
        return self._mean([member(motion) for member in self.members])

    def follow(self, motion: Tensor, memory: Memory) -> tuple[Said, Memory]:
        """What it says of the next frame, and the memory after it."""
        said: list[Said] = []
        encoders: list[Tensor] = []
        after, start = memory, 0
        for member in self._parts():
            end = start + len(member.blank())
            each, after = member.follow(motion, replace(memory, encoder=memory.encoder[start:end]))
            said.append(each)
            encoders += after.encoder
            start = end
        return self._mean(said), replace(after, encoder=tuple(encoders))

    def blank(self) -> Kept:
        """What its encoders keep before the first frame."""
        return tuple(kept for member in self._parts() for kept in member.blank())

    def _parts(self) -> list[Part]:
        return [member for member in self.members if isinstance(member, Part)]

    def _mean(self, said: Sequence[Said]) -> Said:
        sites, muscles = (torch.stack(each).mean(dim=0) for each in list(zip(*said, strict=True))[:2])
        return Said(sites, muscles, torch.cat([each.features for each in said], dim=-1))


class SpreadPart(Part):
    """A model without a muscle head: a muscle is the weighted mean of the sites that see it."""

    spread: Tensor

    def __init__(self, sites: nn.Module, outputs: Sequence[str], known: Sequence[bool]) -> None:
        super().__init__()
        self.sites = sites
        self.register_buffer("spread", spread(outputs, known))

    def forward(self, motion: Tensor) -> Said:
        """What it says of whole recordings."""
        sites = self.sites(motion)
        return Said(sites, sites @ self.spread, sites)


class RidgeSites(nn.Module):
    """Sites (B, T, M), linear in windows of the motion, never negative; 0 of a site that was not learned."""

    slope: Tensor
    level: Tensor

    def __init__(self, model: RidgeModel) -> None:
        super().__init__()
        self.windows = Windows(model.rate, model.sizes)
        self.register_buffer("slope", torch.from_numpy(np.nan_to_num(model.slope)))
        self.register_buffer("level", torch.from_numpy(np.nan_to_num(model.level)))

    def forward(self, motion: Tensor) -> Tensor:
        """Sites of whole recordings."""
        sites: Tensor = self.windows(motion) @ self.slope + self.level
        return sites.clamp(min=0.0).to(motion.dtype)


class CalibratedPart(Part):
    """A model with a person's calibration on top."""

    known: Tensor
    spread: Tensor

    def __init__(self, base: Part, model: CalibratedModel) -> None:
        super().__init__()
        self.base, self.causal = base, base.causal
        self.waiting = (*base.waiting, *looks_ahead(model.chain))
        known = [name in model.trained for name in model.outputs]
        self.links = nn.ModuleList(links(model.chain, known, model.rate))
        self.register_buffer("known", torch.tensor(known, dtype=torch.float32))
        self.register_buffer("spread", spread(model.outputs, known))

    def forward(self, motion: Tensor) -> Said:
        """What it says of whole recordings."""
        return self._corrected(self.base(motion))

    def follow(self, motion: Tensor, memory: Memory) -> tuple[Said, Memory]:
        """What it says of the next frame, and the memory after it."""
        said, memory = self.base.follow(motion, memory)
        return self._corrected(said), memory

    def blank(self) -> Kept:
        """What its encoders keep before the first frame."""
        return self.base.blank()

    def _corrected(self, said: Said) -> Said:
        plain = said.sites * self.known
        sites = plain
        for link in self.links:
            sites = link(sites, said.features).clamp(0.0, LARGEST) * self.known
        moved = (said.muscles + (sites - plain) @ self.spread).clamp(min=0.0)
        return Said(sites, moved, said.features)


def part(model: Model, outputs: tuple[str, ...]) -> Part:
    """A model of these outputs in the terms that ONNX has.

    Raises
    ------
    ConfigError
        When it, a member of it, or a link of its calibration cannot be exported.
    """
    if isinstance(model, SavedNetwork):
        return NetworkPart(model.module)
    if isinstance(model, EnsembleModel):
        return MeanPart([part(member, outputs) for member in model.members])
    if isinstance(model, KnnModel):
        return SpreadPart(Neighbours(model), outputs, [column in model.samples for column in range(len(outputs))])
    if isinstance(model, RidgeModel):
        return SpreadPart(RidgeSites(model), outputs, np.isfinite(model.level).tolist())
    if type(model) is CalibratedModel:
        return CalibratedPart(part(model.model, outputs), model)
    raise ConfigError(
        f"{model.kind} cannot be exported",
        why="it is not a fixed function of the angles of one leg, as networks, kNN and ridge regression are",
        mend="train with --method source_only, or another network",
    )


def about(totals: Tensor, level: Tensor) -> Tensor:
    """Samples, sum and sum of squares (B, 3, C) of what is left when a level (C,) is taken from each sample."""
    count, total, square = totals.unbind(dim=1)
    return torch.stack([count, total - count * level, square - 2 * level * total + count * level.square()], dim=1)


def spread(outputs: Sequence[str], known: Sequence[bool]) -> Tensor:
    """(M, K) what each known site counts for each muscle, as `predictor.spread`; 0 where none sees it."""
    weights: Array = anatomy.output_weights(tuple(outputs)) * np.asarray(known, float)[:, None]
    total = weights.sum(axis=0)
    return torch.tensor(weights / np.where(total > 0, total, 1.0), dtype=torch.float32)
