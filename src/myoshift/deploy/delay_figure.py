"""Delays of many recordings in one drawing, beside what the literature says."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.style import context

from myoshift.deploy.timing import COMMON, Timing
from myoshift.errors import ConfigError

USUAL, POSSIBLE = (35.0, 70.0), (20.0, 100.0)
"""ms; what contact-force studies recommend, and electromechanical delays of 176 knee extensors (Zhou 1995)."""
KNOWN, UNKNOWN, MUSCLE = "#0072b2", "#999999", "#d55e00"
"""Colours that colour-blind people tell apart (Okabe and Ito 2008)."""
COLUMNS = ("recording", "muscle", "delay", "low", "high", "against", "verdict")
ROW, BETWEEN = 0.085, 1.2  # inches a recording; rows between places


def write(path: Path, rows: Sequence[Timing]) -> None:
    """Draw the common delay of each recording with its interval, and the identifiable muscles; the numbers beside it.

    Parameters
    ----------
    path : .svg; the .csv of that name is written too. The same rows give the same bytes.

    Raises
    ------
    ConfigError
        When there is nothing to draw.
    """
    if not rows:
        raise ConfigError("no delay to draw", mend="name recordings with motion and EMG")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: f"{v:.4f}" if isinstance(v, float) else v for k, v in r.row().items()} for r in rows)
    place, ticks = _places(rows)
    own = {"svg.hashsalt": "myoshift", "svg.fonttype": "none", "font.family": "sans-serif"}
    with context(["default", own]):  # whatever the user's own style is
        figure = Figure(figsize=(8.5, 1.3 - ROW * min(place.values())), layout="constrained")
        FigureCanvasSVG(figure)
        _draw(figure.add_subplot(), place, ticks, rows)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _places(rows: Sequence[Timing]) -> tuple[dict[str, float], dict[str, float]]:
    """Height of each recording, those of one place together, and of the name of each place."""
    place: dict[str, float] = {}
    ticks: dict[str, float] = {}
    below = 0.0
    for where in dict.fromkeys(row.where for row in rows):
        own = list(dict.fromkeys(row.recording for row in rows if row.where == where))
        place |= {name: below - k for k, name in enumerate(own)}
        ticks[f"{where} ({len(own)})"] = below - (len(own) - 1) / 2
        below -= len(own) + BETWEEN
    return place, ticks


def _draw(axes: Axes, place: Mapping[str, float], ticks: Mapping[str, float], rows: Sequence[Timing]) -> None:
    axes.axvspan(*POSSIBLE, color="#000000", alpha=0.06, linewidth=0)
    axes.axvspan(*USUAL, color="#000000", alpha=0.10, linewidth=0)
    axes.axvline(0, color="#000000", linewidth=0.6)
    for row in rows:
        y, known = place[row.recording], row.delay is not None
        if row.muscle == COMMON and row.low is not None and row.high is not None:
            axes.plot([1000 * row.low, 1000 * row.high], [y, y], color=KNOWN if known else UNKNOWN, linewidth=1.1)
        if row.delay is None:
            continue
        if row.muscle == COMMON:
            axes.plot(1000 * row.delay, y, "o", color=KNOWN, markersize=3.5)
        else:
            full = row.verdict == "identifiable"
            axes.plot(1000 * row.delay, y, "|" if full else "x", color=MUSCLE, markersize=6, markeredgewidth=1.2)
    axes.set_yticks(list(ticks.values()), list(ticks), fontsize=7, parse_math=False)
    axes.set_ylim(min(place.values()) - BETWEEN, BETWEEN)
    against = ", ".join(sorted({row.against for row in rows}))
    axes.set_xlim(-155, 155)
    axes.set_xlabel(f"delay, ms; positive: what it is held against ({against}) comes after the EMG", fontsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [
        axes.plot([], [], "o-", color=KNOWN, markersize=4.5, linewidth=1.4, label="common to all muscles, 95 %")[0],
        axes.plot([], [], "-", color=UNKNOWN, linewidth=1.4, label="not identifiable")[0],
        axes.plot([], [], "|", color=MUSCLE, markersize=6, label="a muscle")[0],
        axes.plot([], [], "x", color=MUSCLE, markersize=6, label="a muscle at its bound")[0],
        axes.axvspan(0, 0, color="#000000", alpha=0.16, linewidth=0, label="35 to 70 ms (20 to 100 ms)"),
    ]
    figure = axes.figure
    figure.legend(handles=handles, loc="outside upper center", ncols=5, fontsize=7, frameon=False)
