"""How the pelvis moves over feet that rest on the ground.

The lowest points of the feet carry the body: they do not move. Running has flights between the contacts, in which the
body falls freely.
"""

from __future__ import annotations

import numpy as np

from myoshift import signal
from myoshift.types import Array, Mask

SOFT = 0.02  # m: points of a foot that are higher than its lowest one by this carry little
HIGH = 0.03  # m: the same between the two feet
ALOFT, FIRM = 0.02, 0.5
GRAVITY = 9.81


def root(points: Array, rate: float, cutoff: tuple[float, ...], bearing: Array | None = None) -> Array:
    """Translation (T, 3) in m that keeps the lowest points of the bearing feet where they are, at the height 0.

    Parameters
    ----------
    points : (T, F, K, 3) of F feet, in a frame that turns with the ground but moves with the pelvis
    bearing : (T, F) share of the body that each foot bears, 0 for all while nothing does; None for the lower foot
    cutoff : Hz, low-pass of the translation along x, y and z
    """
    height = points[..., 1]
    within = _lowest(height, SOFT)
    share = _lowest(height.min(axis=2), HIGH) if bearing is None else bearing
    total = share.sum(axis=1)
    aloft: Mask = total < ALOFT
    weight = within * (share / np.where(aloft, 1.0, total)[:, None])[..., None]
    velocity = -(np.gradient(points, 1 / rate, axis=0) * weight[..., None]).sum(axis=(1, 2))
    vertical = -(height * weight).sum(axis=(1, 2))
    if aloft.any() and not aloft.all():
        velocity, vertical = _across(velocity, total < FIRM), _falling(vertical, aloft, rate)
    velocity = _smooth(velocity, rate, cutoff)
    travelled = np.cumsum(velocity, axis=0) / rate
    travelled[:, 1] = _smooth(vertical[:, None], rate, cutoff[1:2])[:, 0]
    return travelled - travelled[0] * np.array([1.0, 0.0, 1.0])


def _smooth(values: Array, rate: float, cutoff: tuple[float, ...]) -> Array:
    """Columns (T, C), each below its cut-off."""
    columns = [signal.lowpass(x[:, None], rate, below) for x, below in zip(values.T, cutoff, strict=True)]
    return np.hstack(columns)


def _lowest(height: Array, soft: float) -> Array:
    """Weights over the last axis, sum 1, of those that are hardly higher than the lowest."""
    weight = np.exp(-(height - height.min(axis=-1, keepdims=True)) / soft)
    out: Array = weight / weight.sum(axis=-1, keepdims=True)
    return out


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
