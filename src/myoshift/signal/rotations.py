"""Rotations at another rate: along the shortest turn between two samples, never number by number."""

from __future__ import annotations

import numpy as np

from myoshift.errors import DataRefused
from myoshift.types import Array


def resample_rotations(rotations: Array, rate: float, target: float) -> Array:
    """Axis-angle (T, ..., 3) in rad from `rate` to `target` Hz, by spherical interpolation (Shoemake 1985).

    Sample k of the result lies k / target seconds after the first, as in `resample`; the result never reaches beyond
    the last sample. NaN beside a sample that is NaN. Going down, nothing is filtered: low-pass the angles that come
    of it where the motion is faster than half the new rate.

    Raises
    ------
    DataRefused
        When a rate is not positive, or there are no samples.
    """
    if not (rate > 0 and target > 0) or not len(rotations):
        raise DataRefused(
            "rotations without samples or without a rate",
            why=f"{len(rotations)} samples, from {rate:g} Hz to {target:g} Hz",
            mend="state both rates in Hz",
        )
    place = np.arange(int(np.floor((len(rotations) - 1) * target / rate + 1e-6)) + 1) * (rate / target)
    before = np.minimum(np.floor(place + 1e-9).astype(int), len(rotations) - 1)
    after = np.minimum(before + 1, len(rotations) - 1)
    share = np.clip(place - before, 0.0, 1.0).reshape(-1, *(1,) * (rotations.ndim - 1))
    share = np.where(share < 1e-9, 0.0, share)
    start, end = rotations[before], rotations[after]
    missing = ~(np.isfinite(start) & (np.isfinite(end) | (share == 0))).all(axis=-1)
    out = _between(np.where(missing[..., None], 0.0, start), np.where(np.isfinite(end), end, 0.0), share)
    out[missing] = np.nan
    return out


def _between(start: Array, end: Array, share: Array) -> Array:
    """The rotation that has gone `share` of the shortest way from `start` to `end`, axis-angle (..., 3)."""
    from scipy.spatial.transform import Rotation

    first, last = (Rotation.from_rotvec(each.reshape(-1, 3)) for each in (start, end))
    way = (first.inv() * last).as_rotvec().reshape(start.shape) * share
    return np.asarray((first * Rotation.from_rotvec(way.reshape(-1, 3))).as_rotvec().reshape(start.shape))
