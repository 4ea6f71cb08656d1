"""Delays between a predicted activation and measured envelopes: one common delay, each muscle its own about it.

A positive delay means that the prediction comes after the EMG: `measured(t) ~ gain predicted(t + delay) + offset`.
The posterior is exact on a grid of delays, so that intervals are as wide, lopsided or two-humped as the data leave
them. Signals that repeat fit again a cycle later; the prior, and not a bound of a quarter cycle, decides there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt

import numpy as np

from myoshift.errors import DataRefused
from myoshift.physiology.fits import Fits, scan
from myoshift.types import Array, Mask

WIDEST = 0.040
"""s; an interval wider than this tells no delay."""
SLOWEST = 1 / WIDEST
"""Hz; below it, frames are further apart than the widest interval that tells a delay."""
TOLD = 0.8
"""A muscle whose interval is wider than this share of what the others and the prior leave it says nothing itself."""
COMMON_TOLD = 0.5
"""The same of the common delay: share of the prior's interval."""
LEAST = 0.5
"""r at the best delay; a muscle that fits worse, its EMG not explained to a quarter, has no say about delays."""
RISEN = 1.92
"""Log-likelihood by which a peak at the bound must stand out (chi-squared of one, 95 %, half)."""
LEVELS = (0.025, 0.975)
TINY = 1e-300


@dataclass(frozen=True, kw_only=True)
class DelayPrior:
    """What is known of delays before any data, in seconds.

    Parameters
    ----------
    mean, sd : of the delay that all muscles of a recording share, normal within the bound
    muscle_sd : of a muscle about it, normal within the bound
    bound : the largest delay on either side of 0
    source : where the numbers come from

    Raises
    ------
    DataRefused
        When a spread is not positive or the mean lies beyond the bound.
    """

    mean: float
    sd: float
    muscle_sd: float
    bound: float = 0.150
    source: str = ""

    def __post_init__(self) -> None:
        if not (min(self.sd, self.muscle_sd, self.bound) > 0 and abs(self.mean) < self.bound):
            raise DataRefused(
                "no delay has this prior",
                why=f"mean {self.mean:g} s, SD {self.sd:g} and {self.muscle_sd:g} s, bound {self.bound:g} s",
                mend="give positive spreads, and a mean within the bound",
            )


