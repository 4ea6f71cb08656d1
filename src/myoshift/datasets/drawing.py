"""Curves as SVG paths in a box 1000 wide and 100 high, at most 1,000 points each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from myoshift.types import Array, Mask

WIDE, HIGH = 1000.0, 100.0
MOST_POINTS = 1000


def curve(values: Array, low: float, high: float) -> str:
    """A line through (T,) evenly spaced values, `low` at the bottom and `high` at the top; broken at NaN.

    With more than 1,000 samples the smallest and the largest of each bin are drawn, so that no peak is lost.
    """
    if len(values) <= MOST_POINTS:
        return _path(np.arange(len(values), dtype=float), values, len(values) - 1, low, high)
    bins = MOST_POINTS // 2
    edges = np.linspace(0, len(values), bins + 1).astype(int)[:-1]
    there = np.isfinite(values)
    least = np.minimum.reduceat(np.where(there, values, np.inf), edges)
    most = np.maximum.reduceat(np.where(there, values, -np.inf), edges)
    both = np.stack([least, most], axis=1).ravel()
    return _path(np.repeat(np.arange(bins) + 0.5, 2), np.where(np.isfinite(both), both, np.nan), bins, low, high)


def height(value: float, low: float, high: float) -> float:
    """Where a value stands in the box, kept within it."""
    share = (value - low) / (high - low) if high > low else 0.5
    return round(float(HIGH * (1 - np.clip(share, 0, 1))), 2)


def spans(present: Mask) -> list[tuple[float, float]]:
    """Left edge and width of every stretch of True in (T,), at most 500 of them: shorter holes are closed first."""
    bins = min(len(present), MOST_POINTS // 2)
    edges = np.linspace(0, len(present), bins + 1).astype(int)[:-1]
    seen = np.logical_and.reduceat(present, edges) if bins else present
    turns = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(int)))
    scale = WIDE / max(bins, 1)
    return [(round(a * scale, 1), round((b - a) * scale, 1)) for a, b in turns.reshape(-1, 2).tolist()]


def limits(values: Array) -> tuple[float, float]:
    """Smallest and largest present value with a twentieth of air around them."""
    there = values[np.isfinite(values)]
    if not len(there):
        return 0.0, 1.0
    low, high = float(there.min()), float(there.max())
    air = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return low - air, high + air


def _path(places: Array, values: Array, last: float, low: float, high: float) -> str:
    across = WIDE * places / max(last, 1)
    down = HIGH * (high - values) / (high - low) if high > low else np.full(len(values), HIGH / 2)
    return " ".join(_steps(across, down))


def _steps(across: Array, down: Array) -> Iterable[str]:
    pen = "M"
    for x, y in zip(across.tolist(), down.tolist(), strict=True):
        if np.isnan(y):
            pen = "M"
            continue
        yield f"{pen}{x:.1f} {y:.1f}"
        pen = "L"
