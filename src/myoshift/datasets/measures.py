"""What can be read off a data set: each function makes a measure, from evidence to a number or to words.

`trials` holds patterns for `<subject>/<task>/<trial>`, separated by blanks. Files and their columns have their native
names, gait cycles canonical names without side (`hip_flexion`, `soleus`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.signal import find_peaks

from myoshift import signal
from myoshift.datasets.evidence import BINS, SIDES, Evidence
from myoshift.types import Array, Side, Table, Trial

Measure = Callable[[Evidence], Any]
Column = tuple[str, str]
"""A file and a column of it."""

LAGS = (-0.1, -0.05, 0.0, 0.05, 0.1)  # s, of the inputs of `explained`
BLOCKS = 5
RIDGE = 10.0


def people() -> Measure:
    """Number of people."""
    return lambda evidence: len({trial.subject.id for trial in evidence.all})


def count(trials: str = "*", *, labelled: bool = False) -> Measure:
    """Number of trials, or of those with EMG."""
    return lambda evidence: len([t for t in evidence.trials(trials) if t.emg or not labelled])


def seconds(trials: str = "*", reduce: Callable[[list[float]], float] = sum) -> Measure:
    """Seconds of motion of the trials with EMG: their sum, or the `min` or `max`."""
    return lambda evidence: reduce([t.motion.duration for t in evidence.trials(trials) if t.emg and t.motion])


def body(trials: str) -> Measure:
    """Mass and height, as words."""

    def measure(evidence: Evidence) -> str:
        bodies = {(t.subject.mass or 0.0, t.subject.height or 0.0) for t in evidence.trials(trials)}
        return "; ".join(f"{mass:.4g} kg, {height:.4g} m" for mass, height in sorted(bodies))

    return measure


def channels(trials: str) -> Measure:
    """EMG channels kept per trial, as words: `L 4 R 3`."""

    def said(trial: Trial) -> str:
        sides = [site[-1].upper() for site in trial.sites.values()]
        return " ".join(f"{side} {sides.count(side)}" for side in "LR" if side in sides) or "none"

    return lambda evidence: "; ".join(said(trial) for trial in evidence.trials(trials))


def strikes(trials: str) -> Measure:
    """Foot strikes right/left per trial, as words: `3/3; 2/2`."""

    def said(trial: Trial) -> str:
        struck = [event.side for event in trial.events if event.name == "foot_strike"]
        return "/".join(str(struck.count(side)) for side in SIDES)

    return lambda evidence: "; ".join(said(trial) for trial in evidence.trials(trials))


def strike_times(trials: str, side: Side) -> Measure:
    """Times of the foot strikes of one side, as words."""

    def measure(evidence: Evidence) -> str:
        events = [event for trial in evidence.trials(trials) for event in trial.events]
        return ", ".join(f"{e.time:.6g}" for e in events if (e.name, e.side) == ("foot_strike", side))

    return measure


def unseen(trials: str) -> Measure:
    """Greatest share of missing frames of any coordinate."""
    return lambda evidence: max(
        float((~t.motion.mask).mean(axis=0).max()) for t in evidence.trials(trials) if t.motion
    )


def flagged(trials: str, code: str) -> Measure:
    """Number of trials with a flag of that code."""
    return lambda evidence: len([t for t in evidence.trials(trials) if code in {flag.code for flag in t.flags}])


def strides(trials: str, name: str) -> Measure:
    """Number of gait cycles."""
    return lambda evidence: len(evidence.cycles(trials, name))


def value_at(trials: str, name: str, phase: float) -> Measure:
    """The mean cycle at a phase."""
    return lambda evidence: float(evidence.mean(trials, name)[round(phase * BINS)])


def peak(trials: str, name: str, window: tuple[float, float] = (0.0, 1.0)) -> Measure:
    """Phase of the greatest value of the mean cycle within a window of phases."""
    first, last = (round(edge * BINS) for edge in window)
    return lambda evidence: (first + int(np.argmax(evidence.mean(trials, name)[first : last + 1]))) / BINS


def trough(trials: str, name: str) -> Measure:
    """Phase of the least value of the mean cycle."""
    return lambda evidence: int(np.argmin(evidence.mean(trials, name))) / BINS


def rows(path: str) -> Measure:
    """Rows of a table."""
    return lambda evidence: len(evidence.file(path).time)


def span(path: str) -> Measure:
    """First and last time of a table, as words."""
    return lambda evidence: "{:.6g}..{:.6g} s".format(*np.round(evidence.file(path).time[[0, -1]], 6) + 0.0)


def rate(path: str) -> Measure:
    """Sampling rate of a table in Hz."""
    return lambda evidence: evidence.file(path).rate


def lowest(path: str, column: str | None = None, *, since: float = -np.inf) -> Measure:
    """Least value of a column, or of a whole table, from a time on."""
    return lambda evidence: float(_part(evidence.file(path), column, since).min())


def highest(path: str, column: str | None = None, *, since: float = -np.inf) -> Measure:
    """Greatest value of a column, or of a whole table, from a time on."""
    return lambda evidence: float(_part(evidence.file(path), column, since).max())


def columns(path: str, ending: str = "") -> Measure:
    """Number of columns whose names end so."""
    return lambda evidence: len([name for name in evidence.file(path).names if name.endswith(ending)])


def frozen(path: str) -> Measure:
    """Number of rows at the start of a table that repeat one value."""

    def measure(evidence: Evidence) -> int:
        values = evidence.file(path).values
        return int(np.argmax((values != values[0]).any(axis=1)))

    return measure


def maxima(path: str) -> Measure:
    """Least and greatest of the columns' greatest values, as words."""

    def measure(evidence: Evidence) -> str:
        tops = evidence.file(path).values.max(axis=0)
        return f"{tops.min():.3g}..{tops.max():.3g}"

    return measure


