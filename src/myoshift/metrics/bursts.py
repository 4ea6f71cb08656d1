"""When muscles go on and off: onsets and offsets of bursts, and how far predicted ones are from measured ones.

A muscle is on while its envelope is above its own threshold for at least `HOLD`; shorter silences are bridged first.
The baseline is the quietest tenth of the frames, as an envelope of gait has no rest period to take it from. The
threshold is three standard deviations of the baseline above its mean (Hodges and Bui 1996, doi
10.1016/S0921-884X(96)95190-5), and at least 15 % of the way from there to the peak, as a baseline without noise would
call everything a burst. Prediction and measurement have their own, so that neither gain nor level changes the times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from myoshift.metrics.sums import SILENT
from myoshift.types import Array, Mask

QUIETEST, PEAK = 10.0, 99.0  # percentiles
DEVIATIONS = 3.0
LEAST = 0.15  # of the way from the baseline to the peak
HOLD = 0.05  # s
REACH = 0.25  # s; a predicted event further away is another burst's
Indices = NDArray[np.intp]


class Times(NamedTuple):
    """Onsets and offsets of one muscle, s after the first frame."""

    onsets: Array
    offsets: Array


@dataclass(frozen=True, eq=False)
class Timing:
    """Errors of M muscles, (M,) each: s, positive when the prediction comes later; NaN where nothing is matched.

    Parameters
    ----------
    onset, offset : mean signed error of the matched events
    onset_absolute, offset_absolute : mean absolute error of these
    measured : how many onsets the measurement has; 0 for a silent muscle
    missed : measured onsets without a predicted one within 0.25 s
    extra : predicted onsets without a measured one within 0.25 s
    """

    onset: Array
    onset_absolute: Array
    offset: Array
    offset_absolute: Array
    measured: Array
    missed: Array
    extra: Array


def bursts(values: Array, rate: float) -> Times:
    """Onsets and offsets of one envelope (T,), NaN where it is missing, at `rate` Hz.

    A crossing is placed by a straight line between two frames. A burst that begins or ends at a gap, or at an end of
    the signal, has no onset or no offset there. A silent signal has neither.
    """
    values = np.asarray(values, float)
    there: Mask = np.isfinite(values)
    level = _threshold(values[there])
    starts, stops = _held(there & (np.where(there, values, -np.inf) > level), there, rate)
    on, off = starts[starts > 0], stops[stops < len(values)]
    return Times(_crossings(values, on[there[on - 1]], level, rate), _crossings(values, off[there[off]], level, rate))


def timing(predicted: Array, measured: Array, rate: float) -> Timing:
    """Onsets and offsets of (T, M) predictions against those of (T, M) measurements at `rate` Hz.

    Frames that either lacks are left out of both. A predicted event belongs to a measured one when each is the
    other's nearest and they are no further apart than 0.25 s. All of a muscle without any frame is NaN.
    """
    p, y = np.asarray(predicted, float), np.asarray(measured, float)
    there = np.isfinite(p) & np.isfinite(y)
    p, y = np.where(there, p, np.nan), np.where(there, y, np.nan)
    columns = [_muscle(bursts(p[:, m], rate), bursts(y[:, m], rate)) for m in range(y.shape[1])]
    found = np.array(columns, float).reshape(y.shape[1], 7).T
    return Timing(*np.where(there.any(axis=0), found, np.nan))


def onset_bias(predicted: Array, measured: Array, rate: float) -> Array:
    """Mean signed error of onsets in s, positive when the prediction comes later."""
    return timing(predicted, measured, rate).onset


def onset_error(predicted: Array, measured: Array, rate: float) -> Array:
    """Mean absolute error of onsets in s."""
    return timing(predicted, measured, rate).onset_absolute


def offset_bias(predicted: Array, measured: Array, rate: float) -> Array:
    """Mean signed error of offsets in s, positive when the prediction comes later."""
    return timing(predicted, measured, rate).offset


def offset_error(predicted: Array, measured: Array, rate: float) -> Array:
    """Mean absolute error of offsets in s."""
    return timing(predicted, measured, rate).offset_absolute


def onsets(predicted: Array, measured: Array, rate: float) -> Array:
    """How many onsets the measurement has."""
    return timing(predicted, measured, rate).measured


def onsets_missed(predicted: Array, measured: Array, rate: float) -> Array:
    """How many measured onsets have no predicted one."""
    return timing(predicted, measured, rate).missed


def onsets_extra(predicted: Array, measured: Array, rate: float) -> Array:
    """How many predicted onsets have no measured one."""
    return timing(predicted, measured, rate).extra


def _threshold(values: Array) -> float:
    """Level above which a muscle is on; infinite for a constant signal or none."""
    if len(values) == 0 or np.std(values) <= SILENT * np.abs(values).max():
        return np.inf
    quiet, peak = np.percentile(values, [QUIETEST, PEAK])
    baseline = values[values <= quiet]
    mean = float(baseline.mean())
    return mean + max(DEVIATIONS * float(baseline.std()), LEAST * (float(peak) - mean))


def _held(on: Mask, there: Mask, rate: float) -> tuple[Indices, Indices]:
    """First frames of bursts, and the first frames after them: silences shorter than `HOLD` bridged, then bursts."""
    least = np.ceil(HOLD * rate - 1e-9)
    edges = np.diff(np.concatenate([[False], on, [False]]).astype(np.int8))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    missing = np.concatenate([[0], np.cumsum(~there)])
    apart = (starts[1:] - stops[:-1] >= least) | (missing[starts[1:]] > missing[stops[:-1]])
    starts, stops = starts[np.append(True, apart)[: len(starts)]], stops[np.append(apart, True)[: len(stops)]]
    long = stops - starts >= least
    return starts[long], stops[long]


def _crossings(values: Array, after: Indices, level: float, rate: float) -> Array:
    """Times at which straight lines from the frames before `after` to these pass a level."""
    before = values[after - 1]
    return np.asarray((after - 1 + (level - before) / (values[after] - before)) / rate)


def _muscle(predicted: Times, measured: Times) -> tuple[float, ...]:
    """One column of `Timing`."""
    onset, offset = _matched(predicted.onsets, measured.onsets), _matched(predicted.offsets, measured.offsets)
    means = [_mean(error) for error in (onset, np.abs(onset), offset, np.abs(offset))]
    count = len(measured.onsets)
    return (*means, count, count - len(onset), len(predicted.onsets) - len(onset))


def _matched(predicted: Array, measured: Array) -> Array:
    """Errors of the pairs that are each other's nearest and within reach."""
    if len(predicted) == 0 or len(measured) == 0:
        return np.empty(0)
    error = predicted[None] - measured[:, None]
    far = np.abs(error)
    row, nearest = np.arange(len(measured)), far.argmin(axis=1)
    mutual = (far.argmin(axis=0)[nearest] == row) & (far[row, nearest] <= REACH)
    return np.asarray(error[row, nearest][mutual])


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else np.nan
