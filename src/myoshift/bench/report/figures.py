"""The drawings of the page: envelopes, curves over an amount, dots against a range, and the axis of a leaderboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from myoshift.bench.report.drawing import (
    DASHES,
    FIRST,
    MEASURED,
    MOST_POINTS,
    MUTED,
    SECOND,
    SERIES,
    draw,
    heading,
    labels,
    shortened,
    style,
)
from myoshift.types import Array


@dataclass(frozen=True, eq=False)
class Panel:
    """One muscle: measured (T,), predictions of up to two methods, the spread (T,), (T,) of the first if any."""

    title: str
    rate: float
    measured: Array
    predicted: tuple[Array, ...]
    band: tuple[Array, Array] | None = None


def overlay(panels: Sequence[Panel]) -> Markup:
    """Measured and predicted envelopes, a drawing per muscle, seconds across."""
    drawn = [draw(_envelopes(panel), f"{panel.title}: measured and predicted", height=1.75) for panel in panels]
    return Markup("\n").join(drawn)


def _envelopes(panel: Panel) -> Callable[[Axes], None]:
    def paint(axes: Axes) -> None:
        time = np.arange(len(panel.measured)) / panel.rate
        keep = slice(None, None, max(1, -(-len(time) // MOST_POINTS)))
        axes.fill_between(time[keep], 0, panel.measured[keep], color=MEASURED, alpha=0.22, linewidth=0)
        axes.plot(time[keep], panel.measured[keep], color=MEASURED, linewidth=0.8)
        if panel.band is not None:
            low, high = panel.band
            axes.fill_between(time[keep], low[keep], high[keep], color=FIRST, alpha=0.2, linewidth=0)
        for values, colour, dash in zip(panel.predicted, (FIRST, SECOND), ("-", (0, (4, 1.2))), strict=False):
            axes.plot(time[keep], values[keep], color=colour, linewidth=1.3, linestyle=dash)
        heading(axes, panel.title)
        axes.set_xlim(0, max(time[-1], 1 / panel.rate))
        axes.set_ylim(0, None)
        axes.locator_params(axis="both", nbins=4)
        labels(axes, "s")

    return paint


@dataclass(frozen=True, eq=False)
class Curve:
    """A series over amounts (N,): values with intervals (N,), whether each point is joined to the one before."""

    name: str
    x: Array
    y: Array
    low: Array
    high: Array
    joined: tuple[bool, ...]
    flat: bool = False


@dataclass(frozen=True, eq=False)
class Ticks:
    """Amounts (N,) along the axis, in even steps or in doublings, and what is written below them."""

    at: Array
    said: tuple[str, ...]
    along: str
    step: float = 0.0

    def place(self, amounts: Array) -> Array:
        """Where amounts are drawn: `step` is one unit, or without one a doubling is."""
        return np.asarray(amounts / self.step if self.step else np.log2(amounts))


def curves(series: Sequence[Curve], ticks: Ticks, title: str, *, y: str = "r") -> Markup:
    """Series over amounts; amounts of other people are not joined."""

    def paint(axes: Axes) -> None:
        spread = 0.05 * (len(series) - 1) / 2
        for index, curve in enumerate(series):
            _series(axes, curve, ticks.place(curve.x), index, 0.0 if curve.flat else -spread + 0.05 * index)
        at = ticks.place(ticks.at)
        axes.set_xticks(
            at, labels=["\n".join(shortened(line, 24) for line in each.split("\n")) for each in ticks.said]
        )
        axes.set_xlim(at[0] - 0.5, at[-1] + 0.5)
        axes.grid(axis="y", color=MUTED, alpha=0.25, linewidth=0.5)
        axes.locator_params(axis="y", nbins=6)
        heading(axes, title)
        labels(axes, ticks.along, y)

    return draw(paint, f"{title}: {y} over {ticks.along}; the values are in the table below", width=4.2, height=2.9)


def _series(axes: Axes, curve: Curve, at: Array, index: int, shift: float) -> None:
    """One series; intervals as bars, each series a little beside the next."""
    look, x = style(index), at + shift
    if curve.flat:
        axes.plot(x, curve.y, color=look["color"], linewidth=0, marker="_", markersize=16, markeredgewidth=1.8)
        return
    for k in range(1, len(x)):
        if curve.joined[k]:
            pair = slice(k - 1, k + 1)
            axes.plot(
                x[pair], curve.y[pair], color=look["color"], linewidth=1.2, linestyle=DASHES[index % len(DASHES)]
            )
    axes.vlines(x, curve.low, curve.high, color=look["color"], linewidth=0.9, alpha=0.6)
    axes.plot(x, curve.y, **look, linewidth=0, markersize=4)


@dataclass(frozen=True, eq=False)
class Rows:
    """Dots on lines: names (N,), places, values and which series each belongs to."""

    names: tuple[str, ...]
    row: Array
    value: Array
    group: Array


def dots(rows: Rows, title: str, along: str, *, reach: float, span: tuple[float, float]) -> Markup:
    """Dots in rows between -reach and reach, against a range that is shaded."""

    def paint(axes: Axes) -> None:
        axes.axvspan(*span, color=MUTED, alpha=0.15, linewidth=0)
        axes.axvline(0, color=MUTED, linewidth=0.7)
        for group in sorted({int(each) for each in rows.group}):
            own, jitter = rows.group == group, 0.11 * (group % 5 - 2)
            axes.plot(rows.value[own], rows.row[own] + jitter, **style(group), linewidth=0, markersize=4, alpha=0.9)
        axes.set_yticks(np.arange(len(rows.names)), labels=[shortened(name, 26) for name in rows.names])
        axes.set_ylim(len(rows.names) - 0.4, -0.6)
        axes.set_xlim(-reach, reach)
        labels(axes, along)

    return draw(paint, f"{title}; the values are in the table below", width=4.2, height=0.7 + 0.24 * len(rows.names))


def histogram(values: Array, edges: Array, expected: tuple[Array, Array], title: str, along: str) -> Markup:
    """Counts (N,) between edges (N + 1,), with a line of expected counts over them."""

    def paint(axes: Axes) -> None:
        axes.stairs(values, edges, color=MEASURED, fill=True, alpha=0.45)
        axes.plot(*expected, color=SERIES[0], linewidth=1.4)
        axes.locator_params(axis="y", nbins=5)
        labels(axes, along, "count")

    return draw(paint, f"{title}; the values are in the table below", width=4.2, height=2.4)


def bars(names: Sequence[str], values: Sequence[float], title: str, color: int = 0) -> Markup:
    """Horizontal bars of values between 0 and 1."""

    def paint(axes: Axes) -> None:
        at = np.arange(len(names))
        axes.barh(at, values, color=SERIES[color % len(SERIES)], height=0.62)
        axes.set_yticks(at, labels=[shortened(name, 22) for name in names])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        heading(axes, title)

    return draw(paint, f"{title}: weights", width=3.6, height=0.6 + 0.2 * len(names))


@dataclass(frozen=True)
class Scale:
    """The common axis of the intervals of one leaderboard, drawn 300 units wide."""

    low: float
    high: float

    @classmethod
    def around(cls, values: Sequence[float]) -> Scale:
        """From tenth to tenth around all finite values."""
        finite = [value for value in values if np.isfinite(value)] or [0.0, 1.0]
        low, high = np.floor(min(finite) * 10) / 10, np.ceil(max(finite) * 10) / 10
        return cls(float(low), float(max(high, low + 0.1)))

    def at(self, value: float) -> float:
        """Place of a value on the axis, within 12 and 288."""
        return round(12 + 276 * (value - self.low) / (self.high - self.low), 1)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Four to eight round numbers."""
        step = 0.1 if self.high - self.low < 0.75 else 0.2
        first = np.ceil(self.low / step - 1e-9)
        count = int((self.high - first * step) / step + 1e-9) + 1
        return tuple(round(float((first + k) * step), 1) for k in range(count))
