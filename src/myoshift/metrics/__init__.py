"""Scores of a predicted against a measured envelope, per muscle.

Every metric is a function of predictions (T, M), measurements (T, M) and their rate in Hz (needed for times only)
that gives (M,). Sums over the samples that both have come first, the ratio last. A muscle that was not measured or is
silent has no score: NaN. Not among the scores, as they take something else: `coverage` and `width` of intervals,
`phase_errors` by part of the gait cycle, `falconer_winter` and `rudolph` of pairs of muscles, `bursts` of one signal.
"""

from myoshift.metrics.bursts import (
    Timing,
    bursts,
    offset_bias,
    offset_error,
    onset_bias,
    onset_error,
    onsets,
    onsets_extra,
    onsets_missed,
    timing,
)
from myoshift.metrics.co_activation import falconer_winter, rudolph
from myoshift.metrics.intervals import coverage, width
from myoshift.metrics.phases import PhaseErrors, phase_errors
from myoshift.metrics.plausibility import above_one, below_zero, too_fast
from myoshift.metrics.scores import (
    ccc,
    lag,
    mae,
    nrmse,
    nrmse_mean,
    nrmse_sd,
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
    "PhaseErrors",
    "Timing",
    "above_one",
    "below_zero",
    "bursts",
    "ccc",
    "coverage",
    "falconer_winter",
    "lag",
    "mae",
    "nrmse",
    "nrmse_mean",
    "nrmse_sd",
    "offset_bias",
    "offset_error",
    "onset_bias",
    "onset_error",
    "onsets",
    "onsets_extra",
    "onsets_missed",
    "phase_errors",
    "r",
    "r2",
    "r_best",
    "rmse",
    "rudolph",
    "score",
    "smape",
    "timing",
    "too_fast",
    "vaf",
    "variance_ratio",
    "width",
]
