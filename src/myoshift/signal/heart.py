"""The heart in surface EMG of the trunk: beats that come regularly and look alike, as no burst of a muscle does."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt

from myoshift.types import Array

BAND = (10.0, 40.0)  # Hz, where a QRS complex has its power (Pan and Tompkins 1985)
RATES = (40.0, 180.0)  # beats a minute
HALF = 0.06  # s on both sides of the peak of a beat
FEWEST = 8  # beats
STEADY = 0.2  # SD over mean of the intervals


def beats(signal: Array, rate: float) -> dict[str, float]:
    """Beats a minute, their likeness (mean correlation with the mean beat) and share of the power of (T,).

    Empty where the channel is too short, or has no regular peaks.
    """
    if rate < 4 * BAND[1] or len(signal) < FEWEST * rate * 60 / RATES[1]:
        return {}
    sections = butter(2, BAND, "bandpass", fs=rate, output="sos")
    slow = sosfiltfilt(sections, signal - signal.mean())
    found = [each for each in (_upward(slow, rate), _upward(-slow, rate)) if each]  # whichever wave of the beat leads
    best = max(found, key=lambda each: each["beat_likeness"], default={})
    total = float(signal.var()) * len(signal)
    return {**best, "beat_share": best["beat_share"] / total} if best else {}


def _upward(slow: Array, rate: float) -> dict[str, float]:
    """Beats of which the wave upwards leads; `beat_share` is their power."""
    half = round(HALF * rate)
    height = 4 * float(np.median(np.abs(slow))) / 0.6745
    peaks, _ = find_peaks(slow, height=height, distance=round(rate * 60 / RATES[1]))
    peaks = peaks[(peaks >= half) & (peaks < len(slow) - half)]
    steps = np.diff(peaks) / rate
    if len(peaks) < FEWEST or np.std(steps) > STEADY * np.mean(steps) or 60 / np.mean(steps) < RATES[0]:
        return {}
    shapes = np.stack([slow[peak - half : peak + half + 1] for peak in peaks])
    return {
        "beats_per_minute": 60.0 / float(np.median(steps)),
        "beat_likeness": _likeness(shapes),
        "beat_share": float((shapes**2).sum()),
    }


def _likeness(shapes: Array) -> float:
    """Mean correlation of each shape (N, T) with the mean of the others."""
    total = shapes.sum(axis=0)
    return float(np.mean([np.corrcoef(one, total - one)[0, 1] for one in shapes]))
