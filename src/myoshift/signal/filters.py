"""Zero-phase filters and the one EMG envelope of this package.

"Order 2 run twice" means a Butterworth filter of order 2 forwards and backwards: effective order 4, -6 dB at the
cut-off, no delay. scipy's `sosfiltfilt` with its default odd padding is the reference.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.signal import butter, sosfiltfilt

from myoshift.errors import DataRefused
from myoshift.signal.blocks import blocks, per_block
from myoshift.types import Array, Mask

Band = Literal["bandpass", "lowpass"]

ORDER = 2
# Samples by which `sosfiltfilt` extends each end at order 2; it needs more than these.
PADDING: dict[Band, int] = {"bandpass": 15, "lowpass": 9}


def envelope(
    values: Array, rate: float, *, low: float = 20.0, high: float | None = None, cutoff: float = 6.0
) -> Array:
    """Linear envelope of raw EMG: demean, band-pass, rectify, low-pass, clip at 0.

    Parameters
    ----------
    values : (T, C) raw EMG. A channel that is NaN throughout stays so.
    rate : Hz
    low, high : edges of the band-pass in Hz; `high` is min(400, 0.45 rate) unless given
    cutoff : of the low-pass in Hz

    Returns
    -------
    (T, C), >= 0, in the unit of the input, without delay

    Raises
    ------
    DataRefused
        When a cut-off does not fit the rate, there are too few samples, a channel has gaps, or a channel is
        rectified already.
    """
    high = min(400.0, 0.45 * rate) if high is None else high
    _check(len(values), rate, (low, high), "bandpass")
    values = np.asarray(values, float)
    there: Mask = np.asarray(~np.isnan(values).all(axis=0))
    _refuse_gaps(values, rate, there)
    _refuse_rectified(values, there)
    raw = values[:, there] - values[:, there].mean(axis=0)
    out = np.full(values.shape, np.nan)
    rectified = np.abs(_zero_phase(raw, rate, (low, high), "bandpass"))
    out[:, there] = np.clip(_zero_phase(rectified, rate, (cutoff,), "lowpass"), 0.0, None)
    return out


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


def _zero_phase(values: Array, rate: float, edges: tuple[float, ...], kind: Band) -> Array:
    _check(len(values), rate, edges, kind)
    sos = butter(ORDER, edges if len(edges) > 1 else edges[0], kind, fs=rate, output="sos")
    return np.asarray(sosfiltfilt(sos, np.ascontiguousarray(values.T), axis=-1).T)


def _check(samples: int, rate: float, edges: tuple[float, ...], kind: Band) -> None:
    named = ", ".join(f"{edge:g}" for edge in edges) + " Hz"
    if not (rate > 0 and edges[0] > 0 and edges == tuple(sorted(set(edges))) and edges[-1] < rate / 2):
        raise DataRefused(
            f"cut-off of {named} does not fit the sampling rate",
            why=f"{kind} edges must rise between 0 and the Nyquist frequency, {rate / 2:g} Hz at {rate:g} Hz",
            mend="give the true rate, or other cut-offs",
        )
    if samples <= PADDING[kind]:
        raise DataRefused(
            "signal too short to filter",
            why=f"{samples} samples available, more than {PADDING[kind]} needed for the padding",
            mend="leave the piece out",
        )


def _refuse_gaps(values: Array, rate: float, there: Mask) -> None:
    bad = ~np.isfinite(values) & there
    if bad.any():
        channel = int(np.argmax(bad.any(axis=0)))
        spans = ", ".join(f"{a / rate:.3f}-{b / rate:.3f} s" for a, b in blocks(bad[:, channel])[:3])
        raise DataRefused(
            "raw EMG with gaps",
            where=f"channel {channel}",
            why=f"{bad[:, channel].mean():.1%} of the samples are NaN or infinite, first at {spans}",
            mend="cut the recording into whole pieces, or mask the channel (all NaN)",
        )


def _refuse_rectified(values: Array, there: Mask) -> None:
    for channel in np.flatnonzero(there):
        if is_rectified(values[:, channel]):
            raise DataRefused(
                "EMG is rectified or an envelope already",
                where=f"channel {channel}",
                why=f"min {values[:, channel].min():g} >= 0, and the values pile up above it",
                mend="declare the channels as envelope",
            )


def is_rectified(values: Array) -> bool:
    """Whether (T,) is >= 0 and piles up near its minimum, as no raw signal does, whatever its offset.

    Raw EMG around an offset spreads more than 2 SD below its mean; rectified EMG does not (1.3 SD if Gaussian).
    """
    spread = float(values.std())
    return bool(values.min() >= 0 and spread > 0 and values.mean() - values.min() < 2 * spread)
