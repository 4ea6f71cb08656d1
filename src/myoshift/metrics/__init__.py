"""Scores of a predicted against a measured envelope, per muscle.

Every metric is a function of predictions (T, M), measurements (T, M) and their rate in Hz (needed for lags only) that
gives (M,). Sums over the samples that both have come first, the ratio last. A muscle that was not measured or is
silent has no score: NaN. `coverage` and `width` are of intervals, and not among the scores.
"""

from myoshift.metrics.intervals import coverage, width
from myoshift.metrics.scores import (
    lag,
    nrmse,
    r,
    r2,
    r_best,
    rmse,
    score,
    smape,
    vaf,
    variance_ratio,
)

__all__ = [
    "coverage",
    "lag",
    "nrmse",
    "r",
    "r2",
    "r_best",
    "rmse",
    "score",
    "smape",
    "vaf",
    "variance_ratio",
    "width",
]
