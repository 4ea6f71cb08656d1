"""Onsets and offsets of bursts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import metrics

RATE, CYCLE = 100.0, 1.2


def trapezoids(*, shift=0.0, seconds=12.0, rate=RATE, width=0.4, ramp=0.1, base=0.02):
    """A burst every 1.2 s that rises from 0.3 s on, over `ramp` seconds, is up for `width` and falls as fast."""
    time = (np.arange(round(seconds * rate)) / rate - shift) % CYCLE - 0.3
    return base + np.clip(np.minimum(time / ramp, (2 * ramp + width - time) / ramp), 0, 1)


def column(values):
    return np.asarray(values, float)[:, None]


def test_a_burst_starts_and_ends_where_its_ramps_pass_the_threshold():
    """15 % of the way from the baseline to the peak: 15 ms into a ramp of 0.1 s, 15 ms before the other ends."""
    found = metrics.bursts(trapezoids(), RATE)
    np.testing.assert_allclose(found.onsets, 0.315 + CYCLE * np.arange(10), atol=1e-9)
    np.testing.assert_allclose(found.offsets, 0.885 + CYCLE * np.arange(10), atol=1e-9)


def test_a_noisy_baseline_raises_the_threshold():
    random = np.random.default_rng(0)
    noisy = trapezoids() + 0.2 * random.random(1200)
    quiet = noisy[noisy <= np.percentile(noisy, 10)]
    assert (
        quiet.mean() + 3 * quiet.std() < 0.15 + quiet.mean()
    )  # the lowest tenth of a noise is narrow: the peak rules
    few = 0.05 + 0.01 * random.normal(size=1200) + np.where(trapezoids() > 0.5, 0.04, 0.0)
    quiet = few[few <= np.percentile(few, 10)]
    assert len(metrics.bursts(few, RATE).onsets) >= 1
    assert quiet.mean() + 3 * quiet.std() < few.max()


@pytest.mark.parametrize("shift", [-0.1, -0.033, 0.0, 0.05, 0.2])
def test_a_late_prediction_has_positive_errors(shift):
    found = metrics.timing(column(trapezoids(shift=shift)), column(trapezoids()), RATE)
    assert found.onset == pytest.approx(shift, abs=1e-3)
    assert found.offset == pytest.approx(shift, abs=1e-3)
    assert found.onset_absolute == pytest.approx(abs(shift), abs=1e-3)
    assert (found.missed, found.extra) == (0, 0)


def test_a_longer_burst_starts_early_and_ends_late():
    longer = trapezoids(shift=-0.05, width=0.5)
    found = metrics.timing(column(longer), column(trapezoids()), RATE)
    assert found.onset == pytest.approx(-0.05, abs=1e-3)
    assert found.offset == pytest.approx(0.05, abs=1e-3)
    assert found.offset_absolute == pytest.approx(0.05, abs=1e-3)


def test_signed_errors_cancel_and_absolute_ones_do_not():
    first, second = (trapezoids(shift=s, seconds=6.0) for s in (-0.08, 0.08))
    found = metrics.timing(column(np.append(first, second)), column(trapezoids()), RATE)
    assert found.onset == pytest.approx(0.0, abs=0.01)
    assert found.onset_absolute == pytest.approx(0.08, abs=1e-3)


def test_events_beyond_reach_are_missed_and_extra():
    found = metrics.timing(column(trapezoids(shift=0.4)), column(trapezoids()), RATE)
    assert np.isnan(found.onset).all()
    assert found.measured == found.missed == found.extra == 10


def test_every_measured_onset_is_matched_or_missed_and_every_predicted_one_matched_or_extra():
    random = np.random.default_rng(1)
    predicted, measured = random.random((2, 3000, 4)) ** 4
    found = metrics.timing(predicted, measured, RATE)
    counts = [len(metrics.bursts(predicted[:, m], RATE).onsets) for m in range(4)]
    np.testing.assert_array_equal(found.measured - found.missed, counts - found.extra)


@pytest.mark.parametrize(("frames", "kept"), [(4, 0), (5, 1)])
def test_a_burst_is_held_for_50_ms(frames, kept):
    values = np.zeros(1000)
    values[500 : 500 + frames] = 1.0
    values[::7] += 1e-3
    values[700:760] = 1.0
    assert len(metrics.bursts(values, RATE).onsets) == 1 + kept


@pytest.mark.parametrize(("frames", "parts"), [(4, 1), (5, 2)])
def test_a_silence_of_less_than_50_ms_does_not_end_a_burst(frames, parts):
    values = np.zeros(1000)
    values[500:560] = 1.0
    values[525 : 525 + frames] = 0.0
    assert len(metrics.bursts(values, RATE).onsets) == parts


def test_a_burst_that_begins_at_a_gap_or_at_the_start_has_no_onset_there():
    values = np.full(1000, 0.0)
    values[:50] = values[300:360] = values[600:660] = values[960:] = 1.0
    values[290:300] = np.nan  # before a burst
    values[660:670] = np.nan  # behind one
    found = metrics.bursts(values, RATE)
    np.testing.assert_allclose(found.onsets, [5.9915, 9.5915], atol=1e-3)
    np.testing.assert_allclose(found.offsets, [0.4985, 3.5985], atol=1e-3)


def test_a_gap_is_not_bridged():
    values = np.zeros(1000)
    values[500:560] = 1.0
    values[525:528] = np.nan
    found = metrics.bursts(values, RATE)
    assert (len(found.onsets), len(found.offsets)) == (1, 1)


def test_a_silent_measurement_has_no_onset_and_what_is_predicted_is_extra():
    found = metrics.timing(column(trapezoids()), column(np.full(1200, 0.3)), RATE)
    assert np.isnan(found.onset).all()
    assert (found.measured, found.missed, found.extra) == (0, 0, 10)


def test_a_silent_prediction_misses_everything():
    found = metrics.timing(column(np.full(1200, 0.3)), column(trapezoids()), RATE)
    assert np.isnan(found.offset_absolute).all()
    assert (found.measured, found.missed, found.extra) == (10, 10, 0)


def test_what_was_not_measured_is_not_counted():
    found = metrics.timing(column(trapezoids()), column(np.full(1200, np.nan)), RATE)
    assert all(np.isnan(values).all() for values in vars(found).values())


@given(st.floats(0.01, 100), st.floats(-10, 10), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_times_know_neither_gain_nor_level(gain, level, seed):
    values = trapezoids() + 0.05 * np.random.default_rng(seed).random(1200)
    plain, changed = metrics.bursts(values, RATE), metrics.bursts(gain * values + level, RATE)
    for before, after in zip(plain, changed, strict=True):
        np.testing.assert_allclose(after, before, atol=1e-6)


@pytest.mark.parametrize("rate", [50.0, 200.0, 1000.0])
def test_times_know_no_rate(rate):
    found = metrics.bursts(trapezoids(rate=rate), rate)
    np.testing.assert_allclose(found.onsets, metrics.bursts(trapezoids(), RATE).onsets, atol=2e-3)
