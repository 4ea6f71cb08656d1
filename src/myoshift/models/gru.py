"""Gated recurrent units (Cho et al. 2014, arXiv 1406.1078): in both directions, or causal in one."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from myoshift.models.network import Network
from myoshift.models.saved import SavedNetwork

LAYERS = 2
BOTH, ONE = 28, 48
"""Units of each direction in a layer, offline and causal: about as many weights as the TCN has."""


class GRU(Network):
    """Two recurrent layers. A frame without any coordinate is stepped over: the state waits."""

    kind: ClassVar[str] = "gru"

    def _build(self, channels: int) -> int:
        units, directions = (ONE, 1) if self.causal else (BOTH, 2)
        widths = [channels] + [directions * units] * (LAYERS - 1)
        self.ahead = nn.ModuleList(nn.GRU(width, units, batch_first=True) for width in widths)
        self.back = nn.ModuleList(nn.GRU(width, units, batch_first=True) for width in widths if not self.causal)
        return directions * units

    def _encode(self, seen: Tensor, present: Tensor) -> Tensor:
        order = _present_first(present)
        reverse = present.shape[1] - 1 - _present_first(present.flip(1))
        hidden = seen
        for i, (ahead, back) in enumerate(zip(self.ahead, self.back, strict=True)):
            hidden = self.dropout(hidden) if i else hidden
            hidden = torch.cat([_along(ahead, hidden, order), _along(back, hidden, reverse)], dim=-1)
        features: Tensor = self.dropout(hidden) * present
        return features

    def _blank(self, batch: int) -> tuple[Tensor, ...]:
        """The state (B, units) of each layer."""
        return tuple(torch.zeros(batch, ONE) for _ in self.ahead)

    def _proceed(self, seen: Tensor, present: Tensor, kept: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        order, count = _present_first(present), present.sum(dim=1).long()
        hidden, keep = seen, []
        for i, (layer, state) in enumerate(zip(self.ahead, kept, strict=True)):
            hidden = self.dropout(hidden) if i else hidden
            states = torch.cat([state.unsqueeze(1), layer(_taken(hidden, order), state.unsqueeze(0))[0]], dim=1)
            keep.append(_taken(states, count).squeeze(1))
            hidden = _taken(states[:, 1:], order.argsort(dim=1))
        return self.dropout(hidden) * present, tuple(keep)


def _present_first(present: Tensor) -> Tensor:
    """Frames (B, T): those that are present (B, T, 1) in their order, then the others."""
    return (1 - present.squeeze(-1)).argsort(dim=1, stable=True)


def _along(layer: nn.Module, hidden: Tensor, order: Tensor) -> Tensor:
    """States (B, T, units) at each frame of a layer that walks the frames in this order."""
    states: Tensor = layer(_taken(hidden, order))[0]
    return _taken(states, order.argsort(dim=1))


def _taken(values: Tensor, frames: Tensor) -> Tensor:
    """The values (B, N, D) at frames (B, N) of values (B, T, D)."""
    return values.gather(1, frames.unsqueeze(-1).expand(-1, -1, values.shape[-1]))


class SavedGRU(SavedNetwork):
    """A trained GRU."""

    kind: ClassVar[str] = GRU.kind
    network = GRU
