"""Gait events: foot strikes from force, from the heel or from the hip angle, gait phase, gait cycles.

Gait phase is 0 at a foot strike and 1 at the next one of the same foot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from myoshift.signal.filters import PADDING, lowpass
from myoshift.types import Array, Mask

Indices = NDArray[np.intp]

SHORTEST, LONGEST = 0.5, 1.6  # s, a gait cycle
STRAY = 0.3  # a cycle further than this share from the median one is a missed or doubled strike
SWING, STANCE = 0.68, 0.24  # gait phases at which the hip passes the middle of its range, flexing and extending
HEEL_LEAD = 0.023  # s by which the heel is furthest ahead before it lands
BESIDE = 0.05  # s on both sides of such a moment that must have been seen
REACH = 1.5  # cycles beyond the outermost anchors in which walking is still believed to go on


def strikes_from_force(
    vertical: Array,
    rate: float,
    *,
    rise: float = 100.0,
    rearm: float = 30.0,
    min_interval: float = 0.5,
    armed: bool = False,
) -> Array:
    """Times (s after the first sample) at which a vertical force (T,) in N rises above `rise`.

    The next strike counts only after the force has been below `rearm`, and `min_interval` seconds after the last one,
    because a foot that crosses belts or plates loads twice. A foot that is loaded at the first sample has struck
    before; `armed` counts it nevertheless, at 0 s, as some published stride counts do.
    """
    strikes: list[float] = []
    for index in _rises(vertical > rise, vertical < rearm, armed=armed):
        if not strikes or index / rate - strikes[-1] >= min_interval:
            strikes.append(index / rate)
    return np.array(strikes)


def strikes_from_heel(advance: Array, rate: float) -> Array:
    """Foot strikes (s after the first sample) from how far the heel (T,) is ahead of the pelvis, in any unit.

    The heel is furthest ahead just before it lands (Zeni et al. 2008, Gait Posture 27:710). Of 116 strikes that the
    events of two labs state for 13 people, 105 are found so, 23 ms early (SD 16 ms), which is added here; the rest
    lie at the ends of their trials, where nothing is furthest. Made for walking: a sprinter lands long after.
    """
    smooth = _smooth(advance, rate, 6.0)
    if smooth is None:
        return np.empty(0)
    low, high = np.percentile(smooth, [5, 95])
    ahead, _ = find_peaks(smooth, distance=max(1, 0.8 * SHORTEST * rate), prominence=0.1 * (high - low))
    near = np.arange(-round(BESIDE * rate), round(BESIDE * rate) + 1)
    seen = np.isfinite(advance[np.clip(ahead[:, None] + near, 0, len(advance) - 1)]).all(axis=1)
    strikes = ahead[seen] / rate + HEEL_LEAD
    return np.asarray(strikes[strikes <= (len(advance) - 1) / rate])


def strikes_from_hip(hip: Array, rate: float) -> Array:
    """Foot strikes (s after the first sample) from hip flexion (T,) alone: where `phase_from_hip` begins again."""
    turns, last = _turns(hip, rate), (len(hip) - 1) / rate
    if len(turns) < 2:
        return np.empty(0)
    whole = np.arange(np.ceil(turns[0, 1] - REACH), np.floor(turns[-1, 1] + REACH) + 1)
    strikes = _extrapolate(whole, turns[:, 1], turns[:, 0])
    return strikes[(strikes >= 0) & (strikes <= last) & _lasting(turns)[_piece(whole, turns[:, 1])]]


def phase_from_hip(hip: Array, rate: float, *, cyclic: bool = False) -> Array:
    """Gait phase (T,) in [0, 1) from hip flexion (T,) alone, in any unit, flexion positive.

    The anchor is the moment in swing at which the flexing hip passes the middle of its range: over four labs and
    three speeds it lies at phase 0.68 with SD 0.02, within one walk with SD 0.01, while the largest flexion is a
    plateau (SD 0.03). Recordings with fewer than two such moments also use the one in stance. Between anchors phase
    is linear in time, beyond them it goes on at the rate of the nearest cycle, for one and a half cycles.

    Parameters
    ----------
    cyclic : the recording is one cycle whose end joins its beginning

    Returns
    -------
    (T,) NaN where there is no gait: fewer than two anchors, cycles outside 0.5 to 1.6 s, far from every anchor.
    """
    if cyclic:
        return phase_from_hip(np.tile(hip, 3), rate)[len(hip) : 2 * len(hip)]
    turns, time = _turns(hip, rate), np.arange(len(hip)) / rate
    if len(turns) < 2:
        return np.full(len(hip), np.nan)
    running = _extrapolate(time, turns[:, 0], turns[:, 1])
    near = (running >= turns[0, 1] - REACH) & (running <= turns[-1, 1] + REACH)
    walking = near & _lasting(turns)[_piece(time, turns[:, 0])]
    return np.where(walking, running % 1.0, np.nan)


def phase(time: Array, strikes: Array, *, shortest: float = SHORTEST, longest: float = LONGEST) -> Array:
    """Gait phase in [0, 1) at each time (T,), NaN outside the valid cycles between `strikes` (s).

    A cycle is valid if it lasts `shortest` to `longest` seconds, and not 30 % more or less than the median one.
    """
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
    shortest: float = SHORTEST,
    longest: float = LONGEST,
) -> Array:
    """Every valid cycle of (T, C) on `points` equal steps of gait phase from 0 to 1: (N, points, C)."""
    grid = np.linspace(0.0, 1.0, points)
    found = [
        [np.interp(start + grid * (stop - start), time, column) for column in values.T]
        for start, stop in _valid(strikes, shortest, longest)
        if time[0] <= start and stop <= time[-1]
    ]
    return np.array(found).reshape(len(found), values.shape[1], points).swapaxes(1, 2)


def _valid(strikes: Array, shortest: float, longest: float) -> list[tuple[float, float]]:
    length = np.diff(strikes)
    plausible = (length >= shortest) & (length <= longest)
    if plausible.any():
        middle = np.median(length[plausible])
        plausible &= np.abs(length - middle) <= STRAY * middle
    return [(float(strikes[k]), float(strikes[k + 1])) for k in np.flatnonzero(plausible)]


def _rises(above: Mask, below: Mask, *, armed: bool) -> Indices:
    """Samples at which a signal comes `above` after it has been `below` (hysteresis)."""
    said = np.flatnonzero(above | below)
    up = above[said]
    first: Mask = up & ~np.concatenate([[not armed], up[:-1]])
    return said[first]


def _turns(hip: Array, rate: float) -> Array:
    """Anchors (N, 2) of time and running gait phase: the hip passing the middle of its range."""
    smooth = _smooth(hip, rate, 4.0)
    if smooth is None:
        return np.empty((0, 2))
    low, high = np.percentile(smooth, [5, 95])
    middle, margin = (low + high) / 2, 0.15 * (high - low)
    above, below = smooth > middle + margin, smooth < middle - margin
    swing = _passing(smooth - middle, _rises(above, below, armed=False)) / rate
    stance = _passing(middle - smooth, _rises(below, above, armed=False)) / rate
    if len(swing) > 1:
        return np.stack([swing, SWING + np.arange(len(swing))], axis=1)
    return _alternating(swing, stance)


def _lasting(turns: Array) -> Mask:
    """Between which neighbouring anchors (N - 1,) somebody walks: not faster or slower than people do."""
    cycle = np.diff(turns[:, 0]) / np.diff(turns[:, 1])
    lasting: Mask = (cycle >= SHORTEST) & (cycle <= LONGEST)
    return lasting


def _smooth(values: Array, rate: float, cutoff: float) -> Array | None:
    """Signal below `cutoff`, straight across gaps (a long one makes a cycle too long); None if nothing is left."""
    if len(values) <= PADDING["lowpass"]:
        return None
    smooth = lowpass(values[:, None], rate, cutoff)[:, 0]
    there = np.flatnonzero(np.isfinite(smooth))
    return np.interp(np.arange(len(values)), there, smooth[there]) if len(there) else None


def _passing(signal: Array, after: Indices) -> Array:
    """Where a signal last rose through zero before each of the samples `after`, in fractional samples."""
    up = np.flatnonzero((signal[:-1] < 0) & (signal[1:] >= 0))
    before = up[np.searchsorted(up, after) - 1]
    return before + signal[before] / (signal[before] - signal[before + 1])


def _alternating(swing: Array, stance: Array) -> Array:
    """At most one passage in swing and those in stance around it, as anchors."""
    start = swing[0] if len(swing) else np.inf
    phase = STANCE + np.arange(len(stance)) - np.sum(stance < start) + 1
    anchors = np.stack([np.append(stance, swing), np.append(phase, np.full(len(swing), SWING))], axis=1)
    return anchors[anchors[:, 0].argsort()]


def _piece(x: Array, known: Array) -> Indices:
    """Which interval between `known` points each x lies in; the first or last one beyond them."""
    return np.clip(np.searchsorted(known, x) - 1, 0, len(known) - 2)


def _extrapolate(x: Array, known: Array, values: Array) -> Array:
    """Linear interpolation of increasing points, going on straight beyond the first and the last."""
    index = _piece(x, known)
    slope = np.diff(values) / np.diff(known)
    return values[index] + slope[index] * (x - known[index])
