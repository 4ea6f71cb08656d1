import numpy as np
import pytest
import torch

from conftest import make_walk
from models.networks import INPUTS, OUTPUTS, felt, motion, network
from myoshift.methods.source_only import SourceOnly
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.predictor import Problem
from myoshift.training import TrainingConfig, fit
from myoshift.types import Split

GOLDEN = [[1.72134, 0.8008, 1.30225], [1.32782, 0.79634, 1.08637], [1.73555, 0.92554, 1.36518]]
UNTRAINED = [87.0241, 202.0318, 201.3741, 203.0554, 203.7520]
TRAINED = {
    "zscore": (
        [91.4216, 216.5566, 214.4959, 220.1003, 217.3119],
        [[0.609354, 0.127953, 0.251458], [0.258716, 0.096960, 0.251458], [1.235546, 0.075142, 0.251458]],
    ),
    "centre": (
        [91.4211, 216.5508, 214.4900, 220.0949, 217.3105],
        [[0.616453, 0.126587, 0.251458], [0.259299, 0.095643, 0.251458], [1.255688, 0.073843, 0.251458]],
    ),
}
"""Size of the weights of each layer, and outputs, before there was another network: committed scores rest on them."""


def sizes(module: TCN) -> list[float]:
    return [float(layer.weight.detach().abs().sum()) for layer in module.layers]


def test_size_is_that_of_the_reference_network():
    encoder = sum(p.numel() for p in TCN(INPUTS, OUTPUTS, 50.0).layers.parameters())
    assert encoder == 21_600


def test_a_seed_gives_the_weights_that_it_always_gave():
    torch.manual_seed(3)
    np.testing.assert_allclose(sizes(TCN(INPUTS, OUTPUTS, 50.0)), UNTRAINED, atol=1e-3)


@pytest.mark.parametrize("norm", TRAINED)
def test_a_training_goes_the_way_that_it_always_went(norm):
    problem = Problem(INPUTS, ("tibialis_anterior", "soleus", "gluteus_medius"), 50.0)
    walks = (make_walk(subject=f"s{i}", institution=f"toy-{'abc'[i]}", seed=i, seconds=4 + i) for i in range(3))
    model = fit(
        SourceOnly(), problem, Split(name="toy", source=tuple(walks)), TrainingConfig(steps=20, norm=norm), 3
    ).model
    weights, values = TRAINED[norm]
    np.testing.assert_allclose(sizes(model.module), weights, atol=5e-3)
    np.testing.assert_allclose(model(make_walk(seed=9).motion[:, :3])[[0, 50, 300]], values, atol=5e-4)


def test_a_frame_is_felt_over_the_receptive_field_and_no_further():
    assert felt(network(TCN), 100) == (-33, 33)  # 32 frames, and one of the velocity
    first, last = felt(network(TCN, causal=True), 100)
    assert first == 0
    assert last >= 64


def test_a_saved_network_means_the_same_in_every_version():
    """Constants that are not in the saved arrays may only change together with the version of the model folder."""
    module = TCN(INPUTS, OUTPUTS, 50.0)
    for parameter in module.parameters():
        count = torch.arange(parameter.numel(), dtype=torch.float32)
        parameter.data = (0.2 * torch.cos(1.7 * count)).reshape(parameter.shape)
    values = SavedTCN(module)(motion(60))[[0, 20, 59]]
    np.testing.assert_allclose(values, GOLDEN, atol=1e-4)
