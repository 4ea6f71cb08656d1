"""Live filters end as the offline ones, frame by frame, whatever the length."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.physiology import advance, smooth
from myoshift.physiology.live import REST, LiveAdvance, LiveSmooth, impulse

RATE = 50.0
DELAYS = st.lists(st.floats(-0.15, 0.15) | st.sampled_from([0.0, 0.02, -0.06]), min_size=1, max_size=3)


def signal(frames: int, outputs: int, seed: int = 0) -> np.ndarray:
    """Two legs, (2, T, M)."""
    return np.abs(np.random.default_rng(seed).normal(size=(2, frames, outputs)))


def followed(live, values: np.ndarray) -> np.ndarray:
    """All rows of a stream (2, T, M), those of its end too."""
    rows = [row for frame in range(values.shape[1]) if (row := live.step(values[:, frame])) is not None]
    late = live.finish()
    assert len(late) == min(live.lag, values.shape[1])
    return np.stack([*rows, *late], axis=1)


def read_later(values: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    return advance(torch.from_numpy(values), torch.from_numpy(seconds).expand(len(values), -1), RATE).numpy()


@settings(deadline=None, max_examples=60)
@given(delays=DELAYS, frames=st.integers(1, 60), gap=st.integers(0, 59))
def test_delays_of_both_signs_end_as_offline(delays, frames, gap):
    seconds, values = np.array(delays), signal(frames, len(delays))
    values[:, gap : gap + 2, 0] = np.nan
    np.testing.assert_allclose(followed(LiveAdvance(seconds, RATE), values), read_later(values, seconds), atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(delays=DELAYS, frames=st.integers(1, 40))
def test_without_look_ahead_each_frame_is_the_end_of_what_was_seen(delays, frames):
    seconds, values = np.array(delays), signal(frames, len(delays))
    live = LiveAdvance(seconds, RATE, look_ahead=False)
    assert live.lag == 0
    rows = followed(live, values)
    for end in range(1, frames + 1):
        np.testing.assert_allclose(rows[:, end - 1], read_later(values[:, :end], seconds)[:, -1], atol=1e-9)


def test_what_is_left_is_how_late_a_slow_signal_comes():
    seconds = np.array([0.08, 0.03, -0.1])
    live = LiveAdvance(seconds, RATE, look_ahead=False)
    np.testing.assert_allclose(live.left[[0, 2]], [0.08, 0.0], atol=1e-9)
    ramp = np.repeat(np.arange(60.0)[None, :, None], 3, axis=2) / RATE
    came = followed(live, ramp)[0, 40:] - ramp[0, 40:]
    np.testing.assert_allclose(came + live.left, np.tile(seconds, (20, 1)), atol=1e-9)
    assert np.all(LiveAdvance(seconds, RATE).left == 0)


@settings(deadline=None, max_examples=40)
@given(cutoff=st.floats(6.0, 20.0), frames=st.integers(1, 130))
def test_the_low_pass_ends_as_offline(cutoff, frames):
    values, hertz = signal(frames, 2), torch.tensor([cutoff], dtype=torch.float64)
    expected = smooth(torch.from_numpy(values), RATE, hertz).numpy()
    np.testing.assert_allclose(followed(LiveSmooth(hertz, RATE), values), expected, atol=1e-5)


def test_no_more_of_the_impulse_response_is_cut_off_than_said():
    whole = impulse(torch.tensor([6.0]), 100.0)
    assert abs(1 - whole.sum()) < REST
    assert len(whole) < 0.9 * 100 * 2
    np.testing.assert_array_equal(whole, whole[::-1])


def test_a_stream_that_never_began_has_nothing_waiting():
    assert LiveAdvance(np.array([0.1]), RATE).finish() == []
    assert LiveSmooth(torch.tensor([6.0]), RATE).finish() == []
