"""Whether a prediction could be an activation at all: within its bounds, no faster than muscles are.

Shares of the frames (or steps) that both the prediction and the measurement have, so that all scores of a muscle are
of the same frames; the values of the measurement do not matter.
"""

from __future__ import annotations

import numpy as np

from myoshift.metrics.sums import over
from myoshift.types import Array, Mask

RISE, DECAY = 0.015, 0.060
"""s; time constants of activation and deactivation (De Groote et al. 2016, doi 10.1007/s10439-016-1591-9)."""


def below_zero(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Share of the frames whose prediction is negative."""
    there = _both(predicted, measured)
    return _share(there & (np.asarray(predicted, float) < 0.0), there)


def above_one(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Share of the frames whose prediction is above 1.

    In units of a 95th percentile a twentieth of the measured frames is, too; above that it is the prediction's doing.
    """
    there = _both(predicted, measured)
    return _share(there & (np.asarray(predicted, float) > 1.0), there)


def too_fast(predicted: Array, measured: Array, rate: float) -> Array:
    """Share of the steps outside [-1 / 60 ms, 1 / 15 ms]: -16.7 to 66.7 per second.

    A bound on the derivative that simulations of movement use, tighter than what first-order activation dynamics
    allow at their extremes (-33 to 133 per second). NaN for a muscle without two frames in a row.
    """
    p, there = np.asarray(predicted, float), _both(predicted, measured)
    pairs = there[1:] & there[:-1]
    speed = np.where(pairs, np.diff(np.where(there, p, 0.0), axis=0), 0.0) * rate
    return _share(pairs & ((speed < -1.0 / DECAY) | (speed > 1.0 / RISE)), pairs)


def _both(predicted: Array, measured: Array) -> Mask:
    there: Mask = np.isfinite(np.asarray(predicted, float)) & np.isfinite(np.asarray(measured, float))
    return there


def _share(those: Mask, of: Mask) -> Array:
    return over(those.sum(axis=0), of.sum(axis=0))
