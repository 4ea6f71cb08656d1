"""Where in the gait cycle a prediction is wrong."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from myoshift.metrics.sums import over, valid
from myoshift.types import Array

TENTHS = 10


class PhaseErrors(NamedTuple):
    """Errors by part of the cycle, (parts, M): root mean square; mean, positive when the prediction is higher."""

    rmse: Array
    bias: Array


def phase_errors(predicted: Array, measured: Array, phase: Array, parts: int = TENTHS) -> PhaseErrors:
    """Errors of (T, M) predictions in each part of the gait cycle, in the unit of the measurement.

    Parameters
    ----------
    phase : (T,) in [0, 1), NaN outside gait: such frames belong to no part
    parts : how many the cycle is cut into, equally long

    Returns
    -------
    NaN where a muscle has no frame in a part; of a signal that does not cycle, everywhere.
    """
    p, y, there = valid(predicted, measured)
    part = np.where(np.isfinite(phase), np.nan_to_num(phase) % 1.0 * parts, -1.0).astype(np.intp)
    member = (part == np.arange(parts)[:, None]).astype(float)
    count, error = member @ there, np.where(there, p - y, 0.0)
    return PhaseErrors(np.sqrt(over(member @ error**2, count)), over(member @ error, count))