SIMULATED = DelayPrior(
    mean=0.055,
    sd=sqrt(0.025**2 + 0.040**2),
    muscle_sd=0.035,
    source="electromechanical delay N(55, 25) ms (Begovic 2014, doi 10.3389/fphys.2014.00494: 50 ms; Vint 2001: 60 "
    "to 84 ms) plus a clock offset N(0, 40) ms; static optimisation fits the EMG of seven muscles best 0 to 110 ms "
    "earlier, SD 36 ms",
)
"""Of simulated activation, or a joint moment, against EMG."""
LEARNED = DelayPrior(
    mean=0.0,
    sd=0.035,
    muscle_sd=0.015,
    source="lags left between networks trained on other laboratories and EMG: SD 35 ms a person, 15 ms a muscle",
)
"""Of a model that was trained on EMG, against EMG."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Delays:
    """Delays (s) of M muscles with 95 % intervals.

    Parameters
    ----------
    delay, low, high : (M,) posterior mean and quantiles; of a muscle that says nothing, what the
        others and the prior say
    verdict : `identifiable`, `at its bound`, `not identifiable`, `silent`, `not predicted`, `not measured` or
        `too short`
    why : the reason for each verdict that is not `identifiable`
    common, common_low, common_high : of the delay that they share
    common_verdict : `identifiable`, or `not identifiable` where its interval is no half of the prior's
    r0, r_best : (M,) correlation without delay, and at the delay that fits best
    independent : (M,) how many independent samples the noise is worth
    """

    delay: Array
    low: Array
    high: Array
    verdict: tuple[str, ...]
    why: tuple[str, ...]
    common: float
    common_low: float
    common_high: float
    common_verdict: str
    r0: Array
    r_best: Array
    independent: Array


def estimate_delays(predicted: Sequence[Array], measured: Sequence[Array], rate: float, prior: DelayPrior) -> Delays:
    """Delays of all muscles of one person or recording, each with its interval and a verdict.

    The likelihood of each delay comes from `fits.scan`. With c ~ N(mean, sd) and d_m ~ N(c, muscle_sd) within the
    bound, the posterior of c is its prior times the product over muscles of the likelihoods convolved with
    N(0, muscle_sd); the marginal of d_m is its likelihood times what the other muscles leave of c, convolved.

    The interval decides whether a delay is identifiable, and not the gain of r over no delay: with a delay near 0
    there is none to gain. A muscle that no delay makes fit (r below 0.5) is passed over, as its best delay is that of
    something else.

    Parameters
    ----------
    predicted, measured : pieces (T_i, M) of recordings of the same muscles, NaN where there is none; pieces are never
        joined, gain and offset of a muscle are those of all its pieces
    rate : Hz

    Raises
    ------
    DataRefused
        When the pieces of both do not have the same shapes.
    """
    _refuse_unlike(predicted, measured)
    fits = _heard(scan(predicted, measured, rate, prior.bound))
    common, marginals, others = _posterior(fits, prior)
    delay, low, high = _summary(fits.lags, marginals)
    _, other_low, other_high = _summary(fits.lags, others)
    c, c_low, c_high = (float(each[0]) for each in _summary(fits.lags, common[:, None]))
    _, p_low, p_high = _summary(fits.lags, np.exp(_log_prior(fits.lags, prior))[:, None])
    told = (high - low) < TOLD * (other_high - other_low)
    why = _reasons(fits, delay, high - low, told, rate, prior.bound)
    known = c_high - c_low < COMMON_TOLD * float(p_high[0] - p_low[0]) and rate >= SLOWEST
    return Delays(
        delay=delay,
        low=low,
        high=high,
        verdict=tuple(verdict for verdict, _ in why),
        why=tuple(reason for _, reason in why),
        common=c,
        common_low=c_low,
        common_high=c_high,
        common_verdict="identifiable" if known else "not identifiable",
        r0=fits.r0,
        r_best=fits.r_best,
        independent=fits.independent,
    )


def _refuse_unlike(predicted: Sequence[Array], measured: Sequence[Array]) -> None:
    shapes = [np.shape(piece) for piece in predicted], [np.shape(piece) for piece in measured]
    widths = {shape[1:] for shape in shapes[0]}
    if shapes[0] != shapes[1] or len(widths) != 1 or len(min(shapes[0], key=len)) != 2:
        raise DataRefused(
            "predicted and measured pieces do not belong together",
            why=f"shapes {shapes[0]} and {shapes[1]}",
            mend="give pairs of (frames, muscles) of the same muscles",
        )


def _heard(fits: Fits) -> Fits:
    """Without a say for the muscles that no delay makes fit."""
    return replace(fits, log_likelihood=np.where(fits.r_best >= LEAST, fits.log_likelihood, 0.0))


def _log_prior(lags: Array, prior: DelayPrior) -> Array:
    return np.asarray(-0.5 * ((lags - prior.mean) / prior.sd) ** 2)


def _posterior(fits: Fits, prior: DelayPrior) -> tuple[Array, Array, Array]:
    """Weights on the grid: of the common delay (K,), of each muscle (K, M), and of each without its own data."""
    near = _near(len(fits.lags), float(fits.lags[1] - fits.lags[0]), prior.muscle_sd)
    likelihood = np.exp(fits.log_likelihood)
    each = np.log(near @ likelihood + TINY)
    total = _log_prior(fits.lags, prior) + each.sum(axis=1)
    without = total[:, None] - each
    others = near.T @ np.exp(without - without.max(axis=0))
    return np.exp(total - total.max()), likelihood * others, others


@lru_cache(maxsize=4)
def _near(count: int, step: float, sd: float) -> Array:
    """(K, K) chance of each delay of a muscle (column) about a common delay (row)."""
    lags = step * np.arange(count)
    near = np.exp(-0.5 * ((lags[:, None] - lags) / sd) ** 2)
    return np.asarray(near / near.sum(axis=1, keepdims=True))


def _summary(lags: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Mean and 95 % quantiles (M,) of weights (K, M), each spread evenly about its place on the grid."""
    share = weights / weights.sum(axis=0)
    step = lags[1] - lags[0]
    edges = np.append(lags - step / 2, lags[-1] + step / 2)
    reached = np.vstack([np.zeros(share.shape[1]), np.cumsum(share, axis=0)])
    low, high = (np.array([np.interp(level, column, edges) for column in reached.T]) for level in LEVELS)
    return lags @ share, low, high


def _reasons(fits: Fits, delay: Array, width: Array, told: Mask, rate: float, bound: float) -> list[tuple[str, str]]:
    """Verdict and reason of each muscle."""
    nothing = {
        "not measured": "no sample of the EMG",
        "not predicted": "no sample of the prediction",
        "too short": f"no stretch of prediction without gaps is much longer than {2 * bound:g} s",
        "silent": "the EMG or the prediction does not vary",
    }
    return [
        (status, nothing[status])
        if status
        else _reason(fits, m, float(delay[m]), float(width[m]), bool(told[m]), rate)
        for m, status in enumerate(fits.status)
    ]


def _reason(fits: Fits, m: int, delay: float, width: float, told: bool, rate: float) -> tuple[str, str]:
    curve = fits.log_likelihood[:, m]
    if rate < SLOWEST:
        return "not identifiable", f"frames {1000 / rate:.0f} ms apart are too far from each other for a delay"
    if fits.r_best[m] < LEAST:
        return "not identifiable", f"no delay makes it fit: r {fits.r_best[m]:.2f} at best"
    best = int(curve.argmax())
    if best in (0, len(curve) - 1) and np.ptp(curve) > RISEN and abs(fits.lags[best] - delay) < WIDEST:
        return "at its bound", f"fits best at {1000 * fits.lags[best]:.0f} ms"
    if width > WIDEST:
        return "not identifiable", f"the interval is {1000 * width:.0f} ms wide"
    if not told:
        return "not identifiable", "the muscle says no more than the others and the prior"
    return "identifiable", ""
