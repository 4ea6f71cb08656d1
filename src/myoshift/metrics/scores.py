"""The nine scores. Sums over the valid samples first, the ratio last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from myoshift.types import Array, Mask

SILENT = 1e-6  # SD below this share of the channel's own full scale: constant
FLAT = 0.01  # range below this share of full scale: no range to divide by
MAX_LAG = 0.15  # s


def score(predicted: Array, measured: Array, rate: float) -> dict[str, Array]:
    """All scores of (T, M) predictions against (T, M) measurements: name to (M,).

    NaN in either one leaves the sample out. Rows of NaN between concatenated recordings keep lags from reaching
    across. `rate` in Hz is only needed for the lags.
    """
    p, y = np.asarray(predicted, float), np.asarray(measured, float)
    best, late = _best(p, y, rate)
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
    }


def r(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Pearson correlation at lag 0.

    A constant prediction of an active muscle explains nothing: 0. A silent measurement cannot be correlated: NaN.
    """
    return _pearson(_moments(predicted, measured))


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
    p, y, there = _valid(predicted, measured)
    return np.sqrt(_over(((p - y) ** 2).sum(axis=0), there.sum(axis=0)))


def nrmse(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """RMSE over the range of the measurement; NaN where that range is below 1 % of its full scale."""
    _, y, there = _valid(predicted, measured)
    highest = np.where(there, y, -np.inf).max(axis=0, initial=-np.inf)
    lowest = np.where(there, y, np.inf).min(axis=0, initial=np.inf)
    extent = np.where(highest - lowest > FLAT * np.abs(y).max(axis=0, initial=0.0), highest - lowest, 0.0)
    return _over(rmse(predicted, measured), extent)


def r2(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Coefficient of determination, 1 - SS_residual / SS_total; negative for a prediction worse than the mean."""
    p, y, _ = _valid(predicted, measured)
    return 1.0 - _over(((p - y) ** 2).sum(axis=0), _moments(predicted, measured).yy)


def vaf(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Variance accounted for, uncentred: 1 - sum (y - p)^2 / sum y^2."""
    p, y, _ = _valid(predicted, measured)
    return 1.0 - _over(((p - y) ** 2).sum(axis=0), (y * y).sum(axis=0))


def smape(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Symmetric mean absolute percentage error, 0 to 200 %: unstable for muscles that are mostly silent."""
    p, y, there = _valid(predicted, measured)
    full = np.abs(y).max(axis=0, initial=0.0)
    relative = _over(2.0 * np.abs(p - y), np.abs(p) + np.abs(y) + 1e-3 * full)
    return 100.0 * _over(np.nansum(np.where(there, relative, 0.0), axis=0), there.sum(axis=0))


def variance_ratio(predicted: Array, measured: Array, rate: float = np.nan) -> Array:
    """Variance of the prediction over that of the measurement: below 0.25 the prediction has collapsed."""
    sums = _moments(predicted, measured)
    return _over(sums.pp, sums.yy)


class _Moments(NamedTuple):
    """Sums over the valid samples of each muscle, (M,), about the means; 0 for a constant signal."""

    n: Array
    pp: Array
    yy: Array
    py: Array


def _valid(predicted: Array, measured: Array) -> tuple[Array, Array, Mask]:
    """Both signals with 0 where either is missing, and where both are there."""
    p, y = np.asarray(predicted, float), np.asarray(measured, float)
    there: Mask = np.isfinite(p) & np.isfinite(y)
    return np.where(there, p, 0.0), np.where(there, y, 0.0), there


def _moments(predicted: Array, measured: Array) -> _Moments:
    p, y, there = _valid(predicted, measured)
    n = there.sum(axis=0).astype(float)
    dp, dy = _centred(p, there, n), _centred(y, there, n)
    return _Moments(n, (dp * dp).sum(axis=0), (dy * dy).sum(axis=0), (dp * dy).sum(axis=0))


def _centred(values: Array, there: Mask, n: Array) -> Array:
    """Values about their mean; 0 throughout where the signal is constant but for rounding."""
    about = np.where(there, values - _over(values.sum(axis=0), n), 0.0)
    spread, scale = np.sqrt(_over((about * about).sum(axis=0), n)), np.abs(values).max(axis=0, initial=0.0)
    return np.where(spread > SILENT * scale, about, 0.0)


def _pearson(sums: _Moments) -> Array:
    correlation = _over(sums.py, np.sqrt(sums.pp) * np.sqrt(sums.yy))
    return np.where((sums.pp == 0) & (sums.yy > 0), 0.0, np.clip(correlation, -1.0, 1.0))


def _best(predicted: Array, measured: Array, rate: float) -> tuple[Array, Array]:
    """`r_best` and `lag` of each muscle, (M,) each. Lags that lose more than half of the samples do not count."""
    reach = max(0, min(int(MAX_LAG * rate + 1e-9), len(predicted) - 1))
    scans = [_moments(*_shifted(predicted, measured, k)) for k in range(-reach, reach + 1)]
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
    offset = _over(before - after, 2.0 * (before - 2.0 * top + after))
    usable = (peak == inner) & np.isfinite(offset) & (np.abs(offset) <= 0.5)
    return np.where(usable, offset, 0.0)


def _over(a: Array, b: Array) -> Array:
    """A / b, NaN where b is 0 (or NaN)."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    ratio: Array = np.divide(a, b, out=np.full(a.shape, np.nan), where=b != 0)
    return ratio
