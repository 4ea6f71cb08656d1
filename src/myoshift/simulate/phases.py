"""Gait as posture sees it: the running phase of each leg, and whether a leg walks or runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from myoshift import signal
from myoshift.anatomy.tables import other
from myoshift.signal.events import LONGEST, SHORTEST
from myoshift.simulate.curves import Gait
from myoshift.simulate.model import SIDES
from myoshift.types import Array, Side

Indices = NDArray[np.intp]

KNEE_PEAK = {"walk": 0.73, "run": 0.70}
RUNNING = np.radians(80)  # largest knee flexion in swing: 60 to 70 deg walking, 90 and more running (Novacheck 1998)
BEARING = {"walk": (0.12, 0.50, 0.62), "run": (0.14, 0.24, 0.33)}
"""Gait phases at which a foot that struck at 0 bears all, begins to yield, and leaves the ground."""
SEEN = 0.5  # least share of frames with a phase for a motion to be gait


@dataclass(frozen=True, kw_only=True, eq=False)
class Cycles:
    """Running gait phase (T,) of each leg, in cycles: whole numbers are foot strikes."""

    gait: Gait
    phase: Mapping[Side, Array]

    def frames(self, part: slice) -> Cycles:
        """These frames alone."""
        return Cycles(gait=self.gait, phase={side: phase[part] for side, phase in self.phase.items()})

    def frequency(self, rate: float) -> float:
        """Cycles per second, the mean of the whole motion."""
        phase = self.phase["r"]
        return float(phase[-1] - phase[0]) * rate / (len(phase) - 1)

    def bearing(self) -> Array:
        """(T, 2) share of the body's weight that the right and the left foot bear, 0 in flight."""
        rise, fall, off = BEARING[self.gait]
        phase = np.mod(np.stack([self.phase[side] for side in SIDES], axis=1), 1.0)
        out: Array = np.interp(phase, [0.0, rise, fall, off], [0.0, 1.0, 1.0, 0.0])
        return out


def cycles(hip: Mapping[Side, Array], knee: Mapping[Side, Array], rate: float) -> Cycles | None:
    """The gait cycles of a motion from the hip or, where a leg has none, the knee angles (T,), rad; None if no gait.

    The leg that was not measured is half a cycle after the other one.
    """
    gait: Gait = "run" if any(np.max(angle) > RUNNING for angle in knee.values()) else "walk"
    found = {}
    for side in SIDES:
        phase = _running(signal.phase_from_hip(hip[side], rate)) if side in hip else None
        if phase is None and side in knee:
            phase = _from_knee(knee[side], rate, gait)
        if phase is not None:
            found[side] = phase
    if not found:
        return None
    for side in SIDES:
        if side not in found:
            found[side] = found[other(side)] + 0.5
    return Cycles(gait=gait, phase=found)


def _running(phase: Array) -> Array | None:
    """The phase without its jumps back to 0, going on straight where it is unknown."""
    there = np.flatnonzero(np.isfinite(phase))
    if len(there) < SEEN * len(phase) or len(there) < 2:
        return None
    return _straight(len(phase), there, np.unwrap(phase[there], period=1.0))


def _from_knee(knee: Array, rate: float, gait: Gait) -> Array | None:
    """Anchors at the largest flexion of each swing."""
    low, high = np.percentile(knee, [5, 95])
    peaks, _ = find_peaks(knee, distance=max(1.0, 0.8 * SHORTEST * rate), prominence=0.5 * (high - low))
    if len(peaks) < 2:
        return None
    length = np.diff(peaks) / rate
    if np.mean((length >= SHORTEST) & (length <= LONGEST)) < SEEN:
        return None
    return _straight(len(knee), peaks, KNEE_PEAK[gait] + np.arange(float(len(peaks))))


def _straight(count: int, known: Indices, values: Array) -> Array:
    """Values at the frames 0 to `count` from those at the `known` ones, going on straight beyond both ends."""
    x = np.arange(count)
    inside = np.interp(x, known, values)
    first = (values[1] - values[0]) / (known[1] - known[0])
    last = (values[-1] - values[-2]) / (known[-1] - known[-2])
    inside = np.where(x < known[0], values[0] + first * (x - known[0]), inside)
    return np.where(x > known[-1], values[-1] + last * (x - known[-1]), inside)


def half_a_cycle_later(curve: Array, phase: Array) -> Array:
    """The curve (T,) of the other leg of a gait: what this leg does half a cycle before and after, between the two.

    Near the ends only one of the two was seen; a motion of less than one cycle is continued by its harmonics.
    """
    before, after = (np.interp(phase + shift, phase, curve) for shift in (-0.5, 0.5))
    seen_before = np.clip(phase - 0.5 - phase[0], 0.0, 0.25)
    seen_after = np.clip(phase[-1] - phase - 0.5, 0.0, 0.25)
    total = seen_before + seen_after
    fallback = _harmonics(phase) @ np.linalg.lstsq(_harmonics(phase + 0.5), curve, rcond=None)[0]
    mixed = (seen_before * before + seen_after * after) / np.where(total > 0, total, 1.0)
    weight = np.clip(total / 0.05, 0.0, 1.0)
    out: Array = weight * mixed + (1.0 - weight) * fallback
    return out


def _harmonics(phase: Array, order: int = 5) -> Array:
    angle = 2 * np.pi * phase[:, None] * np.arange(1, order + 1)
    return np.hstack([np.ones((len(phase), 1)), np.cos(angle), np.sin(angle)])
