"""Samples of any rhythm become frames on a regular grid, or NaN."""

import numpy as np
import pytest

from myoshift.deploy.clocked import FORGOTTEN, GAP, OTHER, SET_BACK, Clocked, against_aliasing
from myoshift.errors import DataRefused


def motion(time):
    """Two smooth coordinates at any time."""
    return np.stack([np.sin(2 * np.pi * 0.9 * time), 0.3 * np.cos(2 * np.pi * 1.8 * time)], axis=-1)


def frames(clocked, time, values=None):
    """Times and values of every frame, samples taken one by one."""
    values = motion(time) if values is None else values
    pairs = [frame for t, v in zip(time, values, strict=True) for frame in clocked.take(t, v)]
    return np.array([t for t, _ in pairs]), np.array([v for _, v in pairs])


def test_samples_at_the_rate_of_the_model_pass_as_they_are():
    time = 3.0 + np.arange(500) / 100
    clocked = Clocked(100.0, 2, 100.0)
    at, values = frames(clocked, time)
    np.testing.assert_allclose(at, time, atol=1e-9)
    np.testing.assert_array_equal(values, motion(time))
    assert (clocked.counts.frames, clocked.counts.bridged, clocked.counts.lost, clocked.delay) == (500, 0, 0, 0.0)


def test_a_frame_is_known_with_the_sample_that_reaches_it():
    clocked = Clocked(100.0, 1, 100.0)
    assert [t for t, _ in clocked.take(0.0, np.zeros(1))] == [0.0]
    assert list(clocked.take(0.008, np.ones(1))) == []
    ((time, value),) = clocked.take(0.018, np.ones(1))
    assert (time, value[0]) == (pytest.approx(0.01), 1.0)


def test_jitter_is_interpolated_and_measured():
    random = np.random.default_rng(0)
    time = np.arange(1000) / 100 + random.uniform(-0.002, 0.002, 1000)
    clocked = Clocked(100.0, 2, 100.0)
    at, values = frames(clocked, time)
    np.testing.assert_allclose(np.diff(at), 0.01)
    np.testing.assert_allclose(values, motion(at), atol=0.005)
    assert clocked.counts.interval_sd == pytest.approx(1000 * np.std(np.diff(time)), rel=1e-6)
    assert clocked.counts.interval_longest == pytest.approx(1000 * np.diff(time).max())


def test_a_few_dropped_samples_are_bridged_and_counted():
    time = np.delete(np.arange(300) / 100, [50, 51, 52, 200])
    clocked = Clocked(100.0, 2, 100.0)
    at, values = frames(clocked, time)
    assert len(at) == 300
    np.testing.assert_allclose(values, motion(at), atol=0.02)
    assert (clocked.counts.dropped, clocked.counts.bridged, clocked.counts.lost) == (4, 4, 0)


def test_a_late_sample_is_not_a_dropped_one():
    time = np.arange(300) / 100
    time[100] += 0.006
    clocked = Clocked(100.0, 2, 100.0)
    frames(clocked, time)
    assert clocked.counts.dropped == 0


def test_a_longer_gap_is_nan_never_held():
    time = np.arange(300) / 100
    kept = (time < 1.0 - 1e-9) | (time > 1.5 + 1e-9)
    clocked = Clocked(100.0, 2, 100.0)
    _, values = frames(clocked, time[kept])
    lost = np.isnan(values).all(axis=1)
    np.testing.assert_array_equal(lost, ~kept)
    assert (clocked.counts.lost, clocked.counts.dropped, clocked.counts.bridged) == (51, 51, 0)
    assert clocked.counts.interval_longest == pytest.approx(520)


def test_the_limit_is_what_the_constant_says():
    time = np.arange(100) / 100
    for width, lost in ((round(GAP * 100) - 1, 0), (round(GAP * 100), round(GAP * 100))):
        clocked = Clocked(100.0, 2, 100.0)
        frames(clocked, np.delete(time, range(30, 30 + width)))
        assert clocked.counts.lost == lost


def test_after_a_long_pause_the_grid_goes_on_without_hours_of_nothing():
    time = np.concatenate([np.arange(100) / 100, 7200.004 + np.arange(100) / 100])
    clocked = Clocked(100.0, 2, 100.0)
    at, values = frames(clocked, time)
    np.testing.assert_allclose(at * 100, np.round(at * 100), atol=1e-6)
    assert np.isnan(values).all(axis=1).sum() == pytest.approx(FORGOTTEN * 100, abs=2)
    assert clocked.counts.lost == pytest.approx(7199 * 100, abs=5)
    np.testing.assert_allclose(values[-50:], motion(at[-50:]), atol=0.01)


def test_duplicates_and_late_samples_are_left_out_and_counted():
    time = np.array([0.0, 0.01, 0.02, 0.02, 0.03, 0.01, 0.04, 0.05])
    values = motion(time)
    values[[3, 5]] = 99.0
    clocked = Clocked(100.0, 2, 100.0)
    at, found = frames(clocked, time, values)
    np.testing.assert_allclose(found, motion(at))
    assert len(at) == 6
    assert (clocked.counts.received, clocked.counts.duplicates, clocked.counts.out_of_order) == (8, 1, 1)


def test_one_stamp_far_ahead_is_stray():
    time = np.arange(200) / 100
    time[100] = 5000.0
    clocked = Clocked(100.0, 2, 100.0)
    at, values = frames(clocked, time, motion(np.arange(200) / 100))
    assert len(at) == 200
    np.testing.assert_allclose(values, motion(at), atol=0.01)
    assert (clocked.counts.stray, clocked.counts.bridged, clocked.counts.lost) == (1, 1, 0)