def strongest(path: str) -> Measure:
    """The column with the greatest value, and that value, as words."""

    def measure(evidence: Evidence) -> str:
        table: Table = evidence.file(path)
        tops = table.values.max(axis=0)
        return f"{table.names[int(np.argmax(tops))]} {tops.max():.2f}"

    return measure


def peak_between(path: str, column: str, start: float, stop: float) -> Measure:
    """Where a column is greatest between two times, as a fraction of the time between them."""

    def measure(evidence: Evidence) -> float:
        table: Table = evidence.file(path)
        inside = (table.time >= start) & (table.time <= stop)
        return float((table.time[inside][np.argmax(table.column(column)[inside])] - start) / (stop - start))

    return measure


def difference(path: str, a: str, b: str) -> Measure:
    """Greatest absolute difference of two columns."""
    return lambda evidence: float(np.abs(evidence.file(path).column(a) - evidence.file(path).column(b)).max())


def bends(path: str, column: str, sign: int = 1) -> Measure:
    """Number of peaks of knee flexion."""
    return lambda evidence: len(_bends(evidence.file(path), column, sign))


def bend_times(path: str, column: str, sign: int = 1) -> Measure:
    """Times of the peaks of knee flexion, as words."""
    return lambda evidence: ", ".join(f"{time:.2f}" for time in _bends(evidence.file(path), column, sign))


def stride_time(path: str, column: str, sign: int = 1) -> Measure:
    """Median time between peaks of knee flexion in s."""
    return lambda evidence: float(np.median(np.diff(_bends(evidence.file(path), column, sign))))


def landings(
    path: str, column: str, rise: float, rearm: float, *, apart: float = 0.5, standing: bool = False
) -> Measure:
    """Number of foot strikes by force; `standing` counts a foot that is on the ground at first."""

    def measure(evidence: Evidence) -> int:
        table: Table = evidence.file(path)
        limits = {"rise": rise, "rearm": rearm, "min_interval": apart}
        return len(signal.strikes_from_force(table.column(column), table.rate, **limits, armed=standing))

    return measure


def landing_interval(path: str, column: str, rise: float, rearm: float, reduce: Callable[[Array], float]) -> Measure:
    """Shortest or longest time between foot strikes by force, a foot that stands at first included, in s."""

    def measure(evidence: Evidence) -> float:
        table: Table = evidence.file(path)
        found = signal.strikes_from_force(table.column(column), table.rate, rise=rise, rearm=rearm, armed=True)
        return float(reduce(np.diff(found)))

    return measure


