from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import signal
from myoshift.errors import DataRefused

RATES = [(1000.0, 100.0), (2000.0, 100.0), (1080.0, 100.0), (100.0, 50.0), (50.0, 100.0), (60.0, 100.0)]


def wave(frequency, time):
    return np.sin(2 * np.pi * frequency * time + 0.3)[:, None]


@pytest.mark.parametrize(("rate", "target"), RATES)
@pytest.mark.parametrize("frequency", [0.0, 1.0, 6.0])
def test_a_slow_signal_keeps_its_shape_and_time(rate, target, frequency):
    values = wave(frequency, np.arange(round(8 * rate)) / rate)
    out = signal.resample(values, rate, target)
    assert len(out) == int((len(values) - 1) * target / rate) + 1
    error = np.abs(out - wave(frequency, np.arange(len(out)) / target))
    assert error[20:-20].max() < 1e-4
    assert error.max() < 0.03, "odd reflection holds the edges"


@pytest.mark.parametrize(("rate", "target"), [(1000.0, 100.0), (100.0, 50.0)])
def test_what_the_new_rate_cannot_carry_is_removed(rate, target):
    time = np.arange(round(8 * rate)) / rate
    for frequency in (0.7 * target, 0.9 * target):
        if frequency < rate / 2:
            assert np.abs(signal.resample(wave(frequency, time), rate, target)[20:-20]).max() < 1e-3


def test_the_same_rate_changes_nothing_and_copies():
    values = np.random.default_rng(0).normal(size=(50, 2))
    out = signal.resample(values, 100.0, 100.0)
    np.testing.assert_array_equal(out, values)
    assert out is not values


@given(
    start=st.integers(0, 60),
    length=st.integers(1, 60),
    ratio=st.sampled_from([(1000.0, 100.0), (100.0, 50.0), (50.0, 100.0), (60.0, 100.0)]),
)
@settings(deadline=None)
def test_a_gap_stays_a_gap_and_touches_nobody_else(start, length, ratio):
    rate, target = ratio
    values = wave(1.0, np.arange(200) / rate).repeat(2, axis=1)
    values[start : start + length, 0] = np.nan
    out = signal.resample(values, rate, target)
    np.testing.assert_array_equal(out[:, 1:], signal.resample(values[:, 1:], rate, target))
    place = np.arange(len(out)) * rate / target
    inside = (place > start - 1 + 1e-9) & (place < start + length - 1e-9)
    if start == 0:
        inside |= place < length - 1e-9
    np.testing.assert_array_equal(np.isnan(out[:, 0]), inside)


def test_each_block_is_resampled_on_the_common_grid():
    values = np.arange(100.0)[:, None]
    values[33:36] = np.nan
    out = signal.resample(values, 100.0, 50.0)[:, 0]
    expected = np.arange(0.0, 100.0, 2.0)
    there = np.isfinite(out)
    np.testing.assert_array_equal(np.flatnonzero(~there), [17])
    np.testing.assert_allclose(out[there], expected[there], atol=1e-9)


@pytest.mark.parametrize(("rate", "target"), [(0.0, 100.0), (100.0, -1.0)])
def test_no_rate_is_refused(rate, target):
    with pytest.raises(DataRefused, match="no sampling rate"):
        signal.resample(np.zeros((10, 1)), rate, target)


def test_rates_without_a_simple_ratio_are_refused():
    with pytest.raises(DataRefused, match=r"no simple ratio.*`regrid`"):
        signal.resample(np.zeros((10, 1)), 100.05, 100.0)


def test_regrid_puts_jittered_samples_on_a_grid():
    time = np.arange(5000) / 1000 + np.random.default_rng(0).uniform(-3e-4, 3e-4, 5000)
    grid = np.arange(5, 480) / 100
    out = signal.regrid(time, wave(4.0, time), grid)
    np.testing.assert_allclose(out, wave(4.0, grid), atol=5e-3)


def test_regrid_does_not_alias():
    time = np.arange(5000) / 1000
    out = signal.regrid(time, wave(93.0, time), np.arange(500) / 100)
    assert np.abs(out[20:-20]).max() < 1e-3


def test_regrid_equals_resample_on_an_even_grid():
    values = np.random.default_rng(0).normal(size=(2000, 2))
    out = signal.regrid(np.arange(2000) / 1000, values, np.arange(200) / 100)
    np.testing.assert_allclose(out, signal.resample(values, 1000.0, 100.0), atol=1e-9)


def test_regrid_interpolates_to_a_finer_or_shifted_grid():
    time = np.arange(200) / 50
    grid = 0.507 + np.arange(300) / 100
    np.testing.assert_allclose(signal.regrid(time, wave(2.0, time), grid), wave(2.0, grid), atol=1e-3)


def test_regrid_never_bridges_a_gap():
    time = np.concatenate([np.arange(100), np.arange(120, 200)]) / 100
    values = wave(1.0, time).repeat(2, axis=1)
    values[150:153, 1] = np.nan
    grid = np.arange(-10, 210) / 100
    out = signal.regrid(time, values, grid)
    missing = (grid < -1e-9) | ((grid > 0.99 + 1e-9) & (grid < 1.2 - 1e-9)) | (grid > 1.99 + 1e-9)
    np.testing.assert_array_equal(np.isnan(out[:, 0]), missing)
    assert not np.isnan(out[~missing, 1]).any(), "30 ms are bridged"
    assert np.isnan(signal.regrid(time, values, grid, gap=0.0)[(grid > 1.705) & (grid < 1.725), 1]).all()


def test_regrid_takes_slow_data_as_they_are():
    time = np.arange(100) * 0.067
    out = signal.regrid(time, wave(0.5, time), np.arange(600) / 100)
    assert np.isfinite(out).all(), "a step of 67 ms is no gap when every step is"


def test_regrid_leaves_missing_columns_missing():
    values = np.stack([np.arange(50.0), np.full(50, np.nan)], axis=1)
    out = signal.regrid(np.arange(50) / 100, values, np.arange(20) / 50)
    assert np.isfinite(out[:, 0]).all()
    assert np.isnan(out[:, 1]).all()


def test_regrid_needs_two_samples():
    with pytest.raises(DataRefused, match="1 samples, 5 grid points, 2 needed"):
        signal.regrid(np.zeros(1), np.zeros((1, 1)), np.arange(5) / 100)
