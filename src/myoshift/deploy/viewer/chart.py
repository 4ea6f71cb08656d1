"""A chart in the panel: traces of one side, and the time that is shown as an upright line.

viser's chart (uPlot) knows no gaps in numbers: it draws a straight line over NaN. Each stretch without NaN is
therefore a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from myoshift.deploy.viewer.traces import Curve, Traces, points
from myoshift.signal.blocks import blocks
from myoshift.types import Array

if TYPE_CHECKING:
    import viser

ACTIVATION = ("#0072b2", "#d55e00")
"""Of the first and the second file (colours of Okabe and Ito, which the colour-blind tell apart)."""
EMG = "#666666"
CURSOR = "#000000"
HEIGHT = 210
"""Pixels of a chart."""
LABEL, TICKS = 16, 46
"""Pixels of the name and of the numbers of an upright axis."""
MOST = 12
"""Stretches of one curve that are drawn: the longest, where gaps cut it into more."""
INTERVAL = " (band: its interval)"
BOUND, FAINT = 0.5, "33"
"""Pixels of the ends of an interval, and how much of the colour is between them (of ff)."""
LEAST = 0.05
"""Least end of the axis of activation."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A curve as it is drawn: on the left axis (`y`) or, shifted by the delay, on that of the EMG; `unit` of it."""

    curve: Curve
    colour: str
    scale: str = "y"
    factor: float = 1.0
    unit: str = "1"
    width: float = 2.0

    def at(self, time: Array, delay: float) -> Array:
        """(N,) values at times of the axis."""
        return self.factor * self.curve.at(time - delay if self.scale == "emg" else time)


class Chart:
    """The chart of one side in a viser panel: `set` says of what, `draw` when, inside `server.atomic()`.

    Parameters
    ----------
    emg : whether there is an axis of EMG, or room for that of the other side
    """

    def __init__(self, gui: viser.GuiApi, title: str, *, emg: bool) -> None:
        self._gui, self._emg = gui, emg
        self._folder = gui.add_folder(title)
        with self._folder:
            self._key = gui.add_html("")
        self._plot: viser.GuiUplotHandle | None = None
        self._traces: Traces | None = None
        self._lines: tuple[Line, ...] = ()
        self._drawn: tuple[Line, ...] = ()
        self._tops: dict[str, float] = {}
        self._alike: tuple[float, tuple[str, ...]] | None = None
        self._new = True

    def show(self, visible: bool) -> None:
        """Show or hide the chart."""
        self._folder.visible = visible

    def set(self, traces: Traces) -> None:
        """Draw these traces from now on."""
        self._alike = None
        self._traces, self._lines = traces, tuple(_lines(traces))
        self._drawn = tuple(piece for line in self._lines for piece in _drawn(line))
        self._tops = {scale: _top(self._lines, scale) for scale in ("y", "emg")}
        self._new = True

    def draw(self, time: float, stretch: tuple[float, float], delay: float) -> None:
        """Draw a stretch (s), with the upright line at `time` and the EMG `delay` s later."""
        if self._traces is None:
            return
        if self._alike is None or self._alike[0] != delay:  # of the whole recording: not again for every frame
            self._alike = delay, tuple(_alike(self._traces, delay))
        self._key.content = _key(self._traces, self._lines, self._alike[1], time, delay)
        data = self._data(time, *stretch, delay)
        if self._plot is None:
            with self._folder:
                self._plot = self._gui.add_uplot(data, _series(self._drawn), height=HEIGHT, **self._look())
        elif self._new:  # the browser applies all of these at once; to take the chart out and in would outrun updates
            self._plot.series = _series(self._drawn)
            for name, value in self._look().items():
                setattr(self._plot, name, value)
        self._plot.data = data
        self._new = False

    def _look(self) -> dict[str, Any]:
        look = _look(self._lines, self._tops, room=self._emg)
        return {**look, "bands": _bands(self._drawn), "visible": bool(self._drawn)}

    def _data(self, time: float, first: float, last: float, delay: float) -> tuple[Array, ...]:
        axis = points(time, first, last)
        cursor = np.full(len(axis), np.nan)
        here = np.flatnonzero(axis == time)
        if len(here):
            cursor[here[0]], cursor[here[-1]] = 0.0, self._tops["y"]
        return (axis, *(line.at(axis, delay) for line in self._drawn), cursor)


def _lines(traces: Traces) -> Iterator[Line]:
    if traces.emg is not None:
        milli = traces.unit == "V"
        unit = "mV" if milli else traces.unit
        yield Line(curve=traces.emg, colour=EMG, scale="emg", factor=1000.0 if milli else 1.0, unit=unit, width=1.5)
    for curve, colour in zip(traces.activation, ACTIVATION, strict=False):
        if curve is not None:
            yield Line(curve=curve, colour=colour)


