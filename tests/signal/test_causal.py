from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from myoshift import signal
from myoshift.errors import DataRefused

RATE = 1000.0


def emg(samples=2000, channels=2, seed=0):
    return np.random.default_rng(seed).normal(0.3, 1, (samples, channels))


def streamed(stream, values, cuts):
    edges = [0, *sorted(cuts), len(values)]
    return np.concatenate([stream(values[a:b]) for a, b in pairwise(edges)])


@given(
    cuts=st.lists(st.integers(0, 700), max_size=12),
    holes=st.lists(st.tuples(st.integers(0, 699), st.integers(1, 40), st.integers(0, 2)), max_size=4),
    output=st.sampled_from([None, 100.0, 250.0]),
)
@settings(deadline=None, max_examples=60)
def test_any_chunks_give_the_offline_causal_form(cuts, holes, output):
    values = emg(700, 3)
    for start, length, channel in holes:
        values[start : start + length, channel] = np.nan
    expected = signal.causal_envelope(values, RATE, output_rate=output)
    found = streamed(signal.CausalEnvelope(RATE, 3, output_rate=output), values, cuts)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_it_is_the_same_chain_run_once():
    values = emg()
    band = sosfilt(butter(2, [20, 400], "bandpass", fs=RATE, output="sos"), values, axis=0)
    expected = np.maximum(sosfilt(butter(2, 6, fs=RATE, output="sos"), np.abs(band), axis=0), 0)
    found = signal.causal_envelope(values, RATE)
    np.testing.assert_allclose(found[1000:], expected[1000:], rtol=0, atol=1e-9)


def test_no_sample_looks_ahead():
    values = emg()
    changed = values.copy()
    changed[1200:] *= 9
    np.testing.assert_array_equal(
        signal.causal_envelope(values, RATE)[:1200], signal.causal_envelope(changed, RATE)[:1200]
    )


@pytest.mark.parametrize(("rate", "frequency"), [(1000.0, 0.5), (1000.0, 1.5), (2000.0, 1.0)])
def test_the_delay_is_the_one_that_is_stated(rate, frequency):
    """Noise modulated by a sine: the phase of that sine in the mean envelope of many channels."""
    time = np.arange(int(16 * rate)) / rate
    wave = 1 + 0.8 * np.sin(2 * np.pi * frequency * time)
    raw = wave[:, None] * np.random.default_rng(2).normal(size=(len(time), 60))
    mean = signal.causal_envelope(raw, rate).mean(axis=1)
    part = slice(int(4 * rate), int(16 * rate))  # whole periods
    turn = np.exp(-2j * np.pi * frequency * time[part])
    late = np.angle((wave[part] * turn).sum() / (mean[part] * turn).sum()) / (2 * np.pi * frequency)
    assert late == pytest.approx(signal.CausalEnvelope(rate, 1).delay, abs=0.004)


def test_an_offset_leaves_no_trace_and_the_start_is_nan_until_settled():
    values = emg()
    stream = signal.CausalEnvelope(RATE, 2)
    found = stream(values + 500)
    settled = round(stream.settle * RATE)
    assert 0.05 < stream.settle < 0.25
    assert np.isnan(found[:settled]).all()
    assert np.isfinite(found[settled:]).all()
    assert found[settled:].max() < 1.5
    np.testing.assert_allclose(found[settled:], signal.causal_envelope(values, RATE)[settled:], atol=1e-6)


def test_bad_29_gaps_are_nan_counted_and_followed_by_a_new_beginning():
    values = emg()
    values[500:510, 1] = np.nan
    values[1200, 1] = np.inf
    stream = signal.CausalEnvelope(RATE, 2)
    found = np.concatenate([stream(values[:505]), stream(values[505:])])
    settled = round(stream.settle * RATE)
    assert stream.gaps.tolist() == [0, 2]
    assert stream.missing.tolist() == [0, 11]
    assert np.isnan(found[500 : 510 + settled, 1]).all()
    after = signal.causal_envelope(values[510:1200, 1:], RATE)
    np.testing.assert_array_equal(found[510:1200, 1:], after)
    np.testing.assert_array_equal(found[:, :1], signal.causal_envelope(values[:, :1], RATE))
    stream.reset()
    assert stream.gaps.tolist() == [0, 0]
    np.testing.assert_array_equal(stream(values), found)


@pytest.mark.parametrize("cut", [500, 505, 510])
def test_a_chunk_that_begins_or_ends_with_a_gap(cut):
    values = emg()
    values[500:510, 1] = np.nan
    found = streamed(signal.CausalEnvelope(RATE, 2), values, [cut])
    np.testing.assert_array_equal(found, signal.causal_envelope(values, RATE))


def test_decimation_takes_every_tenth_sample():
    values = emg()
    whole = signal.causal_envelope(values, RATE)
    np.testing.assert_array_equal(signal.causal_envelope(values, RATE, output_rate=100.0), whole[::10])


def test_decimation_does_not_alias():
    """A modulation at 97 Hz would fold to 3 Hz."""
    time = np.arange(8000) / RATE
    raw = (1 + 0.8 * np.cos(2 * np.pi * 97 * time)) * np.cos(2 * np.pi * 203 * time)
    found = signal.causal_envelope(raw[:, None], RATE, output_rate=100.0)[100:, 0]
    assert np.ptp(found) < 0.02 * found.mean()


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({"output_rate": 300.0}, ["300 Hz does not divide", "no whole number"]),
        ({"output_rate": 0.0}, ["0 Hz does not divide"]),
        ({"output_rate": 20.0}, ["20 Hz aliases", "15 dB", "30 needed"]),
        ({"high": 600.0}, ["20, 600 Hz", "Nyquist"]),
        ({"cutoff": 0.0}, ["cut-off of 0 Hz"]),
    ],
)
def test_bad_37_what_does_not_fit_the_rate(options, tokens):
    with pytest.raises(DataRefused) as error:
        signal.CausalEnvelope(RATE, 1, **options)
    assert all(token in str(error.value) for token in (*tokens, "To mend"))


def test_a_chunk_of_another_stream_and_rectified_emg_are_refused():
    with pytest.raises(DataRefused, match=r"shape \(5, 3\), \(samples, 2\) expected"):
        signal.CausalEnvelope(RATE, 2)(np.zeros((5, 3)))
    with pytest.raises(DataRefused, match="channel 1: EMG is rectified"):
        signal.causal_envelope(np.abs(emg()) * [-1, 1], RATE)
