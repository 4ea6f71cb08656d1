"""Which models can follow a stream."""

from __future__ import annotations

import numpy as np
import pytest

from models.networks import OUTPUTS, motion, network
from myoshift.errors import ConfigError
from myoshift.estimators.ensemble import EnsembleModel
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.predictor.stream import stream, streams
from predictor.fakes import Linear

CAUSAL, AHEAD, WHOLE = (
    SavedTCN(network(TCN, causal=True)),
    SavedTCN(network(TCN)),
    Linear(np.ones((3, 3), np.float32)),
)


def test_a_causal_network_can():
    both = stream(CAUSAL, 2)
    np.testing.assert_allclose(both.step(motion(2)).outputs[0], CAUSAL(motion(1))[0], atol=1e-5)
    assert both.lag == 0


@pytest.mark.parametrize("model", [WHOLE, AHEAD])
def test_what_cannot_is_refused_with_its_name(model):
    with pytest.raises(ConfigError, match=f"^{model.kind}: .*causal: true"):
        stream(model)


def test_the_member_that_cannot_is_named():
    inner = EnsembleModel([CAUSAL, WHOLE], OUTPUTS)
    with pytest.raises(ConfigError, match="^member 1, constant: "):
        streams([CAUSAL, WHOLE])
    with pytest.raises(ConfigError, match="^member 2, member 1, constant: "):
        stream(EnsembleModel([CAUSAL, CAUSAL, inner], OUTPUTS))
