"""Raw surface EMG made by formula."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, sosfiltfilt

RATE = 1000.0


def emg(seconds=4.0, seed=0):
    """One muscle that bursts once a second: coloured noise (30-120 Hz), modulated, (T, 1) volts."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    noise = random.normal(size=(len(time), 1))
    coloured = sosfiltfilt(butter(2, [30, 120], "bandpass", fs=RATE, output="sos"), noise, axis=0)
    burst = 0.1 + np.exp(4 * (np.cos(2 * np.pi * time) - 1))
    return 1e-4 * burst[:, None] * coloured + 1e-7 * random.normal(size=noise.shape)


def hum(line, seconds=4.0):
    """A sine, (T, 1)."""
    return np.sin(2 * np.pi * line * np.arange(round(seconds * RATE)) / RATE)[:, None]


def heart(seconds=20.0):
    """EMG with a heart in it, 75 beats a minute."""
    beats = np.zeros(round(seconds * RATE))
    beats[np.cumsum(np.random.default_rng(0).normal(800, 25, 24)).astype(int)] = 1
    qrs = np.diff(np.exp(-0.5 * (np.arange(-60, 61) / 12) ** 2), prepend=0.0)
    return 0.1 * emg(seconds) + 1.5e-3 * np.convolve(beats, qrs, "same")[:, None]
