"""How the pelvis moves over feet that rest on the ground.

The lowest points of the feet carry the body: they do not move. Running has flights between the contacts, in which the
body falls freely.
"""

from __future__ import annotations

import numpy as np

from myoshift import signal
from myoshift.types import Array, Mask

SOFT = 0.01  # m: points that are higher than the lowest one by this carry little
CUTOFF = 6.0  # Hz, of the pelvis, as motion is filtered
GRAVITY = 9.81


def root(points: Array, rate: float, aloft: Mask | None = None) -> Array:
    """Translation (T, 3) in m that keeps the lowest points of the feet where they are, at the height 0.

    Parameters
    ----------
    points : (T, K, 3) of the feet, in a frame that turns with the ground but moves with the pelvis
    aloft : (T,) where no foot is on the ground; None for never
    """
    height = points[..., 1]
    weight = np.exp(-(height - height.min(axis=1, keepdims=True)) / SOFT)
    weight /= weight.sum(axis=1, keepdims=True)
    velocity = -(np.gradient(points, 1 / rate, axis=0) * weight[..., None]).sum(axis=1)
    vertical = -(height * weight).sum(axis=1)
    if aloft is not None and aloft.any() and not aloft.all():
        velocity = _across(velocity, aloft)
        vertical = _falling(vertical, aloft, rate)
    travelled = np.cumsum(velocity, axis=0) / rate
    travelled[:, 1] = vertical
    return _smooth(travelled - travelled[0] * np.array([1.0, 0.0, 1.0]), rate)


def _across(values: Array, aloft: Mask) -> Array:
    """Columns (T, C) with straight lines where the body is aloft."""
    x, down = np.arange(len(values)), np.flatnonzero(~aloft)
    return np.stack([np.interp(x, down, column[down]) for column in values.T], axis=1)


def _falling(height: Array, aloft: Mask, rate: float) -> Array:
    """Height (T,) with the parabola of free fall between two contacts."""
    out = _across(height[:, None], aloft)[:, 0]
    edges = np.flatnonzero(np.diff(np.r_[False, aloft, False].astype(int)))
    for start, stop in edges.reshape(-1, 2):
        if start == 0 or stop == len(height):
            continue
        time = (np.arange(start, stop) - start + 1) / rate
        out[start:stop] += GRAVITY / 2 * time * ((stop - start + 1) / rate - time)
    return out


def _smooth(values: Array, rate: float) -> Array:
    """Low-passed without bending the ends: the straight line through first and last frame is set aside."""
    line = np.linspace(values[0], values[-1], len(values))
    smooth: Array = signal.lowpass(values - line, rate, min(CUTOFF, 0.4 * rate)) + line
    return smooth
