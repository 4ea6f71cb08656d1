"""Recurrent layers: ONNX has an operator for them, PyTorch's exporter no way to it when the time is free."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn

from myoshift.models.gru import GRU
from myoshift.models.network import Network

OPSET = 18
"""Version of the ONNX operators, the lowest that PyTorch's exporter writes."""


def in_terms_of_onnx(network: Network) -> Network:
    """The network, of a GRU a copy with the same weights whose layers can be exported, but not run in PyTorch."""
    if not isinstance(network, GRU):
        return network
    other = deepcopy(network)
    other.layers = nn.ModuleList(_Layer(layer) for layer in network.layers if isinstance(layer, nn.GRU))
    return other


class _Layer(nn.Module):
    """Called like `nn.GRU` with `batch_first`; gates in ONNX's order (update, reset, new)."""

    inputs: Tensor
    states: Tensor
    biases: Tensor

    def __init__(self, layer: nn.GRU) -> None:
        super().__init__()
        self.units = layer.hidden_size
        own = dict(layer.named_parameters())
        self.register_buffer("inputs", _ordered(own["weight_ih_l0"]).unsqueeze(0))
        self.register_buffer("states", _ordered(own["weight_hh_l0"]).unsqueeze(0))
        biases = torch.cat([_ordered(own["bias_ih_l0"]), _ordered(own["bias_hh_l0"])])
        self.register_buffer("biases", biases.unsqueeze(0))

    def forward(self, hidden: Tensor, start: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """States (B, T, units) after each frame, and the last one."""
        batch, frames = hidden.shape[0], hidden.shape[1]
        states, last = torch.onnx.ops.symbolic_multi_out(
            "GRU",
            (hidden.transpose(0, 1), self.inputs, self.states, self.biases, None, start),
            {"hidden_size": self.units, "linear_before_reset": 1},
            dtypes=(hidden.dtype, hidden.dtype),
            shapes=((frames, 1, batch, self.units), (1, batch, self.units)),
            version=OPSET,
        )
        return states.squeeze(1).transpose(0, 1), last


def _ordered(weight: Tensor) -> Tensor:
    """Rows of the gates (reset, update, new) as (update, reset, new)."""
    reset, update, new = weight.detach().chunk(3)
    return torch.cat([update, reset, new])
