"""A temporal convolutional network (Bai et al. 2018, arXiv 1803.01271)."""

from __future__ import annotations

from typing import ClassVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from myoshift.models.network import Network
from myoshift.models.saved import SavedNetwork

CHANNELS = 32
WIDTH = 5
DILATIONS = (1, 1, 2, 4, 8)


class TCN(Network):
    """Five residual convolutions; they see 32 frames to each side, a causal one 64 frames back."""

    kind: ClassVar[str] = "tcn"

    def _build(self, channels: int) -> int:
        widths = [channels] + [CHANNELS] * (len(DILATIONS) - 1)
        self.layers = nn.ModuleList(
            nn.Conv1d(width, CHANNELS, WIDTH, dilation=d, padding=0 if self.causal else d * (WIDTH // 2))
            for width, d in zip(widths, DILATIONS, strict=True)
        )
        return CHANNELS

    def _encode(self, seen: Tensor, present: Tensor) -> Tensor:
        hidden, present = seen.transpose(-1, -2), present.transpose(-1, -2)
        for i, layer in enumerate(self.layers):
            new = self.dropout(functional.gelu(layer(hidden))) * present
            hidden = hidden + new if i else new
        return hidden.transpose(-1, -2)

    def _blank(self, batch: int) -> tuple[Tensor, ...]:
        """Of each layer, the inputs (B, channels, frames) that it still sees."""
        channels = [2 * len(self.inputs)] + [CHANNELS] * (len(DILATIONS) - 1)
        return tuple(torch.zeros(batch, c, (WIDTH - 1) * d) for c, d in zip(channels, DILATIONS, strict=True))

    def _proceed(self, seen: Tensor, present: Tensor, kept: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        hidden, present = seen.transpose(-1, -2), present.transpose(-1, -2)
        keep = []
        for i, (layer, past) in enumerate(zip(self.layers, kept, strict=True)):
            inputs = torch.cat([past, hidden], dim=-1)
            keep.append(inputs[..., -past.shape[-1] :])
            new = self.dropout(functional.gelu(_convolved(layer, inputs))) * present
            hidden = hidden + new if i else new
        return hidden.transpose(-1, -2), tuple(keep)


def _convolved(layer: nn.Module, inputs: Tensor) -> Tensor:
    """A layer's convolution; where it gives a single frame, the product of matrices that it is then: much faster."""
    convolution = cast(nn.Conv1d, layer)
    apart = convolution.dilation[0]
    if inputs.shape[-1] > (WIDTH - 1) * apart + 1:
        convolved: Tensor = convolution(inputs)
        return convolved
    seen = inputs[..., ::apart].flatten(1)
    return functional.linear(seen, convolution.weight.flatten(1), convolution.bias).unsqueeze(-1)


class SavedTCN(SavedNetwork):
    """A trained TCN."""

    kind: ClassVar[str] = TCN.kind
    network = TCN
