"""Every calibration on a stream ends as on the whole recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import registry
from myoshift.calibration.base import Outputs
from myoshift.calibration.chain import Chain, steps
from myoshift.calibration.delay import Shift
from myoshift.calibration.sensor import LEARNED, Sensor
from myoshift.testing.calibrators import NAMES, RATE, followed, toy

CORRECTING = [
    name
    for name in registry.names("calibrators")
    if "model" not in getattr(registry.load("calibrators", name), "needs", ())
]
LATE = Chain((("delay", Shift(np.full(4, 0.05), np.zeros(4), np.zeros(4), ("",) * 4)),))
FITTED = {name: steps(name).fit(*toy(), RATE) for name in (*CORRECTING, "delay+physiology+synergy+last_layer")}
FITTED["a chain in a chain"] = Chain((*LATE.links, ("chosen", Chain((*LATE.links, *FITTED["last_layer"].links)))))
FITTED["a hard synergy"] = steps("synergy", {"rank": 2, "blend": 1.0}).fit(*toy(), RATE)


def sensor(offset: float, cutoff: float) -> Chain:
    values = {n: np.full(4 if p.per_site else 1, p.mean) for n, p in LEARNED.items()}
    values |= {"offset": np.array([offset]), "cutoff": np.array([cutoff]), "crosstalk": np.full(4, 0.1)}
    return Chain((("physiology", Sensor(NAMES, values, values, NAMES)),))


def cut(outputs: Outputs, frames: int, gaps=()) -> Outputs:
    """The first frames, with gaps in the prediction of the first output."""
    prediction = outputs.prediction[:frames].copy()
    prediction[[gap for gap in gaps if gap < frames], 0] = np.nan
    return replace(outputs, prediction=prediction, features=outputs.features[:frames], motion=outputs.motion[:frames])


def agree(chain: Chain, legs: list[Outputs]) -> None:
    live = chain.live(RATE, look_ahead=True)
    assert np.all(live.left == 0)
    rows = followed(live, legs)
    for leg, outputs in enumerate(legs):
        np.testing.assert_allclose(rows[:, leg], chain.apply(outputs, RATE), atol=1e-5)


@pytest.mark.parametrize("name", FITTED)
@settings(deadline=None, max_examples=8)
@given(frames=st.integers(1, 120), gaps=st.lists(st.integers(0, 119), max_size=5))
def test_both_legs_at_once_end_as_each_offline(name, frames, gaps):
    first, second = toy(seed=1)[0]
    agree(FITTED[name], [cut(first, frames, gaps), cut(second, frames)])


@settings(deadline=None, max_examples=15)
@given(offset=st.floats(-0.11, 0.11), cutoff=st.floats(6.1, 19.9), frames=st.integers(1, 150))
def test_sensors_of_any_delay_and_cutoff_end_as_offline(offset, cutoff, frames):
    agree(sensor(offset, cutoff), [cut(toy()[0][0], frames)])


def test_links_behind_a_late_one_are_handed_features_of_the_same_frame():
    chain = FITTED["delay+physiology+synergy+last_layer"]
    assert chain.live(RATE, look_ahead=True).lag > 5
    assert np.abs(dict(chain.links)["last_layer"].slope).max() > 0


def test_without_look_ahead_the_sensors_do_what_the_end_of_a_recording_tells():
    chain, seen = sensor(0.1, 10.0), toy()[0][0]
    live = chain.live(RATE, look_ahead=False)
    assert live.lag == 0
    np.testing.assert_allclose(live.left, 0.1, atol=1e-6)
    rows = followed(live, [seen])
    for frames in (60, 101, 150):
        np.testing.assert_allclose(rows[frames - 1, 0], chain.apply(cut(seen, frames), RATE)[-1], atol=1e-5)


def test_what_a_chain_leaves_is_the_sum_of_its_links():
    live = Chain((*LATE.links, *sensor(0.1, 10.0).links)).live(RATE, look_ahead=False)
    np.testing.assert_allclose(live.left, 0.1 + LATE.live(RATE, look_ahead=False).left, atol=1e-6)
