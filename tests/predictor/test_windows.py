import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myoshift.predictor.windows import lagged_windows, standardised


def motion(frames: int = 60) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(frames, 3)).astype(np.float32)


def test_a_window_holds_the_standardised_motion_at_eleven_instants():
    move, windows = motion(), lagged_windows(motion(), 50.0)
    assert windows.shape == (60, 33)
    instants = windows.reshape(60, 11, 3)
    np.testing.assert_allclose(instants[:, 5], standardised(move))
    np.testing.assert_allclose(instants[10:, 0], standardised(move)[:-10])
    np.testing.assert_allclose(instants[:-10, 10], standardised(move)[10:])
    np.testing.assert_allclose(instants[0, 0], standardised(move)[0])


def test_the_instants_are_the_same_at_twice_the_rate():
    slow = np.sin(np.arange(100)[:, None] / 10).astype(np.float32)
    fast = np.sin(np.arange(200)[:, None] / 20).astype(np.float32)
    np.testing.assert_allclose(lagged_windows(fast, 100.0)[20:180:2], lagged_windows(slow, 50.0)[10:90], atol=0.02)


@given(gain=st.floats(0.1, 10), offset=st.floats(-3, 3))
def test_windows_are_blind_to_gain_and_offset(gain, offset):
    moved = (gain * motion() + offset).astype(np.float32)
    np.testing.assert_allclose(lagged_windows(moved, 50.0), lagged_windows(motion(), 50.0), atol=1e-3)


def test_missing_samples_count_as_the_mean_and_stillness_as_zero():
    move = motion()
    move[:, 0], move[7, 1], move[:, 2] = np.nan, np.nan, 3.0
    assert not standardised(move)[:, [0, 2]].any()
    assert standardised(move)[7, 1] == 0
    there = np.delete(standardised(move)[:, 1], 7)
    np.testing.assert_allclose([there.mean(), there.std()], [0, 1], atol=1e-6)
