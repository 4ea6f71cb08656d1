"""Gait events: foot strikes from force or from the hip angle, gait phase, gait cycles.

Gait phase is 0 at a foot strike and 1 at the next one of the same foot.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import find_peaks

from myoshift.signal.filters import lowpass
from myoshift.types import Array

HIP_LEAD = 0.07  # share of the cycle by which the largest hip flexion comes before the foot strike


def strikes_from_force(
    vertical: Array, rate: float, *, rise: float = 100.0, rearm: float = 30.0, min_interval: float = 0.5
) -> Array:
    """Times (s after the first sample) at which a vertical force (T,) in N rises above `rise`.

    A new strike counts only after the force has been below `rearm`, and `min_interval` seconds after the last one
    (hysteresis, because a foot that crosses belts or plates loads twice). A foot that is loaded at the first sample
    has not struck.
    """
    strikes: list[float] = []
    armed = False
    above, below = vertical > rise, vertical < rearm
    for index in np.flatnonzero(above | below):
        if below[index]:
            armed = True
        elif armed:
            armed = False
            if not strikes or index / rate - strikes[-1] >= min_interval:
                strikes.append(index / rate)
    return np.array(strikes)


def strikes_from_hip(hip: Array, rate: float) -> Array:
    """Foot strikes (s after the first sample) from hip flexion (T,), in any unit: the kinematic estimate.

    The thigh is furthest forward a little before the foot strikes.
    """
    peaks = hip_peaks(hip, rate)
    if len(peaks) < 2:
        return peaks
    stride = float(np.median(np.diff(peaks)))
    strikes = peaks + HIP_LEAD * stride
    return strikes[strikes <= (len(hip) - 1) / rate]


def hip_peaks(hip: Array, rate: float) -> Array:
    """Times (s) of the largest hip flexion of each stride, one per cycle."""
    smooth = lowpass(hip[:, None], rate, min(4.0, 0.4 * rate))[:, 0]
    smooth = np.where(np.isfinite(smooth), smooth, np.nanmin(smooth))
    height = float(np.ptp(smooth))
    index, _ = find_peaks(smooth, distance=max(1, round(0.5 * rate)), prominence=0.35 * height)
    return index / rate


def phase(time: Array, strikes: Array, *, shortest: float = 0.5, longest: float = 1.6) -> Array:
    """Gait phase in [0, 1) at each time (T,), NaN outside cycles of `shortest` to `longest` seconds."""
    out = np.full(len(time), np.nan)
    for start, stop in _valid(strikes, shortest, longest):
        inside = (time >= start) & (time < stop)
        out[inside] = (time[inside] - start) / (stop - start)
    return out


def cycles(
    values: Array,
    time: Array,
    strikes: Array,
    *,
    points: int = 101,
    shortest: float = 0.5,
    longest: float = 1.6,
) -> Array:
    """Every whole cycle of (T, C) on `points` equal steps of gait phase from 0 to 1: (N, points, C)."""
    grid = np.linspace(0.0, 1.0, points)
    found = [
        [np.interp(start + grid * (stop - start), time, column) for column in values.T]
        for start, stop in _valid(strikes, shortest, longest)
        if time[0] <= start and stop <= time[-1]
    ]
    return np.array(found).reshape(len(found), values.shape[1], points).swapaxes(1, 2)


def _valid(strikes: Array, shortest: float, longest: float) -> list[tuple[float, float]]:
    pairs = zip(strikes[:-1].tolist(), strikes[1:].tolist(), strict=True)
    return [(start, stop) for start, stop in pairs if shortest <= stop - start <= longest]
