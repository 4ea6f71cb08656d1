"""Synergies as one drawing: weights as bars, activations against time, and VAF against their number."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from myoshift.deploy.synergies import Found
from myoshift.physiology.rank import VAF

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000")
"""Told apart without red and green (Okabe and Ito 2008)."""
INK, MUTED, FAINT = "#222222", "#666666", "#DDDDDD"
MOST_POINTS = 1000
SECONDS = 10.0
"""Longest stretch of activations that is drawn: more would be a hedge."""


def draw(found: Found) -> bytes:
    """The drawing as SVG, the same bytes for the same synergies."""
    with mpl.rc_context(
        {"svg.hashsalt": "myoshift", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 8.5}
    ):
        rank, muscles = found.synergies.rank, len(found.muscles)
        figure = Figure(figsize=(max(7.2, 3.8 + 0.3 * muscles), 1.1 * rank + 3.1))
        FigureCanvasSVG(figure)
        height = figure.get_figheight()
        grid = GridSpec(
            rank, 2, figure, width_ratios=(max(2.4, 0.3 * muscles), 3.2), wspace=0.16, hspace=0.32,
            left=0.07, right=0.985, top=1 - 0.35 / height, bottom=2.7 / height,
        )  # fmt: skip
        _synergies(figure, grid, found)
        below = GridSpec(
            1,
            2,
            figure,
            width_ratios=grid.get_width_ratios(),
            left=0.07,
            right=0.985,
            top=1.5 / height,
            bottom=0.42 / height,
            wspace=0.16,
        )
        _vaf(figure.add_subplot(below[0]), found)
        _hidden(figure.add_subplot(below[1]), found)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        return stream.getvalue()


def _synergies(figure: Figure, grid: GridSpec, found: Found) -> None:
    """A row for each: bars of its weights, its activation beside them."""
    synergies, last = found.synergies, found.synergies.rank - 1
    frames = min(len(synergies.activations), round(SECONDS * found.rate), found.pieces[0])
    time = np.arange(frames) / found.rate
    keep = slice(None, None, -(-frames // MOST_POINTS))
    top = float(np.nanmax(synergies.activations[:frames])) * 1.05
    for number in range(synergies.rank):
        colour = COLOURS[number % len(COLOURS)]
        bars, curve = figure.add_subplot(grid[number, 0]), figure.add_subplot(grid[number, 1])
        bars.bar(np.arange(len(found.muscles)), synergies.weights[:, number], 0.72, color=colour)
        bars.set_xlim(-0.6, len(found.muscles) - 0.4)
        bars.set_ylim(0, 1)
        bars.set_yticks([0, 1])
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
    bars.set_xticklabels([_name(muscle) for muscle in found.muscles], rotation=90, parse_math=False)
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
