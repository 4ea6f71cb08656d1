"""All scores of a muscle at once; those of shape and amplitude. Sums over the valid samples first, the ratio last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from myoshift.metrics.bursts import timing
from myoshift.metrics.plausibility import above_one, below_zero, too_fast
from myoshift.metrics.sums import Moments, moments, over, valid
from myoshift.types import Array

FLAT = 0.01  # range below this share of full scale: no range to divide by
MAX_LAG = 0.15  # s


def score(predicted: Array, measured: Array, rate: float) -> dict[str, Array]:
    """All scores of (T, M) predictions against (T, M) measurements: name to (M,).

    NaN in either one leaves the sample out. Rows of NaN between concatenated recordings keep lags from reaching
    across. `rate` in Hz is only needed for the lags.
    """
    p, y = np.asarray(predicted, float), np.asarray(measured, float)
    best, late = _best(p, y, rate)
    events = timing(p, y, rate)
    return {
        "r": r(p, y),
        "r_best": best,
        "lag": late,
        "rmse": rmse(p, y),
        "nrmse": nrmse(p, y),
        "r2": r2(p, y),
        "vaf": vaf(p, y),
        "smape": smape(p, y),
        "variance_ratio": variance_ratio(p, y),
        "mae": mae(p, y),
        "ccc": ccc(p, y),
        "onset_bias": events.onset,
        "onset_error": events.onset_absolute,
        "offset_bias": events.offset,
        "offset_error": events.offset_absolute,
        "onsets": events.measured,
        "onsets_missed": events.missed,
        "onsets_extra": events.extra,
        "below_zero": below_zero(p, y),
        "above_one": above_one(p, y),
        "too_fast": too_fast(p, y, rate),
    }


def r(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Pearson correlation at lag 0.

    A constant prediction of an active muscle explains nothing: 0. A silent measurement cannot be correlated: NaN.
    """
    return _pearson(moments(predicted, measured))


def r_best(predicted: Array, measured: Array, rate: float) -> Array:
    """Largest Pearson correlation over whole-sample lags within +-150 ms; never below `r`."""
    return _best(predicted, measured, rate)[0]


def lag(predicted: Array, measured: Array, rate: float) -> Array:
    """Lag of `r_best` in seconds, refined by a parabola; positive when the prediction comes after the measurement.

    NaN where the measurement is silent, the prediction constant, or the rate so low that 150 ms hold no sample.
    """
    return _best(predicted, measured, rate)[1]


