"""The linear envelope of raw EMG: 16 channels at 2000 Hz."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, sosfiltfilt

from myoshift.signal import envelope
from myoshift.types import Array
from perf.contest import OURS, Case, Contest, Entrant, installed

CHANNELS, RATE = 16, 2000.0


@contextmanager
def enter(folder: Path, seconds: int) -> Iterator[Contest]:
    """Noise in bursts, as long as this."""
    random = np.random.default_rng(0)
    samples = max(int(seconds * RATE), 400)
    bursts = 1 + np.sin(2 * np.pi * np.arange(samples) / RATE)[:, None]
    raw = 1e-4 * bursts * random.normal(size=(samples, CHANNELS))
    entrants = {
        OURS: Entrant(lambda: (envelope(raw, RATE),)),
        "myoshift fast": Entrant(lambda: (envelope(raw, RATE, fast=True),), same=False),
        "scipy script": Entrant(lambda: (_script(raw),)),
    }
    if installed("neurokit2"):
        entrants["neurokit2"] = Entrant(lambda: _neurokit(raw[:, 0]), share=1 / CHANNELS, same=False)
    yield Contest(entrants, tolerance=1e-12)


def _script(raw: Array) -> Array:
    """What a careful user writes with scipy, the same filters as ours."""
    band = butter(2, (20, 400), "bandpass", fs=RATE, output="sos")
    low = butter(2, 6, "lowpass", fs=RATE, output="sos")
    rectified = np.abs(sosfiltfilt(band, raw - raw.mean(axis=0), axis=0))
    return np.asarray(np.clip(sosfiltfilt(low, rectified, axis=0), 0, None))


def _neurokit(channel: Array) -> Any:
    """Cleaning and amplitude of one channel, as it knows no more; other filters, so another answer."""
    import neurokit2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return neurokit2.emg_amplitude(neurokit2.emg_clean(channel, sampling_rate=int(RATE)))


CASE = Case(
    name="envelope",
    job="16 channels of raw EMG at 2000 Hz to linear envelopes",
    unit="s",
    sizes=(10, 60, 600),
    quick=(10, 60),
    tiny=0,
    enter=enter,
    marked=600,
    marks={"scipy script": 1},
)
