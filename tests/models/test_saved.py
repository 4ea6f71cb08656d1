import numpy as np
import pytest

from models.networks import KINDS, motion, network
from myoshift import anatomy, registry
from myoshift.models.tcn import TCN, SavedTCN

EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)


def saved(kind, norm="zscore", *, causal=False):
    return registry.load("models", kind.kind)(network(kind, norm, causal=causal))


@EVERY
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("norm", ["zscore", "centre"])
def test_restored_network_predicts_the_same(kind, norm, causal):
    model, move = saved(kind, norm, causal=causal), motion()
    again = type(model).restore(model.config(), model.arrays())
    np.testing.assert_array_equal(again(move), model(move))
    np.testing.assert_array_equal(again.features(move), model.features(move))
    assert again.module.causal == causal
    assert model.kind == again.module.kind == kind.kind


@EVERY
def test_outputs_are_the_muscles_seen_through_the_montage(kind):
    model, move = saved(kind), motion()
    muscles = model.muscles(move)
    assert muscles.shape == (150, 40)
    assert (muscles >= 0).all()
    np.testing.assert_allclose(model(move), muscles @ anatomy.montage(model.module.outputs).T, rtol=1e-4)


def test_a_network_saved_before_there_were_causal_ones_is_offline():
    model = saved(TCN)
    config = model.config()
    del config["causal"]
    again = SavedTCN.restore(config, model.arrays())
    np.testing.assert_array_equal(again(motion()), model(motion()))


@pytest.mark.parametrize("frames", [1, 2, 5])
@EVERY
def test_very_short_recordings_are_predicted(kind, frames):
    values = saved(kind)(motion(frames))
    assert values.shape == (frames, 3)
    assert np.isfinite(values).all()
