from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from myoshift import formats, signal
from myoshift.errors import DataRefused


def reference(raw, rate, high):
    """The envelope channel by channel, straight from its definition."""
    columns = []
    for channel in raw.T:
        band = sosfiltfilt(butter(2, [20, high], "bandpass", fs=rate, output="sos"), channel - np.mean(channel))
        low = sosfiltfilt(butter(2, 6, "lowpass", fs=rate, output="sos"), np.abs(band))
        columns.append(np.maximum(low, 0))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize(("rate", "high"), [(2000.0, 400.0), (1000.0, 400.0), (400.0, 180.0)])
def test_envelope_is_the_scipy_reference(rate, high):
    raw = np.random.default_rng(0).normal(3, 1, (4000, 3))
    np.testing.assert_allclose(signal.envelope(raw, rate), reference(raw, rate, high), rtol=0, atol=1e-9)


def test_envelope_of_real_emg_is_the_scipy_reference(data_root):
    folder = data_root / "mcgill-biomechzoo/data/sample_study/raw c3d files/HC002D/Straight"
    table = formats.read_c3d(next(folder.glob("*.c3d"))).analog_table(("Voltage.R Gast", "Voltage.R Tib Ant"))
    expected = reference(table.values, 1000.0, 400.0)
    assert expected.max() > 0.05
    np.testing.assert_allclose(signal.envelope(table.values, table.rate), expected, rtol=0, atol=1e-9)


@given(gain=st.floats(1e-6, 1e6), offset=st.floats(-100, 100), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_envelope_scales_with_the_signal_and_ignores_its_offset(gain, offset, seed):
    raw = np.random.default_rng(seed).normal(size=(600, 2))
    envelope = signal.envelope(raw, 1000.0)
    assert (envelope >= 0).all()
    np.testing.assert_allclose(
        signal.envelope(gain * (raw + offset), 1000.0), gain * envelope, rtol=0, atol=1e-7 * gain
    )


def test_envelope_follows_the_burst_without_delay():
    time = np.arange(4000) / 1000
    burst = 0.5 - 0.5 * np.cos(2 * np.pi * time)
    raw = burst[:, None] * np.random.default_rng(1).normal(size=(4000, 40))
    mean = signal.envelope(raw, 1000.0).mean(axis=1)
    late = [np.corrcoef(mean[200 + k : 3800 + k], burst[200:3800])[0, 1] for k in range(-50, 51)]
    assert abs(int(np.argmax(late)) - 50) <= 5
    assert max(late) > 0.98


def test_a_channel_that_is_not_there_stays_so():
    raw = np.random.default_rng(0).normal(size=(500, 2))
    raw[:, 0] = np.nan
    envelope = signal.envelope(raw, 1000.0)
    assert np.isnan(envelope[:, 0]).all()
    np.testing.assert_array_equal(envelope[:, 1:], signal.envelope(raw[:, 1:], 1000.0))


def test_no_channel_is_there():
    assert np.isnan(signal.envelope(np.full((500, 2), np.nan), 1000.0)).all()
    assert signal.envelope(np.empty((500, 0)), 1000.0).shape == (500, 0)


@pytest.mark.parametrize(
    ("options", "rate", "tokens"),
    [
        ({}, 40.0, ["20, 18 Hz", "Nyquist", "20 Hz at 40 Hz"]),
        ({"high": 600.0}, 1000.0, ["20, 600 Hz", "Nyquist", "500 Hz"]),
        ({"cutoff": 0.0}, 1000.0, ["cut-off of 0 Hz", "Nyquist"]),
        ({"cutoff": -6.0}, 1000.0, ["cut-off of -6 Hz"]),
        ({"low": 0.0}, 1000.0, ["cut-off of 0, 400 Hz"]),
        ({"low": 400.0, "high": 20.0}, 1000.0, ["cut-off of 400, 20 Hz"]),
        ({}, 0.0, ["at 0 Hz"]),
    ],
)
def test_bad_37_a_cut_off_that_does_not_fit(options, rate, tokens):
    with pytest.raises(DataRefused) as error:
        signal.envelope(np.random.default_rng(0).normal(size=(500, 1)), rate, **options)
    assert all(token in str(error.value) for token in (*tokens, "To mend"))


@pytest.mark.parametrize("samples", [1, 15])
def test_bad_37_too_short_for_the_padding(samples):
    raw = np.random.default_rng(0).normal(size=(samples, 1))
    with pytest.raises(DataRefused, match=rf"{samples} samples available, more than 15 needed"):
        signal.envelope(raw, 1000.0)
    assert signal.envelope(np.random.default_rng(0).normal(size=(16, 1)), 1000.0).shape == (16, 1)


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_bad_29_gaps_in_raw_emg(hole):
    raw = np.random.default_rng(0).normal(size=(1000, 2))
    for start in (100, 300, 500, 700):
        raw[start : start + 10, 1] = hole
    with pytest.raises(DataRefused) as error:
        signal.envelope(raw, 1000.0)
    for token in ("channel 1", "4.0%", "0.100-0.110 s", "0.300-0.310 s", "0.500-0.510 s", "To mend"):
        assert token in str(error.value)
    assert "0.700" not in str(error.value)


def test_bad_36_rectified_emg_is_refused():
    raw = np.abs(np.random.default_rng(0).normal(size=(1000, 1)))
    with pytest.raises(
        DataRefused, match=r"channel 0: EMG is rectified.*min .*>= 0.*declare the channels as envelope"
    ):
        signal.envelope(raw, 1000.0)


def test_raw_counts_of_a_converter_with_an_offset_are_not_rectified():
    counts = np.random.default_rng(0).normal(2030, 50, (2000, 1)).round()
    assert counts.min() > 0
    assert signal.envelope(counts, 1000.0).mean() > 10


def test_lowpass_is_the_scipy_reference():
    values = np.random.default_rng(0).normal(size=(300, 2))
    expected = sosfiltfilt(butter(2, 6, fs=100.0, output="sos"), values, axis=0)
    np.testing.assert_allclose(signal.lowpass(values, 100.0, 6.0), expected, rtol=0, atol=1e-12)


def test_lowpass_treats_each_block_by_itself():
    values = np.random.default_rng(0).normal(size=(100, 1))
    gaps = values.copy()
    gaps[40:43] = np.nan
    gaps[50] = np.nan
    out = signal.lowpass(gaps, 100.0, 6.0)
    np.testing.assert_array_equal(out[:40], signal.lowpass(values[:40], 100.0, 6.0))
    np.testing.assert_array_equal(out[51:], signal.lowpass(values[51:], 100.0, 6.0))
    assert np.isnan(out[40:51]).all(), "a block of 7 samples is too short"


def test_lowpass_keeps_a_slow_signal_and_removes_a_fast_one():
    time = np.arange(1000) / 100
    slow, fast = np.sin(2 * np.pi * time), np.sin(2 * np.pi * 30 * time)
    out = signal.lowpass(np.stack([slow, fast], axis=1), 100.0, 6.0)
    assert np.abs(out[50:-50, 0] - slow[50:-50]).max() < 2e-3
    assert np.abs(out[50:-50, 1]).max() < 2e-3


def test_bad_37_lowpass():
    with pytest.raises(DataRefused, match="9 samples available, more than 9 needed"):
        signal.lowpass(np.zeros((9, 1)), 100.0, 6.0)
    with pytest.raises(DataRefused, match=r"cut-off of 60 Hz .* 50 Hz at 100 Hz"):
        signal.lowpass(np.zeros((90, 1)), 100.0, 60.0)
