from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from myoshift import signal
from myoshift.signal.fast import zero_phase


@pytest.mark.parametrize("seconds", [1.0, 4.0, 7.3, 30.0])
@pytest.mark.parametrize("rate", [1000.0, 2000.0])
def test_the_fast_envelope_is_the_envelope(rate, seconds):
    raw = np.random.default_rng(0).normal(2, 1, (int(seconds * rate), 3))
    exact, fast = signal.envelope(raw, rate), signal.envelope(raw, rate, fast=True)
    np.testing.assert_allclose(fast, exact, rtol=0, atol=1e-6 * exact.max())


def test_a_spike_and_a_silence_stay_where_they_are():
    raw = np.random.default_rng(0).normal(size=(20_000, 1)) * 1e-3
    raw[7000] = 100.0
    exact, fast = signal.envelope(raw, 1000.0), signal.envelope(raw, 1000.0, fast=True)
    np.testing.assert_allclose(fast, exact, rtol=0, atol=1e-6 * exact.max())


@pytest.mark.parametrize("samples", [30, 3000, 12_345])
def test_ends_and_middle_of_one_filter(samples):
    sections = butter(2, 6, fs=1000.0, output="sos")
    values = np.random.default_rng(1).normal(5, 1, samples)
    np.testing.assert_allclose(zero_phase(sections, values), sosfiltfilt(sections, values), rtol=0, atol=1e-5)
