"""How well measured envelopes agree with predictions, of any output and at any lag: what channels are checked by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from myoshift.types import Array

SHARE = 0.6
"""Share of the measured frames that must have a prediction at a lag for it to count."""
CEILING = 0.95
"""Correlations above it are taken for it before they are transformed: envelopes are never that sure."""


def lags(rate: float, seconds: float) -> NDArray[np.intp]:
    """Whole frames from `-seconds` to `seconds`."""
    reach = int(np.floor(seconds * rate + 1e-9))
    return np.arange(-reach, reach + 1)


def correlations(predicted: Sequence[Array], measured: Sequence[Array], shifts: NDArray[np.intp]) -> Array:
    """Pearson's r of one channel with K predictions at L lags, (L, K): `measured(t)` with `predicted(t + lag)`.

    Pieces are pooled, with one mean of each signal for all of them. NaN where a prediction is constant, or there for
    less than `SHARE` of the measured frames.

    Parameters
    ----------
    predicted : pieces (T_i, K), NaN where there is none
    measured : pieces (T_i,), NaN where there is none
    shifts : (L,) frames; a positive one means that the prediction comes after the EMG
    """
    sums = np.zeros((6, len(shifts), predicted[0].shape[1]))
    for p, y in zip(predicted, measured, strict=True):
        for i, shift in enumerate(shifts):
            sums[:, i] += _sums(_moved(p, int(shift)), y)
    n, sy, sp, yy, pp, yp = sums
    frames = sum(int(np.isfinite(each).sum()) for each in measured)
    with np.errstate(invalid="ignore", divide="ignore"):
        vy, vp = yy - sy**2 / n, pp - sp**2 / n
        r = (yp - sy * sp / n) / np.sqrt(vy * vp)
        whole = (n >= SHARE * frames) & (vy > 1e-9 * yy) & (vp > 1e-9 * pp)
    return np.where(whole, r, np.nan)


def fisher(r: Array) -> Array:
    """Fisher's transform atanh(r), of r within the ceiling."""
    return np.asarray(np.arctanh(np.clip(r, -CEILING, CEILING)))


def _moved(values: Array, shift: int) -> Array:
    """`values(t + shift)`, NaN where there is none."""
    out = np.full(values.shape, np.nan)
    if abs(shift) < len(values):
        into = slice(max(0, -shift), len(values) - max(0, shift))
        out[into] = values[max(0, shift) : len(values) - max(0, -shift)]
    return out


def _sums(p: Array, y: Array) -> Array:
    """(6, K) of the frames that both have: count, sums, sums of squares, sum of products."""
    there = np.isfinite(p) & np.isfinite(y)[:, None]
    p, y = np.where(there, p, 0.0), np.where(there, np.nan_to_num(y)[:, None], 0.0)
    return np.stack([each.sum(axis=0) for each in (there, y, p, y * y, p * p, y * p)])
