"""Zero-phase filters and the one EMG envelope of this package.

"Order 2 run twice" means a Butterworth filter of order 2 forwards and backwards: effective order 4, -6 dB at the
cut-off, no delay. scipy's `sosfiltfilt` with its default odd padding is the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy.signal import butter, sosfiltfilt

from myoshift.errors import DataRefused
from myoshift.signal.blocks import blocks, per_block
from myoshift.signal.fast import zero_phase
from myoshift.types import Array

Band = Literal["bandpass", "lowpass"]
ZeroPhase = Callable[[Array, Array], Array]

ORDER = 2
# Samples by which `sosfiltfilt` extends each end at order 2; it needs more than these.
PADDING: dict[Band, int] = {"bandpass": 15, "lowpass": 9}

GLANCE = 1000  # samples among which raw EMG has shown a negative one, so that the rest need not be searched


def envelope(
    values: Array,
    rate: float,
    *,
    low: float = 20.0,
    high: float | None = None,
    cutoff: float = 6.0,
    fast: bool = False,
) -> Array:
    """Linear envelope of raw EMG: demean, band-pass, rectify, low-pass, clip at 0.

    Parameters
    ----------
    values : (T, C) raw EMG. A channel that is NaN throughout stays so. The transpose of a contiguous (C, T) array
        is read without a copy; the result is laid out that way.
    rate : Hz
    low, high : edges of the band-pass in Hz; `high` is min(400, 0.45 rate) unless given
    cutoff : of the low-pass in Hz
    fast : filter by Fourier transforms (see `fast.zero_phase`): the same filters to 1e-6 of a channel's largest value

    Returns
    -------
    (T, C), >= 0, in the unit of the input, without delay

    Raises
    ------
    DataRefused
        When a cut-off does not fit the rate, there are too few samples, a channel has gaps, or a channel is
        rectified already.
    """
    edges = (low, band_edge(rate) if high is None else high)
    refuse_edges(rate, (cutoff,), "lowpass")
    _check(len(values), rate, edges, "bandpass")
    values = np.asarray(values, float)
    band, smooth = _sections(rate, edges, "bandpass"), _sections(rate, (cutoff,), "lowpass")
    run: ZeroPhase = zero_phase if fast else sosfiltfilt
    out = np.empty(values.shape[::-1])
    for channel, column in enumerate(values.T):
        raw = np.ascontiguousarray(column)
        mean = raw.mean()
        if np.isfinite(mean):
            refuse_rectified(raw, channel)
        elif np.isnan(raw).all():
            out[channel] = np.nan
            continue
        else:
            refuse_gaps(raw, rate, channel)
        rectified = run(band, raw - mean)
        np.maximum(run(smooth, np.abs(rectified, out=rectified)), 0.0, out=out[channel])
    return out.T


def lowpass(values: Array, rate: float, cutoff: float) -> Array:
    """Zero-phase low-pass of (T, C), block by block: gaps stay, and blocks of 9 samples or fewer become NaN.

    Raises
    ------
    DataRefused
        When the cut-off does not fit the rate, or there are 9 samples or fewer altogether.
    """
    _check(len(values), rate, (cutoff,), "lowpass")
    return per_block(
        values, lambda block: _zero_phase(block, rate, (cutoff,), "lowpass"), shortest=PADDING["lowpass"] + 1
    )


def band_edge(rate: float) -> float:
    """Upper edge of the band-pass unless one is given, Hz."""
    return min(400.0, 0.45 * rate)


def _zero_phase(values: Array, rate: float, edges: tuple[float, ...], kind: Band) -> Array:
    _check(len(values), rate, edges, kind)
    return np.asarray(sosfiltfilt(_sections(rate, edges, kind), np.ascontiguousarray(values.T), axis=-1).T)


def _sections(rate: float, edges: tuple[float, ...], kind: Band) -> Array:
    return np.asarray(butter(ORDER, edges if len(edges) > 1 else edges[0], kind, fs=rate, output="sos"))


def _check(samples: int, rate: float, edges: tuple[float, ...], kind: Band) -> None:
    refuse_edges(rate, edges, kind)
    if samples <= PADDING[kind]:
        raise DataRefused(
            "signal too short to filter",
            where=f"a piece of {samples / rate:.3g} s",
            why=f"{samples} samples available, more than {PADDING[kind]} needed for the padding",
            mend="leave the piece out",
        )


def refuse_edges(rate: float, edges: tuple[float, ...], kind: str) -> None:
    """Refuse cut-offs (Hz) that do not rise between 0 and the Nyquist frequency."""
    named = ", ".join(f"{edge:g}" for edge in edges) + " Hz"
    if not (rate > 0 and edges[0] > 0 and edges == tuple(sorted(set(edges))) and edges[-1] < rate / 2):
        raise DataRefused(
            f"cut-off of {named} does not fit the sampling rate",
            why=f"{kind} edges must rise between 0 and the Nyquist frequency, {rate / 2:g} Hz at {rate:g} Hz",
            mend="give the true rate, or other cut-offs",
        )


def refuse_gaps(signal: Array, rate: float, channel: int) -> None:
    """Refuse a channel (T,) of raw EMG in which a sample is missing."""
    bad = ~np.isfinite(signal)
    if bad.any():
        spans = ", ".join(f"{a / rate:.3f}-{b / rate:.3f} s" for a, b in blocks(bad)[:3])
        raise DataRefused(
            "raw EMG with gaps",
            where=f"channel {channel}",
            why=f"{bad.mean():.1%} of the samples are NaN or infinite, first at {spans}",
            mend="cut the recording into whole pieces, or mask the channel (all NaN)",
        )


def refuse_rectified(signal: Array, channel: int) -> None:
    """Refuse a channel (T,) that is no raw EMG any more."""
    if is_rectified(signal):
        raise DataRefused(
            "EMG is rectified or an envelope already",
            where=f"channel {channel}",
            why=f"min {signal.min():g} >= 0, and the values pile up above it",
            mend="declare the channels as envelope",
        )


def is_rectified(signal: Array) -> bool:
    """Whether (T,) is >= 0 and piles up near its minimum, as no raw signal does, whatever its offset.

    Raw EMG around an offset spreads more than 2 SD below its mean; rectified EMG does not (1.3 SD if Gaussian).
    """
    if (signal[:GLANCE] < 0).any() or (lowest := float(signal.min())) < 0:
        return False
    spread = float(signal.std())
    return bool(spread > 0 and signal.mean() - lowest < 2 * spread)
