import numpy as np
import torch

from models.networks import felt, motion, network
from myoshift.models.gru import BOTH, GRU, ONE


def features(module, move):
    tensor = torch.tensor(move)[None]
    with torch.no_grad():
        return module.encode(tensor, module.overview(tensor))[0]


def test_features_are_the_units_of_all_directions():
    assert features(network(GRU), motion()).shape == (150, 2 * BOTH)
    assert features(network(GRU, causal=True), motion()).shape == (150, ONE)


def test_offline_it_feels_both_directions_and_causal_one():
    assert felt(network(GRU), 40, 80)[0] < -5
    assert felt(network(GRU), 40, 80)[1] > 5
    assert felt(network(GRU, causal=True), 40, 80)[0] == 0


def test_the_state_waits_while_nothing_is_seen():
    """Frames put in without any coordinate change nothing but the velocity beside them."""
    for causal in (False, True):
        module = network(GRU, "centre", causal=causal)
        still = np.full((40, 3), 0.2, np.float32)
        there = np.r_[0:20, 35:55]
        apart = np.full((55, 3), np.nan, np.float32)
        apart[there] = still
        whole, parted = features(module, still), features(module, apart)
        torch.testing.assert_close(parted[there], whole, atol=1e-6, rtol=0)
        assert not parted[20:35].any()
