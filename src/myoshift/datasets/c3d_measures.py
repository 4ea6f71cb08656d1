"""What can be read off C3D files and off single channels: more functions that make measures.

Files, points and channels have their native names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.signal import find_peaks

from myoshift import formats, signal
from myoshift.datasets.evidence import BINS, Evidence
from myoshift.datasets.measures import Measure
from myoshift.types import Array, Side


def layout(path: str) -> Measure:
    """Frames and samples with their rates, and the number of the first frame, as words."""

    def measure(evidence: Evidence) -> str:
        c3d: formats.C3D = evidence.file(path)
        points = f"{len(c3d.points)} frames at {c3d.point_rate:g} Hz from frame {c3d.first_frame}"
        return f"{points}, {len(c3d.analogs)} samples at {c3d.analog_rate:g} Hz"

    return measure


def point_count(path: str, start: str = "") -> Measure:
    """Number of points whose labels start so."""
    return lambda evidence: len([name for name in evidence.file(path).point_names if name.startswith(start)])


def point_unit(path: str) -> Measure:
    """Unit of the points, as the file states it."""
    return lambda evidence: evidence.file(path).point_unit


def extent(path: str, axis: int) -> Measure:
    """Least and greatest coordinate of any point along an axis, as words."""

    def measure(evidence: Evidence) -> str:
        values = evidence.file(path).points[:, :, axis]
        return f"{np.nanmin(values):.3g}..{np.nanmax(values):.3g}"

    return measure


def point_seen(path: str, point: str) -> Measure:
    """First and last time at which a point was seen, as words."""

    def measure(evidence: Evidence) -> str:
        c3d: formats.C3D = evidence.file(path)
        seen = c3d.start + np.flatnonzero(np.isfinite(c3d.point(point)).all(axis=1)) / c3d.point_rate
        return f"{seen[0]:.2f}..{seen[-1]:.2f} s"

    return measure


def point_missing(path: str, point: str) -> Measure:
    """Share of frames in which a point was not seen."""
    return lambda evidence: float(np.isnan(evidence.file(path).point(point)).any(axis=1).mean())


def repeated(path: str) -> Measure:
    """Labels of points and channels that occur more than once, as words."""

    def measure(evidence: Evidence) -> str:
        c3d: formats.C3D = evidence.file(path)
        return ", ".join(
            name
            for names in (c3d.point_names, c3d.analog_names)
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        )

    return measure


def channel_units(path: str, channels: Iterable[str]) -> Measure:
    """Units of some channels, each once, as words; an error when one of them is not in the file."""
    return lambda evidence: ", ".join(sorted(set(evidence.file(path).analog_table(tuple(channels)).units)))


def channel_count(path: str, start: str = "") -> Measure:
    """Number of analog channels whose labels start so."""
    return lambda evidence: len([name for name in evidence.file(path).analog_names if name.startswith(start)])


def deviation(path: str, channel: str) -> Measure:
    """Standard deviation of a channel in its unit."""
    return lambda evidence: float(evidence.file(path).analog_table((channel,)).values.std())


def deviations(path: str, channels: Sequence[str]) -> Measure:
    """Least and greatest standard deviation of some channels, as words to two digits."""

    def measure(evidence: Evidence) -> str:
        spread = evidence.file(path).analog_table(tuple(channels)).values.std(axis=0)
        return f"{spread.min():.2g}..{spread.max():.2g}"

    return measure


def least(path: str, channels: Sequence[str]) -> Measure:
    """Least value of some channels."""
    return lambda evidence: float(evidence.file(path).analog_table(tuple(channels)).values.min())


def loaded(path: str, channels: Sequence[str], level: float) -> Measure:
    """Which of some force channels exceed a level in size, as words."""

    def measure(evidence: Evidence) -> str:
        values = np.abs(evidence.file(path).analog_table(tuple(channels)).values).max(axis=0)
        return ", ".join(name for name, top in zip(channels, values, strict=True) if top > level) or "none"

    return measure


def stated_events(path: str, name: str, side: Side) -> Measure:
    """Times of the events of one name and side that a file states, as words."""

    def measure(evidence: Evidence) -> str:
        events = evidence.file(path).events
        return ", ".join(f"{e.time:.6g}" for e in events if (e.name, e.side) == (name, side)) or "none"

    return measure


def channel_peak(
    trials: str, path: str, channel: str, side: Side, window: tuple[float, float] = (0.0, 1.0)
) -> Measure:
    """Phase at which the mean envelope of a raw channel, kept or left out, is greatest within a window of phases."""

    def measure(evidence: Evidence) -> float:
        mean = _mean_cycle(evidence, trials, path, channel, side)
        first, last = (round(edge * BINS) for edge in window)
        return (first + int(np.argmax(mean[first : last + 1]))) / BINS

    return measure


def modulation(trials: str, site: str) -> Measure:
    """By which share of its greatest value the mean cycle of a site falls."""

    def measure(evidence: Evidence) -> float:
        mean = evidence.mean(trials, site)
        return float(1 - mean.min() / mean.max())

    return measure


def swing(trials: str, column: str, number: int) -> Measure:
    """Time, from the start of a trial, at which a knee is most bent in its swing number 0, 1, ..."""

    def measure(evidence: Evidence) -> float:
        (trial,) = evidence.trials(trials)
        assert trial.motion is not None
        flexion, rate = trial.motion.column(column), trial.motion.rate
        index, _ = find_peaks(flexion, height=0.6 * np.nanmax(flexion), distance=round(0.5 * rate))
        return float(index[number] / rate)

    return measure


def _mean_cycle(evidence: Evidence, trials: str, path: str, channel: str, side: Side) -> Array:
    (trial,) = evidence.trials(trials)
    table = evidence.file(path).analog_table((channel,))
    strikes = np.array([e.time for e in trial.events if (e.name, e.side) == ("foot_strike", side)])
    shape = signal.envelope(table.values, table.rate)
    return np.asarray(signal.cycles(shape, table.time, strikes, points=BINS + 1)[:, :, 0].mean(axis=0))
