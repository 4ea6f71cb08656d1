"""How far windows are from a reference, how far is too far, and for how long."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import stdtrit

from myoshift.types import Array, Array32

NEAREST = 5
"""Windows of the reference whose distances are averaged."""
SPAN = 17
"""Windows (5 s of motion) over which a distance must last: their median counts."""


def prediction_limit(values: Array, weight: Array, group: NDArray[np.int64], chance: float) -> float:
    """What one value of a new group exceeds with this chance, if groups are alike and normal.

    Weighted mean and SD, and Student's t for as many values as there are groups: recordings of one institution say
    little of the next (Hahn and Meeker 1991, Statistical Intervals, 4.8).
    """
    known = np.isfinite(values)
    groups = len(np.unique(group[known]))
    if groups < 2:
        return np.inf
    share = weight[known] / weight[known].sum()
    mean = share @ values[known]
    sd = np.sqrt(share @ (values[known] - mean) ** 2 * groups / (groups - 1))
    return float(mean + stdtrit(groups - 1, 1 - chance) * sd * np.sqrt(1 + 1 / groups))


def moments(windows: Array | Array32, weight: Array) -> tuple[Array, Array]:
    """Weighted mean and SD (F,) of the windows (N, F) that have each feature."""
    share = weight[:, None] * np.isfinite(windows)
    share = share / np.maximum(share.sum(axis=0), np.finfo(np.float64).tiny)
    values = np.nan_to_num(windows.astype(np.float64))
    mean = (share * values).sum(axis=0)
    sd = np.sqrt((share * (values - mean) ** 2).sum(axis=0))
    return mean, np.maximum(sd, 1e-6)


def distances(windows: Array | Array32, reference: Array32, weight: Array) -> Array:
    """(N,) root mean square difference from the nearest windows of the reference, in its SDs, mean of the nearest.

    NaN of a window that lacks a feature; a window of the reference that does is no neighbour.
    """
    mean, sd = moments(reference, weight)
    known = (reference[np.isfinite(reference).all(axis=1)] - mean) / sd
    if not known.size:
        return np.full(len(windows), np.nan)
    own = (windows - mean) / sd
    square = (own**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * own @ known.T
    nearest = np.sort(np.maximum(square, 0.0), axis=1)[:, :NEAREST]
    return np.asarray(np.sqrt(nearest / known.shape[1]).mean(axis=1))


def spans(distance: Array) -> Array:
    """Median over each span of windows; over all of them where there are fewer; empty where none is known."""
    known = np.isfinite(distance)
    if not known.any():
        return np.empty(0)
    filled = np.where(known, distance, np.median(distance[known]))
    return np.asarray(np.median(sliding_window_view(filled, min(SPAN, len(filled))), axis=1))


def lasting(distance: Array) -> float:
    """The largest distance that lasts for a span; NaN where none is known."""
    medians = spans(distance)
    return float(medians.max()) if len(medians) else np.nan
