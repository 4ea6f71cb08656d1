"""The heart in EMG."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.signal import heart

RATE = 1000.0


def beating(a_minute, seconds=10.0, jitter=0.02, seed=0):
    """QRS-like shapes at a rate, over noise."""
    random = np.random.default_rng(seed)
    signal = 0.02 * random.normal(size=round(seconds * RATE))
    qrs = np.diff(np.exp(-0.5 * (np.arange(-60, 61) / 12) ** 2), prepend=0.0)
    at = 0.3
    while at < seconds - 0.3:
        start = round(at * RATE)
        signal[start : start + len(qrs)] += 10 * qrs
        at += 60 / a_minute * (1 + jitter * random.normal())
    return signal


@pytest.mark.parametrize("a_minute", [50, 72, 120])
def test_rate_and_likeness(a_minute):
    found = heart.beats(beating(a_minute), RATE)
    assert found["beats_per_minute"] == pytest.approx(a_minute, rel=0.03)
    assert found["beat_likeness"] > 0.9
    assert 0.5 < found["beat_share"] <= 1.2


def test_noise_and_irregular_bursts_have_none():
    random = np.random.default_rng(1)
    assert heart.beats(random.normal(size=10_000), RATE).get("beat_likeness", 0.0) < 0.5
    assert heart.beats(beating(72, jitter=0.6), RATE) == {}


def test_bursts_of_a_muscle_do_not_look_alike():
    random = np.random.default_rng(2)
    time = np.arange(20_000) / RATE
    bursts = random.normal(size=len(time)) * np.exp(6 * (np.cos(2 * np.pi * 1.2 * time) - 1))
    assert heart.beats(bursts, RATE).get("beat_likeness", 0.0) < 0.8


@pytest.mark.parametrize(("seconds", "rate"), [(1.0, RATE), (20.0, 100.0)])
def test_too_short_or_too_slow(seconds, rate):
    assert heart.beats(np.sin(np.arange(round(seconds * rate))), rate) == {}
