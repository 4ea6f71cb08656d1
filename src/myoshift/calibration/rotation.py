"""A band that sits some electrodes further around the limb than the one that was learned from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from myoshift.calibration.base import Calibration, Change, FrameByFrame, OfArrays, Outputs, enough, together
from myoshift.types import Array

FEWEST = 4  # places of a band


@dataclass(frozen=True, eq=False)
class Turned(OfArrays, FrameByFrame):
    """Output m is what was predicted for output `taken[m]` (M,); `turns` (M,) is by how many places."""

    taken: NDArray[Any]
    turns: NDArray[Any]

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Prediction (T, M) moved around the band; an output that was not predicted stays so."""
        moved = outputs.prediction[:, self.taken]
        own = np.isfinite(outputs.prediction)
        return np.where(own, np.where(np.isfinite(moved), moved, outputs.prediction), np.nan)

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """Places that each output was moved by."""
        return tuple(
            Change(output=name, parameter="places", value=float(turn))
            for name, turn in zip(names, self.turns, strict=True)
        )


@dataclass(frozen=True)
class Rotation:
    """Of all turns by up to `furthest` places the one whose predictions correlate best with what was measured.

    A band is outputs that are numbered from 1 without a gap (`wrist16_01`...), the last beside the first. Other
    outputs are left as they are. Another turn than none must correlate better by `margin`.
    """

    name: ClassVar[str] = "rotation"
    calibration: ClassVar[type[Calibration]] = Turned
    furthest: int = 3
    margin: float = 0.02

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Turned:
        """The turn of each band."""
        predicted, target = together([each.prediction for each in seen]), together(measured)
        taken, turns = np.arange(target.shape[1]), np.zeros(target.shape[1], np.int64)
        for band in bands(seen[0].names):
            furthest = min(self.furthest, (len(band) - 1) // 2)
            tried = sorted(range(-furthest, furthest + 1), key=abs)
            fits = [_likeness(predicted[:, np.roll(band, turn)], target[:, band]) for turn in tried]
            best = int(np.argmax(fits))
            if fits[best] > fits[0] + self.margin:
                taken[band], turns[band] = np.roll(band, tried[best]), tried[best]
        return Turned(taken, turns)


def bands(names: Sequence[str]) -> list[NDArray[np.int64]]:
    """Columns of each band, in their order around the limb."""
    found: dict[str, dict[int, int]] = {}
    for column, name in enumerate(names):
        if match := re.fullmatch(r"(\w+)_(\d\d)", name):
            found.setdefault(match[1], {})[int(match[2])] = column
    whole = (places for places in found.values() if sorted(places) == list(range(1, len(places) + 1)))
    return [np.array([places[k] for k in sorted(places)]) for places in whole if len(places) >= FEWEST]


def _likeness(predicted: Array, measured: Array) -> float:
    """Mean correlation over the places that have both; -1 where none has."""
    found = []
    for x, y in zip(predicted.T, measured.T, strict=True):
        there = enough(x, y)
        if there.any() and x[there].std() > 0 and y[there].std() > 0:
            found.append(float(np.corrcoef(x[there], y[there])[0, 1]))
    return float(np.mean(found)) if found else -1.0
