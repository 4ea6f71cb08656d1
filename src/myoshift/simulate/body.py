"""The embedded body as data: its segments in a small table, written by `fit.embedded`."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from myoshift.simulate.model import Axis, Segment

DIGITS = 9
ARRAYS = ("centre", "inertia", "parent_offset", "parent_rotation", "child_offset", "child_rotation")


@cache
def body() -> tuple[Segment, ...]:
    """Pelvis, legs, trunk, head and arms of a person of 75 kg and 1.70 m, parents first."""
    text = files("myoshift.simulate").joinpath("tables/body.json").read_text(encoding="utf-8")
    return tuple(from_row(row) for row in json.loads(text))


def from_row(row: dict[str, Any]) -> Segment:
    """A segment from its row, whose keys are the fields of `Segment` and `Axis`."""
    axes = {kind: tuple(_axis(axis) for axis in row[kind]) for kind in ("rotations", "translations")}
    arrays: dict[str, Any] = {key: np.array(row[key], float) for key in ARRAYS}
    return Segment(**{**row, **arrays, **axes})


def to_row(segment: Segment) -> dict[str, Any]:
    """The row of a segment, numbers rounded to nine significant digits."""
    return {key: _plain(value) for key, value in asdict(segment).items()}


def _axis(row: dict[str, Any]) -> Axis:
    return Axis(
        direction=np.array(row["direction"], float), coordinate=row["coordinate"], polynomial=tuple(row["polynomial"])
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, str) else float(f"{float(value):.{DIGITS}g}") + 0.0