def rmse(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Root of the mean squared error, in the unit of the measurement."""
    p, y, there = valid(predicted, measured)
    return np.sqrt(over(((p - y) ** 2).sum(axis=0), there.sum(axis=0)))


def mae(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Mean absolute error, in the unit of the measurement."""
    p, y, there = valid(predicted, measured)
    return over(np.abs(p - y).sum(axis=0), there.sum(axis=0))


def nrmse(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """RMSE over the range of the measurement; NaN where that range is below 1 % of its full scale."""
    _, y, there = valid(predicted, measured)
    highest = np.where(there, y, -np.inf).max(axis=0, initial=-np.inf)
    lowest = np.where(there, y, np.inf).min(axis=0, initial=np.inf)
    return over(rmse(predicted, measured), _loud(highest - lowest, y))


def nrmse_sd(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """RMSE over the standard deviation of the measurement; NaN where that is below 1 % of its full scale."""
    sums, y = moments(predicted, measured), valid(predicted, measured)[1]
    return over(rmse(predicted, measured), _loud(np.sqrt(over(sums.yy, sums.n)), y))


def nrmse_mean(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """RMSE over the mean of the measurement; NaN where that is below 1 % of its full scale."""
    _, y, there = valid(predicted, measured)
    return over(rmse(predicted, measured), _loud(over(y.sum(axis=0), there.sum(axis=0)), y))


def _loud(extent: Array, y: Array) -> Array:
    """An extent (M,) to divide by, 0 where it is small beside the full scale of the measurement (T, M)."""
    return np.where(extent > FLAT * np.abs(y).max(axis=0, initial=0.0), extent, 0.0)


def r2(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Coefficient of determination, 1 - SS_residual / SS_total; negative for a prediction worse than the mean."""
    p, y, _ = valid(predicted, measured)
    return 1.0 - over(((p - y) ** 2).sum(axis=0), moments(predicted, measured).yy)


def vaf(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Variance accounted for, uncentred: 1 - sum (y - p)^2 / sum y^2."""
    p, y, _ = valid(predicted, measured)
    return 1.0 - over(((p - y) ** 2).sum(axis=0), (y * y).sum(axis=0))


def smape(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Symmetric mean absolute percentage error, 0 to 200 %: unstable for muscles that are mostly silent."""
    p, y, there = valid(predicted, measured)
    full = np.abs(y).max(axis=0, initial=0.0)
    relative = over(2.0 * np.abs(p - y), np.abs(p) + np.abs(y) + 1e-3 * full)
    return 100.0 * over(np.nansum(np.where(there, relative, 0.0), axis=0), there.sum(axis=0))


def variance_ratio(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Variance of the prediction over that of the measurement: below 0.25 the prediction has collapsed."""
    sums = moments(predicted, measured)
    return over(sums.pp, sums.yy)


def ccc(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Concordance: 2 cov / (var p + var y + (mean p - mean y)^2), correlation with amplitude and level counted in.

    Lin 1989 (doi 10.2307/2532051), with variances over n. NaN where both are constant and equal, or y is not there.
    """
    sums = moments(predicted, measured)
    p, y, _ = valid(predicted, measured)
    apart = over((p - y).sum(axis=0), sums.n)
    return over(2.0 * sums.py, sums.pp + sums.yy + sums.n * apart**2)


def _pearson(sums: Moments) -> Array:
    correlation = over(sums.py, np.sqrt(sums.pp) * np.sqrt(sums.yy))
    return np.where((sums.pp == 0) & (sums.yy > 0), 0.0, np.clip(correlation, -1.0, 1.0))


def _best(predicted: Array, measured: Array, rate: float) -> tuple[Array, Array]:
    """`r_best` and `lag` of each muscle, (M,) each. Lags that lose more than half of the samples do not count."""
    reach = max(0, min(int(MAX_LAG * rate + 1e-9), len(predicted) - 1))
    scans = [moments(*_shifted(predicted, measured, k)) for k in range(-reach, reach + 1)]
    here = scans[reach]
    curve = np.stack([np.where(sums.n >= here.n / 2, _pearson(sums), np.nan) for sums in scans])
    peak = np.where(np.isfinite(curve), curve, -np.inf).argmax(axis=0)
    silent, constant = here.yy == 0, here.pp == 0
    best = np.where(silent, np.nan, np.take_along_axis(curve, peak[None], axis=0)[0])
    late = np.where(silent | constant | (reach == 0), np.nan, (peak - reach + _vertex(curve, peak)) / rate)
    return best, late


def _shifted(predicted: Array, measured: Array, k: int) -> tuple[Array, Array]:
    """Prediction at t beside the measurement at t - k."""
    if k >= 0:
        return predicted[k:], measured[: len(measured) - k]
    return predicted[:k], measured[-k:]


def _vertex(curve: Array, peak: NDArray[np.intp]) -> Array:
    """Where a parabola through the peak and its neighbours has its top, in samples from the peak; 0 at the ends."""
    if len(curve) < 3:
        return np.zeros(len(peak))
    inner = np.clip(peak, 1, len(curve) - 2)
    before, top, after = (np.take_along_axis(curve, (inner + d)[None], axis=0)[0] for d in (-1, 0, 1))
    offset = over(before - after, 2.0 * (before - 2.0 * top + after))
    usable = (peak == inner) & np.isfinite(offset) & (np.abs(offset) <= 0.5)
    return np.where(usable, offset, 0.0)
