"""Strides one by one: by how much the bursts of each come before or after those of the mean stride."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from myoshift.datasets.bursts import bursting
from myoshift.datasets.seen import SIDES, STEP, Seen, together
from myoshift.types import Array, Side

SHORTEST, LONGEST = 0.5, 1.6  # s, a gait cycle
REACH = 20  # steps of the cycle by which a stride is shifted at most


def stride_seconds(one: Seen) -> float:
    """Typical length of a stride, s; 1.1 where no two foot strikes are known."""
    steps = np.concatenate([np.diff(one.strikes(side)) for side in SIDES])
    steps = steps[(steps > SHORTEST) & (steps < LONGEST)]
    return float(np.median(steps)) if len(steps) else 1.1


def stride_lags(one: Seen) -> tuple[Array, Array]:
    """Time (N,) and lag (N,) in s of every stride of both legs against the mean stride; late is positive."""
    table = one.envelopes
    if table is None:
        return np.empty(0), np.empty(0)
    pairs = [pair for side in SIDES for pair in _of_leg(one, side)]
    pairs.sort()
    return np.array([time for time, _ in pairs]), np.array([lag for _, lag in pairs])


def _of_leg(one: Seen, side: Side) -> list[tuple[float, float]]:
    means, table = bursting(one, side), one.envelopes
    if not means or table is None:
        return []
    found = []
    for start, stop in pairwise(one.strikes(side).tolist()):
        if not SHORTEST < stop - start < LONGEST or start < table.time[0] or stop > table.time[-1]:
            continue
        at = start + (stop - start) * np.arange(STEP) / STEP
        curves = [(np.interp(at, table.time, table.column(site)), mean) for site, mean in means.items()]
        found.append((start, (stop - start) * _lag(curves)))
    return found


def _lag(curves: list[tuple[Array, Array]]) -> float:
    """The shift, as a share of the cycle, at which the curves of a stride together fit the mean ones best."""
    shifts = np.arange(-REACH, REACH + 1)
    fits = [float(np.mean([together(np.roll(curve, -k), mean) for curve, mean in curves])) for k in shifts]
    best = int(np.clip(np.argmax(fits), 1, len(fits) - 2))
    before, top, after = fits[best - 1 : best + 2]
    bend = before - 2 * top + after
    between = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(shifts[best] + np.clip(between, -1, 1)) / STEP
