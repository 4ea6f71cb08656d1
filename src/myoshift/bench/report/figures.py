"""Small drawings for the report, as inline SVG that takes its colours from the page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from myoshift.types import Array

MOST_POINTS = 1000
MEASURED, FIRST, SECOND, MUTED = "#000001", "#000002", "#000003", "#000004"
COLOURS = {MEASURED: "measured", FIRST: "first", SECOND: "second", MUTED: "muted"}
"""Stand-ins for the colours of the page, so that one drawing serves light and dark."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One muscle: measured (T,), and the predictions of up to two methods with their r."""

    title: str
    rate: float
    measured: Array
    predicted: tuple[Array, ...]


def overlay(panels: Sequence[Panel]) -> Markup:
    """Measured and predicted envelopes, a panel per muscle, seconds across."""
    with mpl.rc_context({"svg.hashsalt": "myoshift", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(2.75 * len(panels), 1.5))
        FigureCanvasSVG(figure)
        for index, panel in enumerate(panels):
            _draw(figure.add_subplot(1, len(panels), index + 1), panel, first=index == 0)
        figure.subplots_adjust(left=0.035, right=0.995, bottom=0.14, top=0.86, wspace=0.14)
        return _inline(figure)


def _draw(axes: Axes, panel: Panel, *, first: bool) -> None:
    time = np.arange(len(panel.measured)) / panel.rate
    keep = slice(None, None, -(-len(time) // MOST_POINTS))
    axes.fill_between(time[keep], 0, panel.measured[keep], color=MEASURED, alpha=0.22, linewidth=0)
    axes.plot(time[keep], panel.measured[keep], color=MEASURED, linewidth=0.8)
    for values, colour in zip(panel.predicted, (FIRST, SECOND), strict=False):
        axes.plot(time[keep], values[keep], color=colour, linewidth=1.3)
    axes.set_title(panel.title, parse_math=False, fontsize=8.5, color=MUTED, loc="left", pad=3)
    axes.set_xlim(0, max(time[-1], 1 / panel.rate))
    axes.set_ylim(0, None)
    axes.locator_params(axis="both", nbins=4)
    axes.tick_params(colors=MUTED, length=2, pad=2, labelsize=7.5)
    axes.patch.set_visible(False)
    for name, spine in axes.spines.items():
        spine.set_visible(name in {"left", "bottom"})
        spine.set_color(MUTED)
    if first:
        axes.set_xlabel("s", color=MUTED, loc="right", labelpad=-9, fontsize=7.5)


def _inline(figure: Figure) -> Markup:
    """The drawing without its XML header, date and fixed size; matplotlib has escaped the text in it."""
    figure.patch.set_visible(False)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    for stand_in, colour in COLOURS.items():
        text = text.replace(stand_in, f"var(--{colour})")
    return Markup(text)


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
