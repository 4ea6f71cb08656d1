"""How the channels of one file name their side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from myoshift.types import Flag, Side

STYLES = {
    "_r": re.compile(r".+_(?P<side>[rl])"),
    "_R": re.compile(r".+[_ .-](?P<side>[RL])"),
    "R_": re.compile(r"(?P<side>[RLrl])[_ .-].+"),
    "RT": re.compile(r"(?P<side>RT|LT)\b.+"),
    "Right": re.compile(r"(?:.*[^a-z])?(?P<side>right|left)(?:[^a-z].*)?", re.IGNORECASE),
}
"""Ways to write a side that cannot be mistaken, and what they look like."""


def side(name: str) -> tuple[str, Side] | None:
    """The style in which a channel names its side, and the side; None where it names none that is sure."""
    for style in ("Right", "RT", "_r", "_R", "R_"):
        if found := STYLES[style].fullmatch(name.rpartition("/")[2].rpartition("Voltage.")[2]):
            return style, "r" if found["side"][0] in "Rr" else "l"
    return None


def sides(names: Sequence[str]) -> Iterator[Flag]:
    """A flag when one file names sides in several styles, or some of its muscles and angles without any side."""
    found = {name: known for name in names if (known := side(name))}
    examples: dict[str, str] = {}
    for name, (style, _) in found.items():
        examples.setdefault(style, name)
    if len(examples) > 1:
        styles = ", ".join(f"{style} ({name})" for style, name in examples.items())
        assumed = ", ".join(f"{name} = {'right' if own == 'r' else 'left'}" for name, (_, own) in found.items())
        yield Flag("sides", f"sides are written in {len(examples)} styles: {styles}; assumed: {assumed}"[:400])
