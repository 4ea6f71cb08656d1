"""Sums over the samples that prediction and measurement both have: what every score is a ratio of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from myoshift.types import Array, Mask

SILENT = 1e-6  # SD below this share of the channel's own full scale: constant


class Moments(NamedTuple):
    """Sums over the valid samples of each muscle, (M,), about the means; 0 for a constant signal."""

    n: Array
    pp: Array
    yy: Array
    py: Array


def valid(predicted: Array, measured: Array) -> tuple[Array, Array, Mask]:
    """Both signals with 0 where either is missing, and where both are there."""
    p, y = np.asarray(predicted, float), np.asarray(measured, float)
    there: Mask = np.isfinite(p) & np.isfinite(y)
    return np.where(there, p, 0.0), np.where(there, y, 0.0), there


def moments(predicted: Array, measured: Array) -> Moments:
    """Sums of squares and products of (T, M) signals about their means."""
    p, y, there = valid(predicted, measured)
    n = there.sum(axis=0).astype(float)
    dp, dy = _centred(p, there, n), _centred(y, there, n)
    return Moments(n, (dp * dp).sum(axis=0), (dy * dy).sum(axis=0), (dp * dy).sum(axis=0))


def _centred(values: Array, there: Mask, n: Array) -> Array:
    """Values about their mean; 0 throughout where the signal is constant but for rounding."""
    about = np.where(there, values - over(values.sum(axis=0), n), 0.0)
    spread, scale = np.sqrt(over((about * about).sum(axis=0), n)), np.abs(values).max(axis=0, initial=0.0)
    return np.where(spread > SILENT * scale, about, 0.0)


def over(a: Array, b: Array) -> Array:
    """A / b, NaN where b is 0 (or NaN)."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    ratio: Array = np.divide(a, b, out=np.full(a.shape, np.nan), where=b != 0)
    return ratio
