"""Recurrent layers in ONNX's terms."""

from __future__ import annotations

import torch

from models.networks import network
from myoshift.deploy.onnx_gru import in_terms_of_onnx
from myoshift.models.gru import GRU
from myoshift.models.tcn import TCN


def test_other_networks_stay_as_they_are():
    module = network(TCN)
    assert in_terms_of_onnx(module) is module


def test_gates_stand_in_the_order_of_onnx():
    """One step by the equations of ONNX's operator `GRU` with `linear_before_reset`."""
    module = network(GRU)
    layer, own = in_terms_of_onnx(module).layers[0], module.layers[0]
    x, state = torch.randn(1, own.input_size), torch.randn(1, own.hidden_size)
    of_input, of_state = layer.biases[0].chunk(2)
    update, reset, new = (x @ layer.inputs[0].T + of_input).chunk(3, dim=1)
    update_, reset_, new_ = (state @ layer.states[0].T + of_state).chunk(3, dim=1)
    z, r = torch.sigmoid(update + update_), torch.sigmoid(reset + reset_)
    after = (1 - z) * torch.tanh(new + r * new_) + z * state
    torch.testing.assert_close(after[None], own(x[None], state[None])[1], atol=1e-6, rtol=0)
    assert module.layers[0] is own
