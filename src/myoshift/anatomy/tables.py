"""The small csv files of this room, and the one rule for names with a side."""

from __future__ import annotations

import csv
from importlib import resources
from typing import cast

from myoshift.types import Side


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a csv file beside this module."""
    text = resources.files("myoshift.anatomy").joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def split_side(name: str) -> tuple[str, Side | None]:
    """`soleus_r` is (`soleus`, `r`); a name of the midline, `pelvis_tilt`, has the side None."""
    base, _, side = name.rpartition("_")
    return (base, cast(Side, side)) if base and side in ("r", "l") else (name, None)


def other(side: Side) -> Side:
    """The opposite side."""
    return "l" if side == "r" else "r"
