"""Gated recurrent units (Cho et al. 2014, arXiv 1406.1078): in both directions, or causal in one."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from myoshift.models.network import Network
from myoshift.models.saved import SavedNetwork

BOTH, ONE = 56, 48
"""Units of each direction in a layer, offline and causal: about as many weights as the TCN has."""


class GRU(Network):
    """One recurrent layer in both directions, or causal two in one. The state waits while no coordinate is seen."""

    kind: ClassVar[str] = "gru"

    def _build(self, channels: int) -> int:
        units, widths = (ONE, (channels, ONE)) if self.causal else (BOTH, (channels, channels))
        self.layers = nn.ModuleList(nn.GRU(width, units, batch_first=True) for width in widths)
        return units if self.causal else 2 * units

    def _encode(self, seen: Tensor, present: Tensor) -> Tensor:
        ahead, back = _places(present), _places(present.flip(1)).flip(1)
        ways = zip(self.layers, (ahead, back), strict=True)
        features: Tensor = self.dropout(torch.cat([_along(layer, seen, way) for layer, way in ways], dim=-1))
        return features * present

    def _blank(self, batch: int) -> tuple[Tensor, ...]:
        """The state (B, units) of each layer."""
        return tuple(torch.zeros(batch, ONE) for _ in self.layers)

    def _proceed(self, seen: Tensor, present: Tensor, kept: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        places, count = _places(present), present.sum(dim=1).long()
        order, hidden, keep = _order(places), seen, []
        for i, (layer, state) in enumerate(zip(self.layers, kept, strict=True)):
            hidden = self.dropout(hidden) if i else hidden
            states = torch.cat([state.unsqueeze(1), layer(_taken(hidden, order), state.unsqueeze(0))[0]], dim=1)
            keep.append(_taken(states, count).squeeze(1))
            hidden = _taken(states[:, 1:], places)
        return self.dropout(hidden) * present, tuple(keep)


def _places(present: Tensor) -> Tensor:
    """Place (B, T) of each frame where those that are present (B, T, 1) come first, all in their order."""
    here = present.squeeze(-1).long()
    before, gone = here.cumsum(dim=1), (1 - here).cumsum(dim=1)
    return torch.where(here > 0, before, before[:, -1:] + gone) - 1


def _order(places: Tensor) -> Tensor:
    """The frame (B, T) that stands at each place."""
    frames = torch.arange(places.shape[1], device=places.device).expand_as(places)
    return torch.zeros_like(places).scatter(1, places, frames)


def _along(layer: nn.Module, hidden: Tensor, places: Tensor) -> Tensor:
    """States (B, T, units) at each frame of a layer that walks the frames by their places."""
    states: Tensor = layer(_taken(hidden, _order(places)))[0]
    return _taken(states, places)


def _taken(values: Tensor, frames: Tensor) -> Tensor:
    """The values (B, N, D) at frames (B, N) of values (B, T, D)."""
    return values.gather(1, frames.unsqueeze(-1).expand(-1, -1, values.shape[-1]))


class SavedGRU(SavedNetwork):
    """A trained GRU."""

    kind: ClassVar[str] = GRU.kind
    network = GRU
