"""How a drawing becomes inline SVG that takes its colours from the page, without date, and the same every time."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.style import context

MOST_POINTS = 1000
MEASURED, FIRST, SECOND, MUTED = "#000001", "#000002", "#000003", "#000004"
SERIES = ("#000011", "#000012", "#000013", "#000014", "#000015", "#000016", "#000017")
COLOURS = {MEASURED: "measured", FIRST: "first", SECOND: "second", MUTED: "muted"} | {
    stand_in: f"c{index}" for index, stand_in in enumerate(SERIES, start=1)
}
"""Stand-ins for the colours of the page (Okabe and Ito's in light and dark), so that one drawing serves both."""
MARKERS, DASHES = (
    ("o", "s", "^", "D", "v", "P", "X", "*"),
    ("-", "--", "-.", ":", (0, (6, 1.5)), (0, (1, 1)), (0, (4, 1, 1, 1))),
)
"""What tells series apart where colours do not."""
SMALL = 7.5
KEEP: dict[Any, Any] = {"svg.hashsalt": "myoshift", "svg.fonttype": "none", "font.family": "sans-serif"}


def draw(paint: Callable[[Axes], None], label: str, *, width: float = 3.6, height: float = 2.4) -> Markup:
    """One pair of axes, `width` by `height` inches, as SVG with a label for those who do not see it."""
    with context(["default", KEEP]):  # whatever the user's own style is
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        _plain(axes)
        paint(axes)
        figure.tight_layout(pad=0.3)
        return _inline(figure, label)


def heading(axes: Axes, text: str) -> None:
    """A title over the left end; text from data is never read as mathematics."""
    axes.set_title(shortened(text), parse_math=False, fontsize=8.5, color=MUTED, loc="left", pad=4)


def shortened(text: str, most: int = 42) -> str:
    """Text for a drawing: one line, not so long that it runs out of it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def style(index: int) -> dict[str, Any]:
    """Colour and marker of a series; as seven and eight have no common factor, 56 series differ."""
    return {"color": SERIES[index % len(SERIES)], "marker": MARKERS[index % len(MARKERS)]}


def labels(axes: Axes, x: str = "", y: str = "") -> None:
    """What is drawn along the axes."""
    axes.set_xlabel(x, color=MUTED, fontsize=SMALL, labelpad=2, parse_math=False)
    axes.set_ylabel(y, color=MUTED, fontsize=SMALL, labelpad=2, parse_math=False)


def _plain(axes: Axes) -> None:
    axes.tick_params(colors=MUTED, length=2, pad=2, labelsize=SMALL)
    axes.patch.set_visible(False)
    for name, spine in axes.spines.items():
        spine.set_visible(name in {"left", "bottom"})
        spine.set_color(MUTED)


def _inline(figure: Figure, label: str) -> Markup:
    """The drawing without its XML header, date, fixed size and needless digits; matplotlib has escaped its text."""
    figure.patch.set_visible(False)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    for stand_in, colour in COLOURS.items():
        text = text.replace(stand_in, f"var(--{colour})")
    text = re.sub(r' d="([^"]*)"', lambda found: f' d="{_short(found[1])}"', text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = _own_names(re.sub(r"\s*\n\s*", "\n", text))
    return Markup(f'<svg role="img" aria-label="{escape(label)}"' + text.removeprefix("<svg"))


def _own_names(text: str) -> str:
    """Parts are named after the whole drawing, so that no drawing of a page refers to a part of another one."""
    own = hashlib.sha256(text.encode()).hexdigest()[:8]
    for number, name in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', text))):
        text = re.sub(rf'(id="|#){re.escape(name)}(?=["\)])', rf"\g<1>g{own}{number}", text)
    return text


def _short(path: str) -> str:
    """Path data to a tenth of a point."""
    rounded = re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), path)
    return re.sub(r"\s+", " ", re.sub(r"([A-Za-z]) ", r"\1", rounded)).strip()
