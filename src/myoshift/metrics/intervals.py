"""How often intervals hold what was measured, and how wide they are. Per muscle, sums first, the ratio last."""

from __future__ import annotations

import numpy as np

from myoshift.metrics.sums import over
from myoshift.types import Array


def coverage(low: Array, high: Array, measured: Array) -> Array:
    """(M,) share of the measured frames (T, M) within their intervals, ends included.

    Frames without a measurement or without an interval (NaN) are left out; a muscle without any frame is NaN.
    """
    low, high, measured = (np.asarray(each, float) for each in (low, high, measured))
    there = np.isfinite(measured) & ~np.isnan(low) & ~np.isnan(high)
    held = there & (measured >= low) & (measured <= high)
    return over(held.sum(axis=0), there.sum(axis=0))


def width(low: Array, high: Array) -> Array:
    """(M,) mean width of intervals (T, M), in their unit; frames without one (NaN) are left out."""
    wide = np.asarray(high, float) - np.asarray(low, float)
    there = ~np.isnan(wide)
    return over(np.where(there, wide, 0.0).sum(axis=0), there.sum(axis=0))
