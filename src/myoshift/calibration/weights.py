"""Calibrations that change a network's own weights, for comparison: all of them, or a few of low rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from myoshift.calibration.base import Outputs
from myoshift.errors import ConfigError
from myoshift.losses import correlation_loss, masked_mse
from myoshift.models.network import Network
from myoshift.models.saved import SavedNetwork
from myoshift.predictor import Model
from myoshift.types import Array

HELD = 0.25
"""Share of the calibration, at the end of each leg, that tells when to stop."""
CORRELATION = 0.05
"""Weight of the correlation loss, as in training."""
CHECK = 10
"""Steps between two looks at what is held in."""


@dataclass(frozen=True)
class FineTune:
    """Every weight of the network, by the training's loss, held near where it was (L2-SP: Li et al. 2018).

    The weights kept are those that did best on the last quarter of each leg, or the first ones.

    Parameters
    ----------
    steps, rate : of AdamW on the whole calibration at once
    hold : weight of the squared distance to the first weights
    """

    name: ClassVar[str] = "fine_tune"
    needs: ClassVar[frozenset[str]] = frozenset({"model"})
    steps: int = 150
    rate: float = 1e-3
    hold: float = 0.1

    def tune(self, model: Model, seen: Sequence[Outputs], measured: Sequence[Array]) -> Model:
        """The model with weights of the person's own.

        Raises
        ------
        ConfigError
            When the model is no network.
        """
        if not isinstance(model, SavedNetwork):
            raise ConfigError(
                f"{self.name} changes the weights of a network, and {model.kind} is none",
                mend="calibrate a network, or use a calibrator that corrects predictions (`last_layer`)",
            )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return type(model)(self._tuned(deepcopy(model.module), seen, measured))

    def _tuned(self, network: Network, seen: Sequence[Outputs], measured: Sequence[Array]) -> Network:
        legs = [_leg(each, target) for each, target in zip(seen, measured, strict=True)]
        trained = list(self._trained(network))
        first = [each.detach().clone() for each in trained]
        best, kept = _held_in(network, legs), deepcopy(network.state_dict())
        optimiser = torch.optim.AdamW(trained, lr=self.rate, weight_decay=0.0)
        for step in range(1, self.steps + 1):
            optimiser.zero_grad()
            away = torch.stack([(a - b).square().sum() for a, b in zip(trained, first, strict=True)]).sum()
            loss = _loss(network, legs, held=False) + self.hold * away
            torch.autograd.backward(loss)
            optimiser.step()
            if step % CHECK == 0 and (now := _held_in(network, legs)) < best:
                best, kept = now, deepcopy(network.state_dict())
        network.load_state_dict(kept)
        return self._plain(network)

    def _trained(self, network: Network) -> Iterator[nn.Parameter]:
        """The weights to change, made anew where they are not yet there."""
        return network.parameters()

    def _plain(self, network: Network) -> Network:
        """The network without what was put on it for training."""
        return network


class _LowRank(nn.Module):
    """Adds a matrix of low rank to a weight, 0 at first (LoRA: Hu et al. 2022, arXiv 2106.09685)."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        inner = weight[0].numel()
        self.up = nn.Parameter(torch.zeros(len(weight), rank))
        self.down = nn.Parameter(torch.randn(rank, inner) / inner**0.5)

    def forward(self, weight: Tensor) -> Tensor:
        return weight + (self.up @ self.down).view_as(weight)


@dataclass(frozen=True)
class Adapters(FineTune):
    """A correction of low rank to every weight matrix, and nothing else: 10 % of the numbers."""

    name: ClassVar[str] = "adapters"
    rank_of_correction: int = 2
    rate: float = 3e-3
    hold: float = 0.01

    def _trained(self, network: Network) -> Iterator[nn.Parameter]:
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        for module in [m for m in network.modules() if isinstance(m, nn.Linear | nn.Conv1d)]:
            low = _LowRank(module.weight, self.rank_of_correction)
            parametrize.register_parametrization(module, "weight", low)
            yield from low.parameters()

    def _plain(self, network: Network) -> Network:
        for module in [m for m in network.modules() if parametrize.is_parametrized(m)]:
            parametrize.remove_parametrizations(module, "weight")
        return network.requires_grad_(True)


def _leg(seen: Outputs, measured: Array) -> tuple[Tensor, Tensor, Tensor]:
    """Motion (1, T, C), activation (1, T, M), and 1 (1, T, 1) at frames that are held in."""
    known = np.flatnonzero(np.isfinite(measured).any(axis=1))
    held = np.zeros(len(measured))
    held[known[round((1 - HELD) * len(known)) :]] = 1.0
    parts = (np.asarray(seen.motion, np.float32), measured.astype(np.float32), held[:, None].astype(np.float32))
    motion, activation, stop = (torch.from_numpy(part)[None] for part in parts)
    return motion, activation, stop


def _loss(network: Network, legs: Sequence[tuple[Tensor, Tensor, Tensor]], *, held: bool) -> Tensor:
    total = torch.zeros(())
    for motion, activation, stop in legs:
        target = torch.where((stop > 0) == held, activation, torch.nan)
        predicted = network(motion, network.overview(motion))
        total = total + masked_mse(predicted, target) + CORRELATION * correlation_loss(predicted, target)
    return total / len(legs)


@torch.no_grad()
def _held_in(network: Network, legs: Sequence[tuple[Tensor, Tensor, Tensor]]) -> float:
    return float(_loss(network, legs, held=True))
