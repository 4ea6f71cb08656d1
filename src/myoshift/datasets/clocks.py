"""Clocks: samples that are lost, and two clocks that drift apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from myoshift.datasets.thresholds import DEFAULT, Thresholds
from myoshift.types import Array, Flag


def gaps(time: Array, what: str, thresholds: Thresholds = DEFAULT) -> Iterator[Flag]:
    """A flag for steps of (T,) s that are longer than `thresholds.gap` and than two usual steps: they stay empty."""
    steps = np.diff(time)
    if not len(steps):
        return
    step = float(np.median(steps))
    lost = steps[steps > max(thresholds.gap, 2 * step)]
    if len(lost):
        count = f"{len(lost)} gap{'s' if len(lost) > 1 else ''}"
        sizes = f"longest {lost.max():.4g} s, {(lost - step).sum():.4g} s in total"
        yield Flag("gaps", f"{count}, {sizes}; not interpolated: the limit is {1000 * thresholds.gap:g} ms", what)


@dataclass(frozen=True)
class Drift:
    """By how much one clock runs slower than the other: ppm, half its 95 % interval, s apart at the end."""

    ppm: float
    half_width: float
    apart: float

    def exceeds(self, thresholds: Thresholds) -> bool:
        """Whether the interval lies beyond the limit, and the seconds do too."""
        return abs(self.ppm) - self.half_width > thresholds.drift and abs(self.apart) > thresholds.drifted

    def __str__(self) -> str:
        interval = f"{self.ppm - self.half_width:.0f} to {self.ppm + self.half_width:.0f}"
        return f"{self.ppm:.0f} ppm (95 % interval {interval}), {self.apart:+.3f} s at the end"


def drift(time: Array, lag: Array) -> Drift:
    """The slope of lags (N,) s at times (N,) s by least squares, its interval from the residuals (N - 2 degrees)."""
    from scipy.stats import t as student

    centred = time - time.mean()
    power = float(centred @ centred)
    slope = float(centred @ (lag - lag.mean())) / power
    rest = lag - lag.mean() - slope * centred
    error = float(np.sqrt(rest @ rest / (len(time) - 2) / power))
    half = float(student.ppf(0.975, len(time) - 2)) * error
    return Drift(ppm=1e6 * slope, half_width=1e6 * half, apart=slope * float(time[-1] - time[0]))
