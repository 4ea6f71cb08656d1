"""Synergies as one drawing: weights as bars, activations against time, and VAF against their number."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.style import context

from myoshift.deploy.synergies import Found
from myoshift.physiology.rank import VAF

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000")
"""Told apart without red and green (Okabe and Ito 2008)."""
INK, MUTED, FAINT = "#222222", "#666666", "#DDDDDD"
MOST_POINTS = 1000
MANY = 24
"""Muscles, from which on their bars are narrow."""
SECONDS = 10.0
"""Longest stretch of activations that is drawn: more would be a hedge."""


@dataclass(frozen=True)
class Sheet:
    """Where things stand, in inches: bars to the left, curves to the right, their number below."""

    bars: float
    rows: int
    names: float

    LEFT, GAP, CURVES, RIGHT = 0.55, 0.55, 3.4, 0.15
    TOP, ROW, BETWEEN, BELOW, BOTTOM = 0.35, 0.85, 0.25, 1.15, 0.42

    @classmethod
    def of(cls, found: Found) -> Sheet:
        """Narrower bars where there are many."""
        muscles = len(found.muscles)
        longest = max(map(len, found.muscles))
        return cls(max(2.8, muscles * (0.28 if muscles <= MANY else 0.14)), found.synergies.rank, 0.075 * longest)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        height = self.TOP + self.rows * (self.ROW + self.BETWEEN) + self.names + self.BELOW + self.BOTTOM + 0.3
        return self.LEFT + self.bars + self.GAP + self.CURVES + self.RIGHT, height

    def row(self, number: int, right: bool) -> tuple[float, float, float, float]:
        """The place of a synergy's bars or curve, as shares of the sheet."""
        return self._share(self.size[1] - self.TOP - number * (self.ROW + self.BETWEEN) - self.ROW, self.ROW, right)

    def below(self, right: bool) -> tuple[float, float, float, float]:
        """The place of one of the two curves against the number of synergies."""
        return self._share(self.BOTTOM, self.BELOW, right, widest=self.CURVES)

    def _share(
        self, bottom: float, tall: float, right: bool, widest: float = float("inf")
    ) -> tuple[float, float, float, float]:
        width, height = self.size
        left, wide = (self.LEFT + self.bars + self.GAP, self.CURVES) if right else (self.LEFT, self.bars)
        return left / width, bottom / height, min(wide, widest) / width, tall / height


def draw(found: Found) -> bytes:
    """The drawing as SVG, the same bytes for the same synergies."""
    own = {"svg.hashsalt": "myoshift", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 8.5}
    with context(["default", own]):  # whatever the user's own style is
        sheet = Sheet.of(found)
        figure = Figure(figsize=sheet.size)
        FigureCanvasSVG(figure)
        _synergies(figure, sheet, found)
        _vaf(figure.add_axes(sheet.below(right=False)), found)
        _hidden(figure.add_axes(sheet.below(right=True)), found)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        return stream.getvalue()


def _synergies(figure: Figure, sheet: Sheet, found: Found) -> None:
    """A row for each: bars of its weights, its activation beside them."""
    synergies, last = found.synergies, found.synergies.rank - 1
    frames = min(len(synergies.activations), round(SECONDS * found.rate), found.pieces[0])
    time = np.arange(frames) / found.rate
    keep = slice(None, None, -(-frames // MOST_POINTS))
    most = 1.0 if synergies.weights.max() > 0.5 else 0.5
    top = float(np.nanmax(synergies.activations[:frames])) * 1.05
    for number in range(synergies.rank):
        colour = COLOURS[number % len(COLOURS)]
        bars, curve = (figure.add_axes(sheet.row(number, right)) for right in (False, True))
        bars.bar(np.arange(len(found.muscles)), synergies.weights[:, number], 0.72, color=colour)
        bars.set_xlim(-0.6, len(found.muscles) - 0.4)
        bars.set_ylim(0, most)
        bars.set_yticks([0, most])
        bars.set_ylabel(
            str(number + 1), rotation=0, labelpad=8, color=colour, fontsize=11, fontweight="bold", va="center"
        )
        curve.fill_between(time[keep], 0, synergies.activations[:frames, number][keep], color=colour, alpha=0.2, lw=0)
        curve.plot(time[keep], synergies.activations[:frames, number][keep], color=colour, linewidth=1.2)
        curve.set_xlim(0, max(time[-1], 1 / found.rate))
        curve.set_ylim(0, top)
        curve.locator_params(axis="y", nbins=3)
        for axes in (bars, curve):
            _plain(axes)
            axes.tick_params(labelbottom=number == last)
        bars.set_xticks(np.arange(len(found.muscles)))
        if number == 0:
            _title(bars, "weights of the muscles, unit length")
            _title(curve, "activations against time")
    bars.set_xticklabels(
        [_name(muscle) for muscle in found.muscles],
        rotation=90,
        parse_math=False,
        fontsize=7.5 if len(found.muscles) <= MANY else 6.5,
    )
    curve.set_xlabel("s", loc="right", color=MUTED, labelpad=1)


def _vaf(axes: Axes, found: Found) -> None:
    """VAF against the number of synergies, the rules beside it."""
    number = np.arange(1, len(found.curve.vaf) + 1)
    axes.axhline(VAF, color=FAINT, linewidth=1, zorder=0)
    axes.plot(number, found.curve.least, color=MUTED, linestyle="--", marker="s", markersize=3.5, linewidth=1)
    axes.plot(number, found.curve.vaf, color=INK, marker="o", markersize=4, linewidth=1.4)
    axes.axvline(found.synergies.rank, color=COLOURS[0], linewidth=6, alpha=0.18, zorder=0)
    axes.set_ylim(min(0.5, float(np.nanmin([*found.curve.vaf, *found.curve.least, 0.5]))) - 0.02, 1.02)
    axes.set_xticks(number)
    axes.set_xlim(0.6, len(number) + 0.4)
    _plain(axes)
    _title(axes, "VAF: all muscles (line), worst (dashed)")
    axes.set_xlabel("number of synergies (band: taken)", color=MUTED)


def _hidden(axes: Axes, found: Found) -> None:
    """Error on hidden stretches against the number of synergies."""
    _plain(axes)
    if found.hidden is None:
        axes.set_axis_off()
        axes.text(0, 0.5, "too little data to hide a part of", color=MUTED, transform=axes.transAxes)
        return
    errors = found.hidden.errors
    number, error = np.arange(1, len(errors) + 1), errors.std(axis=1, ddof=1) / np.sqrt(errors.shape[1])
    axes.axvline(found.synergies.rank, color=COLOURS[0], linewidth=6, alpha=0.18, zorder=0)
    axes.errorbar(
        number, found.hidden.error, error, color=INK, marker="o", markersize=4, linewidth=1.4, elinewidth=1, capsize=2
    )
    axes.set_xticks(number)
    axes.set_xlim(0.6, len(number) + 0.4)
    axes.set_ylim(0, None)
    axes.locator_params(axis="y", nbins=4)
    _title(axes, "error where muscles were hidden, ± SE")
    axes.set_xlabel("number of synergies (band: taken)", color=MUTED)


def _plain(axes: Axes) -> None:
    axes.tick_params(colors=MUTED, length=2, pad=2, labelsize=7.5)
    for name, spine in axes.spines.items():
        spine.set_visible(name in {"left", "bottom"})
        spine.set_color(FAINT)


def _title(axes: Axes, words: str) -> None:
    axes.set_title(words, loc="left", color=INK, fontsize=8.5, pad=6)


def _name(muscle: str) -> str:
    return muscle.replace("_", " ")
