"""How well a prediction explains measured envelopes at every delay within a bound, muscle by muscle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from myoshift.physiology.delay import advance_exactly
from myoshift.signal.blocks import blocks
from myoshift.types import Array

STEP = 0.002
"""s; the signals are read at lags at most this far apart."""
FINE = 0.0005
"""s; sums over them, smooth in the lag, are interpolated to this."""
SILENT = 1e-6
"""SD below this share of the largest value: constant."""
FEWEST = 10
"""Frames that a muscle needs at all lags."""

TINY = 1e-12
"""Least noise variance, as a share of the measurement's sum of squares."""

Whole = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fits:
    """What each of K delays explains of M muscles.

    Parameters
    ----------
    lags : (K,) s, evenly spaced about 0
    log_likelihood : (K, M), 0 at the best delay; 0 throughout where there is nothing to compare
    status : "", or why there is nothing to compare: `not measured`, `not predicted`, `too short`, `silent`
    r0, r_best : (M,) correlation at lag 0, and the largest
    independent : (M,) independent samples that the noise is worth
    """

    lags: Array
    log_likelihood: Array
    status: tuple[str, ...]
    r0: Array
    r_best: Array
    independent: Array


def scan(predicted: Sequence[Array], measured: Sequence[Array], rate: float, bound: float) -> Fits:
    """Likelihood of each delay, by least squares of the measurement on gain >= 0 times the prediction plus offset.

    All lags are judged by the same frames: those whose prediction is there for the bound on either side. The noise
    of an envelope is no white noise, and what a model cannot explain comes back with every stride, so frames do not
    count: the noise variance s^2 is the residual's power at the frequencies at which the prediction changes with its
    delay, weighted by the power of that change, times how much stronger the residual is while it changes than at
    other times, as the noise of EMG grows with EMG. It has 2 B - 2 degrees of freedom, B = (sum w)^2 / sum w^2 the
    number of frequencies that these weights w amount to, less gain and delay. With the variance integrated out, the
    likelihood is Student's, (1 + (RSS - least RSS) / (v s^2))^(-(v + 1) / 2): wide where few frequencies tell.

    Parameters
    ----------
    predicted, measured : pieces (T_i, M), NaN where there is none
    rate : Hz
    bound : s
    """
    centre_p, centre_e = (_means(pieces) for pieces in (predicted, measured))
    runs = [
        run
        for p, e in zip(predicted, measured, strict=True)
        for run in _runs(np.asarray(p, float) - centre_p, np.asarray(e, float) - centre_e, rate, bound)
    ]
    finer = _within(rate)
    reach = floor(bound * rate * finer + 1e-9)
    muscles = len(centre_p)
    sums = _Sums(reach, muscles)
    for run in runs:
        sums.add(run, finer)
    fine = np.arange(-floor(reach / (rate * finer) / FINE + 1e-9), 0) * FINE
    lags = np.concatenate([fine, [0.0], -fine[::-1]])
    status = _status(predicted, measured, sums)
    pp, pe, ee = sums.centred()
    coarse = np.arange(-reach, reach + 1) / (rate * finer)
    with np.errstate(divide="ignore", invalid="ignore"):
        noise, freedom = _noise(runs, sums, _explained(pp, pe).argmax(axis=0), finer)
        pp, pe = CubicSpline(coarse, np.stack([pp, pe]), axis=1)(lags)
        explained = _explained(pp, pe)
        lost = explained.max(axis=0) - explained
        curve = -(freedom + 1) / 2 * np.log1p(lost / (freedom * np.maximum(noise, TINY * ee)))
        r = pe / np.sqrt(pp * ee)
        independent = (ee - explained.max(axis=0)) / noise
    void = np.array([bool(each) for each in status])
    return Fits(
        lags=lags,
        log_likelihood=np.where(void, 0.0, curve),
        status=status,
        r0=np.where(void, np.nan, r[len(fine)]),
        r_best=np.where(void, np.nan, r.max(axis=0)),
        independent=np.where(void, np.nan, independent),
    )


def _within(rate: float) -> int:
    """Lags that are read within one frame."""
    return max(1, ceil(1 / (STEP * rate) - 1e-9))


def _explained(pp: Array, pe: Array) -> Array:
    """How much of the measurement's sum of squares a gain that is not negative explains."""
    return np.where(pp > 0, np.maximum(pe, 0.0) ** 2 / pp, 0.0)


@dataclass(frozen=True, eq=False)
class _Run:
    """A stretch of T frames: prediction at each of F lags within a frame (T, F, C), measurement and weight (T, C).

    Weights are 0 near the ends; `columns` are the muscles.
    """

    finer: Array
    measured: Array
    weight: Array
    margin: int
    columns: Whole


def _means(pieces: Sequence[Array]) -> Array:
    """Mean of each muscle (M,) over what is there; 0 where there is nothing."""
    there = [np.isfinite(piece) for piece in pieces]
    count = np.sum([mask.sum(axis=0) for mask in there], axis=0)
    total = np.sum(
        [np.where(mask, piece, 0.0).sum(axis=0) for mask, piece in zip(there, pieces, strict=True)], axis=0
    )
    return np.asarray(total / np.maximum(count, 1))


