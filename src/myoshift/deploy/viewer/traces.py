"""Traces beside the figure: of one muscle or site and side, its activation in each file and its EMG, against time.

EMG is on the clock of the motion. A positive delay means that the activation comes after the EMG: the EMG is then
drawn that much later, and r is taken there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from myoshift import anatomy, metrics, signal
from myoshift.deploy.viewer.tracks import Track
from myoshift.types import Array, Side, Table

DELAYS = np.arange(-150, 151, 5) / 1000
"""s; those among which the best is looked for, and the ends of the slider."""
SHORTEST = 0.5
"""s; activation and EMG that share less have no r."""
BRIDGED = 0.1
"""s; longest gap of an EMG channel that is drawn over."""
FINEST = 500
"""Points of one curve in a chart."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """One line: values (T,) at times (T,) s, and its interval where the file has one."""

    label: str
    time: Array
    values: Array
    low: Array | None = None
    high: Array | None = None

    def at(self, time: Array) -> Array:
        """Values at other times, (N,); NaN outside and in gaps."""
        return np.interp(time, self.time, self.values, left=np.nan, right=np.nan)

    @property
    def top(self) -> float:
        """The largest value, of the interval too; 0 where there is none."""
        shown = np.concatenate([self.values, self.values if self.high is None else self.high])
        return float(np.nanmax(shown, initial=0.0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Traces:
    """What is drawn of one muscle or site of one side.

    Parameters
    ----------
    name : with side
    activation : a curve for each file in their order, None for one that does not have it
    emg : envelope at that site, or at the one that sees the muscle, in `unit`
    """

    name: str
    activation: tuple[Curve | None, ...]
    emg: Curve | None = None
    unit: str = ""

    def r(self, delay: float, curve: int = 0) -> float:
        """Pearson's r of an activation and the EMG drawn `delay` s later; NaN where they hardly overlap or rest."""
        shown = self.activation[curve]
        if self.emg is None or shown is None:
            return float("nan")
        measured = self.emg.at(shown.time - delay)
        both = np.isfinite(shown.values) & np.isfinite(measured)
        if len(shown.time) < 2 or both.sum() * float(np.median(np.diff(shown.time))) < SHORTEST:
            return float("nan")
        return float(metrics.r(shown.values[:, None], measured[:, None])[0])

    @cached_property
    def best(self) -> tuple[float, float]:
        """The delay (s) with the largest r of the first activation, and that r; NaN twice where there is none."""
        found = np.array([self.r(float(delay)) for delay in DELAYS])
        if not np.isfinite(found).any():
            return float("nan"), float("nan")
        index = int(np.nanargmax(found))
        return float(DELAYS[index]), float(found[index])


def offered(tracks: Sequence[Track], emg: Table | None) -> tuple[str, ...]:
    """Muscles and sites without side that can be drawn: those with EMG and activation first, then all others."""
    columns = dict.fromkeys(anatomy.split_side(name)[0] for track in tracks for name in track.names)
    sites = dict.fromkeys(anatomy.split_side(name)[0] for name in (emg.names if emg else ()))
    both = [base for base in sites if any(_activation(track, f"{base}_{side}") for track in tracks for side in "rl")]
    return tuple(dict.fromkeys((*both, *columns, *sites)))


def of(base: str, side: Side, tracks: Sequence[Track], emg: Table | None) -> Traces:
    """Traces of a muscle or site of one side; what no file holds is left out."""
    name = f"{base}_{side}"
    activation = tuple(_activation(track, name) for track in tracks)
    site = _site(name, emg.names) if emg else None
    if emg is None or site is None:
        return Traces(name=name, activation=activation)
    channel = signal.bridge(emg.column(site)[:, None], max(1, round(BRIDGED * emg.rate)))[:, 0]
    curve = Curve(label=f"EMG {site}", time=emg.time, values=channel)
    unit = emg.units[emg.names.index(site)]
    return Traces(name=name, activation=activation, emg=curve, unit=unit)


def _activation(track: Track, name: str) -> Curve | None:
    """The column of that name, or what a site or muscle of that name makes of the columns there are."""
    if name in track.names:
        index = track.names.index(name)
        ends = None if track.low is None or track.high is None else (track.low[:, index], track.high[:, index])
        low, high = ends if ends and np.isfinite(ends).any() else (None, None)
        return Curve(label=track.name, time=track.time, values=track.values[:, index], low=low, high=high)
    base, side = anatomy.split_side(name)
    seen = anatomy.site(base).muscles if base in anatomy.SITES else {base: 1.0}
    weights = {f"{m}_{side}": w for m, w in seen.items() if f"{m}_{side}" in anatomy.MUSCLES}
    values = track.muscles(tuple(weights), track.time)
    known = np.isfinite(values) * np.array(list(weights.values()))
    if not known.any():
        return None
    total = known.sum(axis=1)
    summed = (np.nan_to_num(values) * known).sum(axis=1)
    mean = np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0)
    return Curve(label=track.name, time=track.time, values=mean)


def _site(name: str, measured: Sequence[str]) -> str | None:
    """The measured site of that name, or the one that sees most of the muscle of that name."""
    if name in measured:
        return name
    muscle, side = anatomy.split_side(name)
    near = [each for each in measured if anatomy.split_side(each)[1] == side]
    share = {each: anatomy.site(each).muscles.get(muscle, 0.0) for each in near}
    return max((each for each in near if share[each] > 0), key=lambda each: share[each], default=None)


def stretch(time: float, span: float, start: float, stop: float) -> tuple[float, float]:
    """The `span` s that are drawn while `time` is shown, turned like pages; all, where all fits."""
    if stop - start <= span:
        return start, stop
    number = min(int((time - start) / span), int(np.ceil((stop - start) / span)) - 1)
    return start + number * span, start + (number + 1) * span


def points(time: float, first: float, last: float) -> Array:
    """Times (N,) s of a stretch, the time that is shown twice among them, so that a cursor stands upright there."""
    grid = np.linspace(first, last, FINEST)
    return np.sort(np.append(grid, [time, time]))
