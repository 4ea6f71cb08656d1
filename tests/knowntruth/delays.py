"""Strides of bursts with known delays and gains, and what the estimator makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myoshift import signal
from myoshift.physiology import DelayPrior, estimate_delays

RATE, STRIDE, CUTOFF, MARGIN = 100.0, 1.1, 6.0, 40
LOW, HIGH = -0.030, 0.120
PRIOR = DelayPrior(mean=0.045, sd=0.040, muscle_sd=0.035)
COLUMNS = ("noise", "muscles", "strides", "draws", "median_error_ms", "p95_error_ms", "coverage", "median_width_ms")


@dataclass(frozen=True)
class Known:
    predicted: np.ndarray
    measured: np.ndarray
    delay: np.ndarray


def draw(random, *, muscles=8, strides=5, where="before the low-pass", decibel=10.0):
    """Muscles of one or two bursts a stride, 15 % stronger or weaker from stride to stride, delayed and scaled.

    White noise is `decibel` below the signal, before the low-pass or, as strong as that, within the band behind it.
    """
    delay = _delays(random, muscles)
    bursts = [
        [
            (random.uniform(), random.uniform(0.3, 1.0), random.uniform(0.05, 0.1))
            for _ in range(random.integers(1, 3))
        ]
        for _ in range(muscles)
    ]
    strength = 1 + 0.15 * random.standard_normal((muscles, strides + 6))
    frames = round(STRIDE * strides * RATE) + 1
    time = np.arange(-MARGIN, frames + MARGIN) / RATE
    early = _activation(time, bursts, strength, delay)  # EMG shows at t what the prediction shows at t + delay
    clean = np.exp(0.5 * random.standard_normal(muscles)) * early
    noise = clean.std(axis=0) * 10 ** (-decibel / 20) * random.standard_normal(clean.shape)
    if where == "before the low-pass":
        seen = signal.lowpass(clean + noise, RATE, CUTOFF)
    else:
        within = signal.lowpass(noise, RATE, CUTOFF)
        seen = signal.lowpass(clean, RATE, CUTOFF) + within * noise.std(axis=0) / within.std(axis=0)
    predicted = signal.lowpass(_activation(time, bursts, strength, np.zeros(muscles)), RATE, CUTOFF)
    kept = slice(MARGIN, MARGIN + frames)
    return Known(predicted[kept], np.clip(seen[kept], 0.0, None), delay)


def measure(people, seed=0, **settings):
    """A row of the table: errors, and how often the 95 % intervals hold the truth."""
    errors, held, widths = [], [], []
    for number in range(people):
        known = draw(np.random.default_rng([seed, number]), **settings)
        found = estimate_delays([known.predicted], [known.measured], RATE, PRIOR)
        errors += list(1000 * np.abs(found.delay - known.delay))
        held += list((found.low <= known.delay) & (known.delay <= found.high))
        widths += list(1000 * (found.high - found.low))
    return len(errors), np.median(errors), np.quantile(errors, 0.95), np.mean(held), np.median(widths)


def _delays(random, muscles):
    """Within -30 and 120 ms: a common delay, and each muscle's about it."""
    while True:
        common = PRIOR.mean + PRIOR.sd * random.standard_normal()
        delay = common + PRIOR.muscle_sd * random.standard_normal(muscles)
        if delay.min() >= LOW and delay.max() <= HIGH:
            return delay


def _activation(time, bursts, strength, delay):
    columns = [
        sum(
            height * strength[m, k + 2] * np.exp(-0.5 * ((time + delay[m] - STRIDE * (k + place)) / width) ** 2)
            for place, height, width in own
            for k in range(-2, strength.shape[1] - 2)
        )
        for m, own in enumerate(bursts)
    ]
    return np.stack(columns, axis=1)
