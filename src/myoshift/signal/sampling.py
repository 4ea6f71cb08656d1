"""Changing the sampling rate without aliasing and without inventing samples in gaps.

Polyphase filtering (scipy `resample_poly`, Kaiser window) block by block; block edges are padded by odd reflection.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import resample_poly

from myoshift.errors import DataRefused
from myoshift.signal.blocks import alike, blocks
from myoshift.types import Array

HALF_WIDTH = 10  # taps of `resample_poly` on each side, in samples of the lower rate
WINDOW = ("kaiser", 8.0)  # 80 dB; ripple below 1e-4, where scipy's own window leaves 1e-3


def resample(values: Array, rate: float, target: float) -> Array:
    """Resample (T, C) from `rate` to `target` Hz. Sample k of the result lies k / target seconds after the first.

    Returns
    -------
    (T', C) with T' = floor((T - 1) target / rate) + 1: the result never reaches beyond the last sample. NaN where a
    sample falls into a gap.

    Raises
    ------
    DataRefused
        When a rate is not positive, or no fraction below 1000/1000 gives their ratio.
    """
    up, down = _ratio(rate, target)
    if up == down:
        return values.copy()
    out = np.full(((len(values) - 1) * up // down + 1, values.shape[1]), np.nan)
    for columns, present in alike(np.isfinite(values)):
        for start, stop in blocks(present):
            first, piece = _polyphase(values[start:stop, columns], start, up, down)
            out[first : first + len(piece), columns] = piece
    return out


def regrid(time: Array, values: Array, grid: Array, *, gap: float = 0.05) -> Array:
    """Values (T, C) at irregular times (T,), on the uniform `grid` (N,) in seconds.

    Each column is interpolated by a cubic spline on a multiple of the grid's rate that is no lower than its own,
    then decimated without aliasing. NaN outside the data, and wherever two samples are further apart than `gap`
    seconds and than twice the median step.

    Raises
    ------
    DataRefused
        When there are fewer than two samples or two grid points.
    """
    if len(time) < 2 or len(grid) < 2:
        raise DataRefused(
            "too few samples to put on a grid", why=f"{len(time)} samples, {len(grid)} grid points, 2 needed of each"
        )
    out = np.full((len(grid), values.shape[1]), np.nan)
    step = float(np.median(np.diff(time)))
    target = 1.0 / float(np.median(np.diff(grid)))
    finer = max(1, int(np.ceil(1.0 / (step * target) - 1e-6)))
    margin = HALF_WIDTH + 2  # grid points more on both sides, so that the filter sees the data beyond the grid
    fine = grid[0] + (np.arange((len(grid) - 1 + 2 * margin) * finer + 1) / finer - margin) / target
    for columns, present in alike(np.isfinite(values)):
        dense = _interpolate(time[present], values[np.ix_(present, columns)], fine, max(gap, 2 * step))
        out[:, columns] = resample(dense, target * finer, target)[margin : margin + len(grid)]
    return out


def _interpolate(time: Array, values: Array, grid: Array, gap: float) -> Array:
    """Cubic spline through each piece of the data without a step above `gap`; NaN elsewhere."""
    out = np.full((len(grid), values.shape[1]), np.nan)
    cuts = np.flatnonzero(np.diff(time) > gap) + 1
    for piece in np.split(np.arange(len(time)), cuts):
        if len(piece) < 2:
            continue
        slack = 1e-6 * (time[piece[1]] - time[piece[0]])
        inside = (grid >= time[piece[0]] - slack) & (grid <= time[piece[-1]] + slack)
        out[inside] = CubicSpline(time[piece], values[piece])(grid[inside])
    return out


def _ratio(rate: float, target: float) -> tuple[int, int]:
    if not (rate > 0 and target > 0):
        raise DataRefused("no sampling rate", why=f"from {rate:g} Hz to {target:g} Hz", mend="state both rates in Hz")
    ratio = Fraction(target / rate).limit_denominator(1000)
    if abs(float(ratio) - target / rate) > 1e-6 * target / rate:
        raise DataRefused(
            "sampling rates have no simple ratio",
            why=f"{target:g} / {rate:g} is no fraction with a denominator up to 1000",
            mend="use `regrid` with time stamps",
        )
    return ratio.numerator, ratio.denominator


def _polyphase(block: Array, start: int, up: int, down: int) -> tuple[int, Array]:
    """One block that begins at input sample `start`: index of its first output sample, and the output (n, c)."""
    margin = HALF_WIDTH * max(up, down) // up + 2
    before = margin + (start - margin) % down  # so that the padded block begins on an output sample
    first, last = -(-start * up // down), (start + len(block) - 1) * up // down
    around = ((before, margin), (0, 0))
    padded = np.pad(block, around, "reflect", reflect_type="odd") if len(block) > 1 else np.pad(block, around, "edge")
    offset = first - (start - before) * up // down
    return first, resample_poly(padded, up, down, axis=0, window=WINDOW)[offset : offset + last - first + 1]