@pytest.mark.parametrize("wrong", [np.full(2, np.nan), np.full(2, np.inf), np.ones(3), np.ones(0)])
def test_one_bad_sample_is_bridged(wrong):
    time = np.arange(100) / 100
    clocked, out = Clocked(100.0, 2, 100.0), []
    for k, (t, v) in enumerate(zip(time, motion(time), strict=True)):
        out += clocked.take(t, wrong if k == 40 else v)
    at, values = (np.array(part) for part in zip(*out, strict=True))
    assert (len(at), clocked.counts.bad, clocked.counts.bridged) == (100, 1, 1)
    np.testing.assert_allclose(values, motion(at), atol=0.01)


def test_a_bad_time_is_a_bad_sample():
    clocked = Clocked(100.0, 2, 100.0)
    assert [list(clocked.take(t, np.ones(2))) for t in (np.nan, np.inf)] == [[], []]
    assert clocked.counts.bad == 2
    assert len(list(clocked.take(0.0, np.ones(2)))) == 1


def test_a_missing_coordinate_stays_missing_and_the_others_go_on():
    time = np.arange(100) / 100
    values = motion(time)
    values[40:45, 1] = [np.nan, np.inf, np.nan, np.nan, -np.inf]
    at, found = frames(Clocked(100.0, 2, 100.0), time, values)
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(found[:, 1])), range(40, 45))
    np.testing.assert_allclose(found[:, 0], motion(at)[:, 0])


def test_the_sender_may_reuse_its_array():
    time, shared = np.arange(50) / 100 + 0.003 * (np.arange(50) % 2), np.empty(2)
    clocked, out = Clocked(100.0, 2, 100.0), []
    for t in time:
        shared[:] = motion(t)
        out += clocked.take(t, shared)
    np.testing.assert_allclose([v for _, v in out], motion(np.array([t for t, _ in out])), atol=0.02)
    assert len(out) == 50


def test_another_number_of_channels_for_good_is_refused():
    clocked = Clocked(100.0, 2, 100.0)
    time = np.arange(OTHER) / 100
    frames(clocked, time, np.ones((OTHER, 2)))
    frames(clocked, 1 + time[1:], np.ones((OTHER - 1, 5)))
    with pytest.raises(DataRefused, match="another number of channels") as caught:
        list(clocked.take(2.0, np.ones(5)))
    assert clocked.counts.bad == OTHER
    assert "5 in each of the last 10" in str(caught.value)


def test_a_clock_that_was_set_back_is_refused():
    clocked = Clocked(100.0, 2, 100.0)
    frames(clocked, 100 + np.arange(100) / 100)
    with pytest.raises(DataRefused, match="set back"):
        frames(clocked, np.arange(SET_BACK) / 100)
    assert clocked.counts.out_of_order == SET_BACK


def test_slow_samples_are_interpolated_however_slow():
    time = np.arange(30) / 5
    clocked = Clocked(100.0, 2, 5.0)
    at, values = frames(clocked, time)
    assert clocked.counts.lost == 0
    np.testing.assert_allclose(values[::20], motion(time), atol=1e-12)
    assert len(at) == 29 * 20 + 1


def test_faster_samples_are_low_passed_against_aliasing():
    time = np.arange(4000) / 1000
    noise = np.sin(2 * np.pi * 97 * time)[:, None]
    plain = Clocked(100.0, 2, 1000.0)
    low = Clocked(100.0, 2, 1000.0, against_aliasing(100.0, 1000.0))
    folded = frames(plain, time, motion(time) + noise)[1]
    at, values = frames(low, time, motion(time) + noise)
    late = motion(at - low.delay)
    settled = slice(50, None)
    assert 0.004 < low.delay < 0.008
    assert np.abs(folded - motion(at))[settled].max() > 0.9
    assert np.abs(values - late)[settled].max() < 0.2  # 40 Hz of order 2 at 97 Hz: 0.16
    assert against_aliasing(100.0, 105.0) is None


def test_the_low_pass_is_scipys_and_starts_from_rest():
    from scipy.signal import butter, sosfilt, sosfilt_zi

    time = np.arange(300) / 100
    values = 1 + motion(time)
    clocked = Clocked(100.0, 2, 100.0, 6.0)
    found = frames(clocked, time, values)[1]
    sections = butter(2, 6.0, fs=100.0, output="sos")
    start = sosfilt_zi(sections)[:, None, :] * values[0][None, :, None]
    expected = sosfilt(sections, values.T, zi=start)[0].T
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_the_stated_delay_is_by_how_much_a_ramp_comes_late():
    time = np.arange(500) / 100
    clocked = Clocked(100.0, 1, 100.0, 6.0)
    at, values = frames(clocked, time, time[:, None])
    assert at[-1] - values[-1, 0] == pytest.approx(clocked.delay, rel=0.1)


def test_the_low_pass_starts_anew_after_a_gap():
    time = np.arange(300) / 100
    clocked = Clocked(100.0, 1, 100.0, 6.0)
    kept = (time < 1) | (time > 1.5)
    level = np.where(time < 1, 0.0, 5.0)[:, None]
    at, values = frames(clocked, time[kept], level[kept])
    assert np.isnan(values[(at > 1) & (at < 1.5)]).all()
    np.testing.assert_allclose(values[at > 1.505], 5.0)


@pytest.mark.parametrize("rates", [(0.0, 100.0), (100.0, 0.0), (100.0, np.nan)])
def test_without_rates_there_is_no_clock(rates):
    with pytest.raises(DataRefused, match="no sampling rate"):
        Clocked(rates[0], 2, rates[1])


def test_a_cutoff_above_what_samples_hold_is_refused():
    with pytest.raises(DataRefused, match="low-pass of 60 Hz"):
        Clocked(100.0, 2, 100.0, 60.0)