def _drawn(line: Line) -> Iterator[Line]:
    """The line itself without its gaps, and the lower and the upper end of its interval, one after the other."""
    curve = line.curve
    for start, stop in _stretches(curve.values):
        yield replace(line, curve=Curve(label="", time=curve.time[start:stop], values=curve.values[start:stop]))
    if curve.low is not None and curve.high is not None:
        for start, stop in _stretches(curve.low + curve.high):
            for end in (curve.low, curve.high):
                piece = Curve(label="", time=curve.time[start:stop], values=end[start:stop])
                yield replace(line, curve=piece, width=BOUND)


def _stretches(values: Array) -> list[tuple[int, int]]:
    """The longest stretches without NaN, at most `MOST`."""
    longest = sorted(blocks(np.isfinite(values)), key=lambda ends: ends[0] - ends[1])[:MOST]
    return sorted(longest)


def _top(lines: tuple[Line, ...], scale: str) -> float:
    tops = [line.factor * line.curve.top for line in lines if line.scale == scale]
    return 1.05 * max(tops, default=0.0) or LEAST if scale == "emg" else max(1.05 * max(tops, default=0.0), LEAST)


def _series(drawn: tuple[Line, ...]) -> tuple[Any, ...]:
    plain = {"points": {"show": False}}
    lines = ({"stroke": line.colour, "width": line.width, "scale": line.scale, **plain} for line in drawn)
    return ({}, *lines, {"stroke": CURSOR, "width": 1, "scale": "y", **plain})


def _bands(drawn: tuple[Line, ...]) -> tuple[Any, ...]:
    """Between each lower end and the upper end that follows it, in the colour of the line."""
    low = [k for k, line in enumerate(drawn, start=1) if line.width == BOUND][::2]
    return tuple({"series": (k + 1, k), "fill": f"{drawn[k - 1].colour}{FAINT}"} for k in low)


def _look(lines: tuple[Line, ...], tops: dict[str, float], *, room: bool) -> dict[str, Any]:
    """Axes with units; where there is no EMG but room for it, times stand below those of the other chart."""
    label = {"labelSize": LABEL, "size": TICKS}
    axes: list[dict[str, Any]] = [
        {"label": "time (s)", "labelSize": LABEL, "size": 28},
        {"label": "activation (0 to 1)", "scale": "y", **label},
    ]
    unit = next((line.unit or "unit not stated" for line in lines if line.scale == "emg"), None)
    if unit is not None:
        axes.append({"label": f"EMG ({unit})", "scale": "emg", "side": 1, "grid": {"show": False}, **label})
    right = LABEL + TICKS if room and unit is None else 4
    scales = {"x": {"time": False}, **{name: {"range": (0.0, top)} for name, top in tops.items()}}
    return {"axes": tuple(axes), "scales": scales, "legend": {"show": False}, "padding": (8, right, 0, 0)}


def _key(traces: Traces, lines: tuple[Line, ...], alike: tuple[str, ...], time: float, delay: float) -> str:
    """What each colour is, its value now, and how alike activation and EMG are."""
    rows = []
    for line in lines:
        value = float(line.at(np.array([time]), delay)[0])
        unit = "" if line.unit == "1" else f" {line.unit}"
        now = "not known" if value != value else f"{value:.3g}{unit}"
        rows.append(
            f'<div><span style="color:{line.colour};font-weight:bold">&#9473;</span> '
            f"{escape(line.curve.label)}: {escape(now)}{'' if line.curve.low is None else INTERVAL}</div>"
        )
    if not rows:
        rows.append(f"<div>no file has {escape(traces.name)}</div>")
    rows += [f"<div>{escape(text)}</div>" for text in alike]
    return f'<div style="font-size:0.75rem;line-height:1.35;padding:0.1rem 0.5rem">{"".join(rows)}</div>'


def _alike(traces: Traces, delay: float) -> Iterator[str]:
    """How alike each activation is to the EMG as it is drawn, and where the first would be most."""
    if traces.emg is None:
        return
    drawn = "the EMG as recorded" if delay == 0 else f"the EMG {_late(delay)}"
    for number, curve in enumerate(traces.activation):
        if curve is not None:
            found = traces.r(delay, number)
            said = "no r (too little in common, or one rests)" if found != found else f"r = {found:.2f}"
            yield f"{curve.label} and {drawn}: {said}"
    best, r = traces.best
    first = traces.activation[0]
    if r == r and first is not None:
        yield f"largest r of {first.label}: {r:.2f}, the EMG {_late(best)}"


def _late(delay: float) -> str:
    return f"{abs(1000 * delay):.0f} ms {'later' if delay >= 0 else 'earlier'}"