def unloadings(path: str, column: str, level: float) -> Measure:
    """Times at which a force falls to a level, as words."""

    def measure(evidence: Evidence) -> str:
        table: Table = evidence.file(path)
        loaded = table.column(column) > level
        return ", ".join(f"{time:.6g}" for time in table.time[1:][loaded[:-1] & ~loaded[1:]])

    return measure


def correlation(a: Column, b: Column) -> Measure:
    """Correlation of two columns at the times of the first."""
    return lambda evidence: _correlation(evidence, a, b, 0.0)


def lag(a: Column, b: Column, longest: float) -> Measure:
    """By how many seconds column `a` comes after column `b`: the shift of the best correlation."""

    def measure(evidence: Evidence) -> float:
        shifts = np.arange(0.0, longest, 0.005)
        return float(shifts[np.argmax([_correlation(evidence, a, b, float(shift)) for shift in shifts])])

    return measure


def explained(
    angles: str,
    emg: str,
    columns: Sequence[str],
    reduce: Callable[[Array], float] = np.min,
    *,
    shift: float = 0.0,
) -> Measure:
    """R2 of envelopes that a ridge regression predicts from the angles: the `np.min` or `np.max` over columns.

    Inputs: hip, knee and ankle flexion and their velocities, both legs, at lags of -0.1 to 0.1 s. Each of five
    contiguous blocks is predicted from the other four. `shift` moves the EMG around by that fraction of the trial:
    what is then still explained is chance, and the regular stride.
    """

    def measure(evidence: Evidence) -> float:
        table: Table = evidence.file(emg)
        targets = np.stack([np.clip(table.column(name), 0.0, None) for name in columns], axis=1)
        shifted = np.roll(targets, round(shift * len(targets)), axis=0)
        return float(reduce(ridge_scores(_features(evidence.file(angles)), shifted)))

    return measure


def _part(table: Table, column: str | None, since: float) -> Array:
    values = table.values if column is None else table.column(column)
    return values[table.time >= since]


def _bends(table: Table, column: str, sign: int) -> Array:
    flexion = sign * table.column(column)
    index, _ = find_peaks(flexion, height=0.6 * flexion.max(), distance=round(0.5 * table.rate))
    return np.asarray(table.time[index])


def _correlation(evidence: Evidence, a: Column, b: Column, shift: float) -> float:
    """Correlation of `a` with `b` moved later by `shift` s, over the times of `a` at which `b` is known."""
    first, second = evidence.file(a[0]), evidence.file(b[0])
    time = first.time - shift
    known = (time >= second.time[0]) & (time <= second.time[-1])
    moved = np.interp(time[known], second.time, second.column(b[1]))
    return float(np.corrcoef(first.column(a[1])[known], moved)[0, 1])


def _features(motion: Table) -> Array:
    """(T, 60) angles and velocities of both legs at five lags."""
    names = [f"{joint}_{side}" for side in SIDES for joint in ("hip_flexion", "knee_angle", "ankle_angle")]
    angles = motion.select(tuple(names)).values
    both = np.hstack([angles, np.gradient(angles, axis=0) * motion.rate])
    return np.hstack([np.roll(both, round(lag * motion.rate), axis=0) for lag in LAGS])


def ridge_scores(inputs: Array, targets: Array, blocks: int = BLOCKS) -> Array:
    """R2 (C,) over all blocks of (T, C), each predicted by a ridge regression on the others."""
    predicted = np.empty_like(targets)
    edges = np.linspace(0, len(inputs), blocks + 1).astype(int)
    for start, stop in pairwise(edges):
        others = np.r_[0:start, stop : len(inputs)]
        centre, spread = inputs[others].mean(axis=0), inputs[others].std(axis=0)
        x, level = (inputs[others] - centre) / spread, targets[others].mean(axis=0)
        weights = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ (targets[others] - level))
        predicted[start:stop] = (inputs[start:stop] - centre) / spread @ weights + level
    residual, total = ((targets - predicted) ** 2).sum(axis=0), ((targets - targets.mean(axis=0)) ** 2).sum(axis=0)
    return np.asarray(1.0 - residual / total)
