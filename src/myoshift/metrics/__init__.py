"""Scores of a predicted against a measured envelope, per muscle.

Sums over the samples that both have come first, the ratio last. Every metric is a function of predictions (T, M),
measurements (T, M) and their rate (Hz, needed for lags only) that gives (M,). Definitions and edge cases: Pearson r and R2 as in scipy and scikit-learn; a silent
measurement (SD below 1e-6, range below 0.01 of full scale where a ratio needs it) has no score (NaN).
"""

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
]
