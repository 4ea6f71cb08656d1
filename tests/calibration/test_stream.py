"""A calibrated model on a stream."""

from __future__ import annotations

import numpy as np
import pytest

from models.networks import INPUTS, OUTPUTS, motion, network
from myoshift.calibration.chain import steps
from myoshift.calibration.delay import Shift
from myoshift.calibration.model import calibrated
from myoshift.errors import ConfigError
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.predictor.stream import StreamedModel

MODEL = SavedTCN(network(TCN, causal=True))
CHAIN = steps("mixing+delay+last_layer").fit(
    [calibrated(MODEL, OUTPUTS, OUTPUTS, 50.0, steps("none").fit([], [], 50.0)).seen(MODEL(motion()), motion())],
    [np.roll(MODEL(motion()), -2, axis=0) * 0.7],
    50.0,
)


def instants(model, move):
    stream = model.stream()
    there = [each for frame in move if (each := stream.step(frame[None])) is not None]
    late = stream.finish()
    assert len(late) == stream.lag
    return [*there, *late]


@pytest.mark.parametrize("trained", [OUTPUTS, OUTPUTS[:2]])
def test_outputs_muscles_and_features_are_those_of_the_whole_recording(trained):
    model, move = calibrated(MODEL, OUTPUTS, trained, 50.0, CHAIN), motion(90)
    assert isinstance(model, StreamedModel)
    found = instants(model, move)
    for part, expected in (
        ("outputs", model(move)),
        ("muscles", model.muscles(move)),
        ("features", model.features(move)),
    ):
        np.testing.assert_allclose(np.concatenate([getattr(each, part) for each in found]), expected, atol=1e-5)


def test_what_is_calibrated_twice_is_late_twice():
    late = Shift(np.full(3, 0.06), np.zeros(3), np.zeros(3), ("",) * 3)
    once = calibrated(MODEL, OUTPUTS, OUTPUTS, 50.0, type(CHAIN)((("delay", late),)))
    twice = calibrated(once, OUTPUTS, OUTPUTS, 50.0, once.chain)
    assert twice.stream().lag == 2 * once.stream().lag > 0
    np.testing.assert_allclose(twice.stream(look_ahead=False).left, 2 * once.stream(look_ahead=False).left)
    found = np.concatenate([each.outputs for each in instants(twice, motion(80))])
    np.testing.assert_allclose(found, twice(motion(80)), atol=1e-5)


def test_a_network_that_looks_ahead_is_refused_under_its_calibration_too():
    with pytest.raises(ConfigError, match="tcn.*looks ahead"):
        calibrated(SavedTCN(network(TCN)), OUTPUTS, OUTPUTS, 50.0, CHAIN).stream()
    assert INPUTS
