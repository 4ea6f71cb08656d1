"""Numbers that tell an EMG channel from a broken one. What they mean is judged in `quality`."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import rfft
from scipy.signal import get_window

from myoshift.signal import heart
from myoshift.signal.amplitude import coefficient_of_variation
from myoshift.signal.blocks import blocks
from myoshift.signal.filters import PADDING, envelope, is_rectified
from myoshift.types import Array, Mask

MAINS = (50.0, 60.0)  # Hz
SILENT = 120.0  # dB over a moment without any noise
SHORTEST = 0.25  # s of signal for a spectrum
TOGETHER = 8  # windows transformed at a time


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
    stuck, still = clipped(piece), longest_still(piece)
    numbers = {"lowest": float(piece.min()), "highest": float(piece.max()), "clipped": stuck / len(piece)}
    numbers |= {"clipped_samples": stuck, "still_from": (start + still[0]) / rate, "still": still[1] / rate}
    if len(piece) >= SHORTEST * rate:
        numbers |= spectrum(piece, rate)
    if is_rectified(piece):
        return numbers | {"rectified": 1.0}
    if len(piece) > PADDING["bandpass"] and rate > 50:
        smooth = envelope(piece[:, None], rate)
        numbers |= {"cv": float(coefficient_of_variation(smooth)[0]), "snr": standing_out(smooth[:, 0])}
        numbers |= heart.beats(piece, rate)
    return numbers


def delivered(signal: Array) -> dict[str, float]:
    """Negative share and modulation of an envelope (T,) as a lab delivers it."""
    there = signal[np.isfinite(signal)]
    cv = coefficient_of_variation(np.clip(there, 0, None)[:, None])
    return {"lowest": float(there.min()), "negative": float(np.mean(there < 0)), "cv": float(cv[0])}


def standing_out(envelope: Array) -> float:
    """DB by which a loud moment of an envelope (T,), its 95th percentile, stands over a quiet one, its 5th."""
    quiet, loud = np.percentile(np.clip(envelope, 0.0, None), [5, 95])
    return min(20.0 * float(np.log10(loud / quiet)), SILENT) if quiet > 0 else SILENT


def longest_still(signal: Array) -> tuple[int, int]:
    """First sample and length of the longest stretch of (T,) without any change."""
    found = blocks(np.diff(signal) == 0)
    start, stop = max(found, key=lambda block: block[1] - block[0], default=(0, 0))
    return start, stop - start


def clipped(signal: Array) -> int:
    """Samples in runs of three or more at the largest or the smallest value."""
    extremes = (signal == signal.max(), signal == signal.min())
    return sum(stop - start for at in extremes for start, stop in blocks(at) if stop - start >= 3)


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
    """Frequencies in Hz, 1 Hz apart unless the signal (T,) is shorter than 1 s, and its power density there.

    Welch's method as scipy's `welch` does it (Hann windows of 1 s, half overlapping, each without its mean), many
    windows at a time, at a third of the cost.
    """
    size = min(len(signal), round(rate))
    window = get_window("hann", size)
    pieces = sliding_window_view(signal, size)[:: size - size // 2]
    power = np.zeros(size // 2 + 1)
    for first in range(0, len(pieces), TOGETHER):
        some = pieces[first : first + TOGETHER]
        spectrum = rfft((some - some.mean(axis=1, keepdims=True)) * window)
        power += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
    power[1 : (size + 1) // 2] *= 2  # the negative frequencies; 0 Hz and the Nyquist frequency have none
    return np.asarray(np.arange(len(power)) * (rate / size), float), power / (
        len(pieces) * rate * float(window @ window)
    )


def likeness(values: Array) -> Array:
    """Correlation of every pair of channels of (T, C) over the samples both have, (C, C); 0 where there is none."""
    there = np.isfinite(values)
    whole = np.flatnonzero(there.all(axis=0))
    out = np.zeros((values.shape[1], values.shape[1]))
    out[np.ix_(whole, whole)] = _correlations(values[:, whole])
    for a, b in combinations(range(values.shape[1]), 2):
        if a not in whole or b not in whole:
            pair = values[:, [a, b]][there[:, a] & there[:, b]]
            out[a, b] = out[b, a] = _correlations(pair)[0, 1]
    return out


def _correlations(values: Array) -> Array:
    """Of every pair of columns of (T, C) without gaps; 0 for a constant column, and on the diagonal."""
    if len(values) < 3:
        return np.zeros((values.shape[1], values.shape[1]))
    rows = np.array(values.T, order="C")
    rows -= rows.mean(axis=1, keepdims=True)
    products = rows @ rows.T
    norm = np.sqrt(np.outer(np.diag(products), np.diag(products)))
    out = np.divide(products, norm, out=np.zeros_like(products), where=norm > 0)
    np.fill_diagonal(out, 0.0)
    return out


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
