"""How the pelvis moves over feet that rest on the ground.

The lowest points of the feet carry the body: they do not move. Running has flights between the contacts, in which the
body falls freely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myoshift.types import Array, Mask

SOFT = 0.02  # m: points of a foot that are higher than its lowest one by this carry little
HIGH = 0.03  # m: the same between the two feet
ALOFT = 0.02  # share of the body borne below which it flies
FIRM = 0.5  # share from which a foot rests: it slides while it lands and leaves
GRAVITY = 9.81


@dataclass(frozen=True, kw_only=True, eq=False)
class Support:
    """What feet at rest say of the centre of mass: velocity (T, 3) in m/s, and height (T,) above the ground in m."""

    velocity: Array
    height: Array


def support(points: Array, centre: Array, rate: float, bearing: Array | None = None) -> Support:
    """How the centre of mass moves if the lowest points of the bearing feet stay where they are, at the height 0.

    Parameters
    ----------
    points : (T, F, K, 3) of F feet, in a frame that turns with the ground but moves with the pelvis
    centre : (T, 3) of mass, in the same frame
    bearing : (T, F) share of the body that each foot bears, 0 for all in flight; None for the lower foot
    """
    height = points[..., 1]
    share = lowest(height.min(axis=2)) if bearing is None else bearing
    total = share.sum(axis=1)
    aloft: Mask = total < ALOFT
    weight = lowest(height, SOFT) * (share / np.where(aloft, 1.0, total)[:, None])[..., None]
    lever = centre[:, None, None] - points
    velocity = (np.gradient(lever, 1 / rate, axis=0) * weight[..., None]).sum(axis=(1, 2))
    vertical = (lever[..., 1] * weight).sum(axis=(1, 2))
    if aloft.any() and (total >= FIRM).any():
        velocity, vertical = _across(velocity, total < FIRM), _falling(vertical, aloft, rate)
    return Support(velocity=velocity, height=vertical)


def lowest(height: Array, soft: float = HIGH) -> Array:
    """Weights over the last axis, sum 1, of those that are hardly higher than the lowest."""
    weight = np.exp(-(height - height.min(axis=-1, keepdims=True)) / soft)
    out: Array = weight / weight.sum(axis=-1, keepdims=True)
    return out


def _across(values: Array, gap: Mask) -> Array:
    """Columns (T, C) with straight lines across the gaps."""
    x, there = np.arange(len(values)), np.flatnonzero(~gap)
    return np.stack([np.interp(x, there, column[there]) for column in values.T], axis=1)


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
