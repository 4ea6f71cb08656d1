"""How a leg moves, in numbers: features of windows of one second, of the motion as it is, in rad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from myoshift.types import Array, Array32

WIDTH = 1.0
"""s; about one stride, so that what a window holds hardly depends on where in a stride it begins.

A shorter recording is not judged: of walking cut to 0.7 s, most was unlike walking.
"""
HOP = 0.25  # s
LAG = 0.1  # s; between one coordinate and its neighbour
GAPS = 0.2
"""Largest share of missing frames with which a window counts; smaller gaps are bridged by a straight line."""
STILL, SLOW, SMOOTH = 0.002, 0.02, 0.2
"""rad, rad/s, rad/s^2 added to what is divided by or taken the logarithm of, so that rest is a number too."""
OF_ONE = (
    ("mean", "rad"),
    ("SD", "rad"),
    ("SD of the velocity", "rad/s"),
    ("SD of the acceleration over that of the velocity", "1/s"),
    ("skewness", ""),
    ("skewness of the velocity", ""),
)
OF_TWO = (
    ("correlation of {0} and {1}", ""),
    ("correlation of {0} and, 0.1 s earlier, {1}", ""),
    ("correlation of {0} and, 0.1 s later, {1}", ""),
)
LOGARITHMS = frozenset({name for name, _ in OF_ONE[1:4]})


@dataclass(frozen=True)
class Feature:
    """One number that is taken of every window.

    Parameters
    ----------
    of : indices of the one or two coordinates that it is of
    name : in words, with the names of the coordinates
    unit : of the value that is shown
    logarithm : whether it is the logarithm of that value
    """

    of: tuple[int, ...]
    name: str
    unit: str
    logarithm: bool

    def shown(self, value: float) -> str:
        """A value in its unit."""
        return f"{np.exp(value) if self.logarithm else value:.3g} {self.unit}".strip()


def features(names: Sequence[str]) -> tuple[Feature, ...]:
    """The F features of C coordinates: six of each, and three of each pair of neighbours in the list of names."""
    single = [
        Feature((k,), f"{what} of {name}", unit, what in LOGARITHMS)
        for what, unit in OF_ONE
        for k, name in enumerate(names)
    ]
    double = [
        Feature(pair, what.format(*(names[k] for k in pair)), unit, logarithm=False)
        for what, unit in OF_TWO
        for pair in _pairs(len(names))
    ]
    return (*single, *double)


def starts(count: int, rate: float) -> tuple[NDArray[np.int64], int]:
    """First frame of each window (N,) of so many frames, and the frames of a window; none where they are too few."""
    length = max(round(WIDTH * rate), 3)
    if count < length:
        return np.empty(0, np.int64), length
    return np.arange(0, count - length + 1, _hop(rate)), length


def frames(windows: int, rate: float) -> int:
    """How many frames so many windows take."""
    return round(WIDTH * rate) + _hop(rate) * (windows - 1)


def measured(motion: Array32, rate: float) -> Array:
    """Features (N, F) of the windows of motion (T, C) of one leg; NaN of a coordinate that is missing there."""
    first, length = starts(len(motion), rate)
    coordinates = motion.shape[1]
    if not len(first):
        return np.empty((0, len(features([""] * coordinates))))
    there = np.isfinite(motion)
    gone = sliding_window_view(~there, length, axis=0)[first].mean(axis=2) > GAPS
    angle = _bridged(motion, there)
    velocity = np.gradient(angle, 1 / rate, axis=0)
    acceleration = np.gradient(velocity, 1 / rate, axis=0)
    x, v, a = (sliding_window_view(each, length, axis=0)[first] for each in (angle, velocity, acceleration))
    deviation, sd, speed = x - x.mean(axis=2, keepdims=True), x.std(axis=2), v.std(axis=2)
    z = deviation / (sd + STILL)[..., None]
    single = [
        x.mean(axis=2),
        np.log(sd + STILL),
        np.log(speed + SLOW),
        np.log((a.std(axis=2) + SMOOTH) / (speed + SLOW)),
        (z**3).mean(axis=2),
        ((v - v.mean(axis=2, keepdims=True)) ** 3).mean(axis=2) / (speed + SLOW) ** 3,
    ]
    double = [_paired(z, lag) for lag in (0, max(round(LAG * rate), 1), -max(round(LAG * rate), 1))]
    values = np.concatenate([*(np.where(gone, np.nan, each) for each in single), *double], axis=1)
    for column, (one, other) in enumerate(_pairs(coordinates) * len(OF_TWO), start=len(OF_ONE) * coordinates):
        values[gone[:, one] | gone[:, other], column] = np.nan
    return values


def _hop(rate: float) -> int:
    return max(round(HOP * rate), 1)


def _pairs(coordinates: int) -> list[tuple[int, int]]:
    """Neighbours in a ring, each pair once."""
    return [(k, k + 1) for k in range(coordinates - 1)] + ([(coordinates - 1, 0)] if coordinates > 2 else [])


def _paired(z: Array, lag: int) -> Array:
    """Mean product (N, P) of each pair of z (N, C, W), the second of the pair so many frames earlier."""
    length = z.shape[2]
    pairs = _pairs(z.shape[1])
    if not pairs:
        return np.empty((len(z), 0))
    now, then = slice(max(lag, 0), length + min(lag, 0)), slice(max(-lag, 0), length - max(lag, 0))
    return np.stack([(z[:, i, now] * z[:, j, then]).mean(axis=1) for i, j in pairs], axis=1)


def _bridged(motion: Array32, there: Array) -> Array:
    frames = np.arange(len(motion))
    columns = [
        np.interp(frames, frames[here], column[here]) if here.any() else np.zeros(len(frames))
        for column, here in zip(motion.T.astype(np.float64), there.T, strict=True)
    ]
    return np.stack(columns, axis=1)
