"""Numbers that tell an EMG channel from a broken one. What they mean is judged in `quality`."""

from __future__ import annotations

import numpy as np
from scipy.signal import welch

from myoshift.signal.amplitude import coefficient_of_variation
from myoshift.signal.blocks import blocks
from myoshift.signal.filters import PADDING, envelope, is_rectified
from myoshift.types import Array, Mask

MAINS = (50.0, 60.0)  # Hz
SHORTEST = 0.25  # s of signal for a spectrum


def presence(signal: Array) -> dict[str, float]:
    """Share of missing samples, SD and largest magnitude of a channel (T,)."""
    there = signal[np.isfinite(signal)]
    if not len(there):
        return {"missing": 1.0, "sd": 0.0, "largest": 0.0}
    largest = float(np.abs(there).max())
    return {"missing": 1.0 - len(there) / len(signal), "sd": float(there.std()), "largest": largest}


def raw(signal: Array, rate: float) -> dict[str, float]:
    """Clipping, spectrum and modulation of raw EMG (T,), from its longest piece without a gap."""
    start, stop = max(blocks(np.isfinite(signal)), key=lambda block: block[1] - block[0])
    piece = signal[start:stop]
    numbers = {"lowest": float(piece.min()), "highest": float(piece.max()), "clipped": clipped(piece)}
    if len(piece) >= SHORTEST * rate:
        numbers |= spectrum(piece, rate)
    if is_rectified(piece):
        return numbers | {"rectified": 1.0}
    if len(piece) > PADDING["bandpass"] and rate > 50:
        numbers["cv"] = float(coefficient_of_variation(envelope(piece[:, None], rate))[0])
    return numbers


def delivered(signal: Array) -> dict[str, float]:
    """Negative share and modulation of an envelope (T,) as a lab delivers it."""
    there = signal[np.isfinite(signal)]
    cv = coefficient_of_variation(np.clip(there, 0, None)[:, None])
    return {"lowest": float(there.min()), "negative": float(np.mean(there < 0)), "cv": float(cv[0])}


def clipped(signal: Array) -> float:
    """Share of samples in runs of three or more at the largest or the smallest value."""
    extremes = (signal == signal.max(), signal == signal.min())
    return sum(stop - start for at in extremes for start, stop in blocks(at) if stop - start >= 3) / len(signal)


def spectrum(signal: Array, rate: float) -> dict[str, float]:
    """Shares of power, mains lines in dB above their neighbours, median frequency from 20 Hz up; 1 Hz resolution."""
    frequency, power = density(signal, rate)
    numbers = {"below_20_hz": _share(power, frequency < 20)}
    if rate >= 250:
        numbers["above_100_hz"] = _share(power, frequency > 100)
    if rate >= 800:
        numbers["median_frequency"] = _median(frequency, power, (frequency >= 20) & (frequency <= 500))
    for line in MAINS:
        if line + 10 < rate / 2:
            distance = np.abs(frequency - line)
            peak, floor = power[distance <= 1.5], power[(distance >= 3) & (distance <= 10)]
            numbers[f"mains_{line:g}_decibel"] = _decibel(peak, floor)
            numbers[f"mains_{line:g}_share"] = _share(power, distance <= 1.5)
    return numbers


def density(signal: Array, rate: float) -> tuple[Array, Array]:
    """Frequencies in Hz, 1 Hz apart unless the signal (T,) is shorter than 1 s, and its power density there."""
    frequency, power = welch(signal - signal.mean(), rate, nperseg=min(len(signal), round(rate)))
    return np.asarray(frequency), np.asarray(power)


def likeness(values: Array) -> Array:
    """Correlation of every pair of channels of (T, C) over the samples both have, (C, C); 0 where there is none."""
    out = np.zeros((values.shape[1], values.shape[1]))
    there = np.isfinite(values)
    for a in range(values.shape[1]):
        for b in range(a):
            both = there[:, a] & there[:, b]
            out[a, b] = out[b, a] = _correlation(values[both, a], values[both, b])
    return out


def _correlation(a: Array, b: Array) -> float:
    if len(a) < 3:
        return 0.0
    x, y = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / norm if norm > 0 else 0.0


def _share(power: Array, part: Mask) -> float:
    total = float(power.sum())
    return float(power[part].sum()) / total if total > 0 else 0.0


def _median(frequency: Array, power: Array, band: Mask) -> float:
    rising = np.cumsum(power[band])
    return float(frequency[band][np.searchsorted(rising, rising[-1] / 2)])


def _decibel(peak: Array, floor: Array) -> float:
    if not len(peak) or not len(floor) or float(np.median(floor)) <= 0:
        return 0.0
    return 10.0 * float(np.log10(max(float(peak.max()) / float(np.median(floor)), 1e-30)))
