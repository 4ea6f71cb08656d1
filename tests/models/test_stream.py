"""A stream is the whole causal pass, frame by frame: for every encoder, both norms, any gaps, any pieces."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.networks import KINDS, motion, network
from myoshift.errors import ConfigError, DataRefused
from myoshift.models.running_norm import blank
from myoshift.models.saved import SavedNetwork
from myoshift.models.stream import Stream, step_seconds
from myoshift.models.tcn import TCN

CAUSAL = {(kind, norm): network(kind, norm, causal=True) for kind in KINDS for norm in ("zscore", "centre")}
EVERY = pytest.mark.parametrize("module", CAUSAL.values(), ids=[f"{kind.kind}-{norm}" for kind, norm in CAUSAL])


@st.composite
def recordings(draw):
    """Motion (T, 3) of some offset, speed and length, with gaps in single coordinates and in whole frames."""
    frames, random = draw(st.integers(1, 110)), np.random.default_rng(draw(st.integers(0, 10**6)))
    time = np.arange(frames)[:, None] / 50
    move = random.normal(0, 2, 3) + random.normal(0, 1, 3) * np.sin(random.uniform(1, 12) * time + np.arange(3))
    move[random.random(move.shape) < draw(st.sampled_from([0.0, 0.1, 0.9]))] = np.nan
    move[random.random(frames) < draw(st.sampled_from([0.0, 0.1, 0.5]))] = np.nan
    return move.astype(np.float32)


def offline(module, move):
    with torch.inference_mode():
        tensor = torch.tensor(move)[None]
        return module(tensor, module.overview(tensor))[0].numpy()


@EVERY
@settings(max_examples=25, deadline=None)
@given(move=recordings())
def test_the_stream_is_the_offline_causal_pass(module, move):
    stream = Stream(module)
    stepped = np.concatenate([stream.step(frame[None]).outputs for frame in move])
    np.testing.assert_allclose(stepped, offline(module, move), atol=1e-5, rtol=1e-5)


@EVERY
@settings(max_examples=25, deadline=None)
@given(move=recordings(), data=st.data())
def test_in_pieces_of_any_length_the_features_are_the_same(module, move, data):
    cuts = data.draw(st.lists(st.integers(0, len(move)), max_size=4).map(lambda c: sorted({0, *c, len(move)})))
    whole, memory, pieces = torch.tensor(move)[None], module.begin(blank(1, 3)), []
    with torch.inference_mode():
        for start, end in itertools.pairwise(cuts):
            features, memory = module.proceed(whole[:, start:end], memory)
            pieces.append(features)
        torch.testing.assert_close(torch.cat(pieces, 1), module.encode(whole, blank(1, 3)), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_minute_later_it_is_still_the_same_and_no_larger(kind):
    module, move = CAUSAL[kind, "zscore"], motion(3000) + np.float32(20)
    stream, stepped = Stream(module), []
    for frame in move:
        stepped.append(stream.step(frame[None]).outputs[0])
        if len(stepped) == 100:
            early = sizes(stream)
    np.testing.assert_allclose(np.stack(stepped), offline(module, move), atol=1e-5, rtol=1e-5)
    assert sizes(stream) == early


def sizes(stream) -> list[int]:
    memory = stream._memory
    return [each.untyped_storage().nbytes() for each in (memory.totals, memory.last, *memory.encoder)]


@EVERY
def test_legs_side_by_side_are_as_each_alone(module):
    moves = np.stack([motion(40), motion(40)[::-1] * 2], axis=1)
    moves[10:14, 1] = np.nan
    both, alone = Stream(module, 2), [Stream(module), Stream(module)]
    for move in moves:
        there = both.step(move)
        for leg, stream in enumerate(alone):
            own = stream.step(move[leg : leg + 1])
            for part in ("outputs", "muscles", "features"):
                np.testing.assert_allclose(getattr(there, part)[leg], getattr(own, part)[0], atol=1e-5, rtol=1e-5)


def test_streams_of_one_network_do_not_know_each_other():
    module = CAUSAL[TCN, "zscore"]
    first, second = Stream(module), Stream(module)
    expected = [first.step(frame[None]).outputs for frame in motion(20)]
    for frame, there in zip(motion(20), expected, strict=True):
        np.testing.assert_array_equal(second.step(frame[None]).outputs, there)
        Stream(module).step(frame[None] * 3)


def test_a_saved_offline_network_refuses_to_stream():
    with pytest.raises(ConfigError, match="looks ahead"):
        SavedNetwork(network(TCN)).stream()


@pytest.mark.parametrize("frame", [[[0.1, 0.2]], [0.1, 0.2, 0.3], [[0.1, np.inf, 0.3]], 0.1])
def test_a_frame_of_another_shape_or_without_bounds_is_refused(frame):
    stream = Stream(CAUSAL[TCN, "zscore"])
    with pytest.raises(
        DataRefused, match=r"expected 1 legs of 3 angles or NaN.*hip_flexion, knee_angle, ankle_angle in"
    ):
        stream.step(np.array(frame, np.float32))
    after, fresh = (each.step(motion(1)).outputs for each in (stream, Stream(CAUSAL[TCN, "zscore"])))
    np.testing.assert_array_equal(after, fresh)


def test_the_time_of_a_step_is_measured():
    assert 0 < step_seconds(CAUSAL[TCN, "zscore"], 20) < 1
