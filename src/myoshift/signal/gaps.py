"""Short gaps of trajectories, bridged; long ones stay."""

from __future__ import annotations

import numpy as np

from myoshift.signal.blocks import blocks
from myoshift.types import Array

NEIGHBOURS = 2  # samples on each side that a bridge goes through


def bridge(values: Array, longest: int) -> Array:
    """Gaps of (T, C) of at most `longest` samples filled by the cubic through two samples before and two behind.

    A gap at the beginning or the end, a longer one, and one beside a block of a single sample stay NaN.
    """
    out = np.array(values, float)
    for column in out.T:
        missing = np.isnan(column)
        for start, stop in blocks(missing):
            around = np.r_[start - NEIGHBOURS : start, stop : stop + NEIGHBOURS]
            if (
                stop - start > longest
                or start < NEIGHBOURS
                or stop + NEIGHBOURS > len(column)
                or missing[around].any()
            ):
                continue
            scale = (around - start) / (stop - start)
            column[start:stop] = np.polyval(
                np.polyfit(scale, column[around], 2 * NEIGHBOURS - 1), np.arange(stop - start) / (stop - start)
            )
    return out