def _runs(predicted: Array, measured: Array, rate: float, bound: float) -> Iterator[_Run]:
    """The stretches of a piece in which a prediction is there without gaps; muscles with the same gaps together."""
    margin = ceil(bound * rate - 1e-9) + 1
    there = np.isfinite(predicted)
    patterns: dict[bytes, list[int]] = {}
    for column in range(there.shape[1]):
        patterns.setdefault(there[:, column].tobytes(), []).append(column)
    for columns in patterns.values():
        for start, stop in blocks(there[:, columns[0]]):
            if stop - start > 2 * margin:
                yield _run(predicted[start:stop, columns], measured[start:stop, columns], rate, margin, columns)


def _run(predicted: Array, measured: Array, rate: float, margin: int, columns: list[int]) -> _Run:
    count = _within(rate)
    seconds = torch.arange(count, dtype=torch.float64)[:, None] / (count * rate)
    values = torch.from_numpy(np.ascontiguousarray(predicted))[None]
    moved = advance_exactly(values, seconds.expand(-1, len(columns)), rate).numpy()
    inner = slice(margin, len(predicted) - margin)
    weight = np.isfinite(measured[inner]).astype(float)
    return _Run(
        np.ascontiguousarray(moved.transpose(1, 0, 2)),
        np.where(weight > 0, measured[inner], 0.0),
        weight,
        margin,
        np.array(columns, np.intp),
    )


class _Sums:
    """Sums over all frames of measurement e and prediction p at each coarse lag, about the means of the pieces."""

    def __init__(self, reach: int, muscles: int) -> None:
        self.reach = reach
        self.n, self.e, self.ee = np.zeros((3, muscles))
        self.p, self.pp, self.pe = np.zeros((3, 2 * reach + 1, muscles))

    def add(self, run: _Run, finer: int) -> None:
        """Add one stretch."""
        y, w, at = run.measured, run.weight, run.columns
        self.n[at] += w.sum(axis=0)
        self.e[at] += y.sum(axis=0)
        self.ee[at] += (y * y).sum(axis=0)
        y, w = y[:, None], w[:, None]
        for whole in range(-(self.reach // finer) - 1, self.reach // finer + 1):
            first = whole * finer
            own = slice(max(0, -self.reach - first), min(finer, self.reach + 1 - first))
            if own.start >= own.stop:
                continue
            p = run.finer[run.margin + whole : run.margin + whole + len(y), own]
            kept = w * p
            rows = slice(self.reach + first + own.start, self.reach + first + own.stop)
            self.p[rows, at] += kept.sum(axis=0)
            self.pp[rows, at] += (kept * p).sum(axis=0)
            self.pe[rows, at] += (y * p).sum(axis=0)

    def centred(self) -> tuple[Array, Array, Array]:
        """Sums of squares and products about the means: pp, pe (K, M) and ee (M,)."""
        n = np.maximum(self.n, 1)
        return self.pp - self.p**2 / n, self.pe - self.p * self.e / n, self.ee - self.e**2 / n


def _status(predicted: Sequence[Array], measured: Sequence[Array], sums: _Sums) -> tuple[str, ...]:
    """Why a muscle cannot be compared; "" where it can."""
    pp, _, ee = sums.centred()
    n = np.maximum(sums.n, 1)
    said = []
    for m in range(len(n)):
        p, e = (np.concatenate([piece[:, m] for piece in pieces]) for pieces in (predicted, measured))
        flat = [
            bool(np.sqrt(square / n[m]) <= SILENT * np.nanmax(np.abs(signal), initial=0.0))
            for square, signal in ((ee[m], e), (pp[:, m].max(), p))
        ]
        said.append(
            "not measured"
            if not np.isfinite(e).any()
            else "not predicted"
            if not np.isfinite(p).any()
            else "too short"
            if sums.n[m] < FEWEST
            else "silent"
            if any(flat)
            else ""
        )
    return tuple(said)


def _noise(runs: Sequence[_Run], sums: _Sums, at: Whole, finer: int) -> tuple[Array, Array]:
    """Variance (M,) of the white noise that would blur the delay as the residual does, and its degrees of freedom."""
    pp, pe, _ = sums.centred()
    muscles = np.arange(len(at))
    gain = np.maximum(pe[at, muscles], 0.0) / pp[at, muscles]
    n = np.maximum(sums.n, 1)
    offset = (sums.e - gain * sums.p[at, muscles]) / n
    blurred, level, first, second, together, spread, moved = np.zeros((7, len(at)))
    for run in runs:
        own = run.columns
        frames = (run.margin + np.arange(len(run.measured))) * finer
        flat = run.finer.reshape(-1, len(own))
        place = frames[:, None] + at[own] - sums.reach
        p, after, before = (np.take_along_axis(flat, place + d, axis=0) for d in (0, 1, -1))
        change = run.weight * (after - before)
        residual = run.measured - run.weight * (gain[own] * p + offset[own])
        power = np.abs(np.fft.rfft(change, axis=0)[1:]) ** 2
        left = np.abs(np.fft.rfft(residual, axis=0)[1:]) ** 2
        blurred[own] += (power * left).sum(axis=0)
        level[own] += power.sum(axis=0) * run.weight.sum(axis=0)
        first[own] += power.sum(axis=0)
        second[own] += (power**2).sum(axis=0)
        together[own] += (change**2 * residual**2).sum(axis=0)
        spread[own] += (residual**2).sum(axis=0)
        moved[own] += (change**2).sum(axis=0)
    lines = first**2 / second
    freedom = np.maximum(2 * lines - 2, 1.0)
    local = n * together / (spread * moved)
    return local * blurred / level * 2 * lines / freedom, freedom
