"""Calibration of 12 muscles at 50 Hz from seconds of EMG: delay and gain beside scipy's fits, and all the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from scipy.optimize import curve_fit

from myoshift import anatomy
from myoshift.calibration.base import Outputs
from myoshift.calibration.chain import Chain, steps
from myoshift.types import Array
from perf.contest import OURS, Case, Contest, Entrant

MUSCLES, FEATURES, RATE, LATE = 12, 192, 50.0, 0.04
CLOSE = 0.15
"""Largest difference of a delay, relative to the largest: ours are drawn to each other, scipy's are not."""


@contextmanager
def enter(folder: Path, seconds: int) -> Iterator[Contest]:
    """Bursts predicted 40 ms late and half as loud, with noise. What is compared is the mean delay."""
    outputs, measured = _person(max(seconds, 2))
    entrants = {
        OURS: Entrant(_ours("delay+gain", outputs, measured)),
        "scipy curve_fit": Entrant(lambda: (_scipy(outputs.prediction, measured),)),
        "physiology": Entrant(_ours("physiology", outputs, measured), same=False),
        "last_layer": Entrant(_ours("last_layer", outputs, measured), same=False),
        "physiology+last_layer": Entrant(_ours("physiology+last_layer", outputs, measured), same=False),
        "chosen": Entrant(_ours("chosen", outputs, measured), same=False),
    }
    yield Contest(entrants, tolerance=CLOSE)


def _ours(names: str, outputs: Outputs, measured: Array) -> Callable[[], tuple[float]]:
    def run() -> tuple[float]:
        chain: Chain = steps(names).fit([outputs], [measured], RATE)
        delays = [c.value for c in chain.changes(outputs.names) if c.parameter == "delay"]
        return (float(np.mean(delays or [0.0])),)

    return run


def _scipy(predicted: Array, measured: Array) -> float:
    """Gain, offset and delay of each muscle by least squares, as a script would."""
    time = np.arange(len(predicted)) / RATE

    def early(curve: Array) -> Callable[[Array, float, float, float], Array]:
        return lambda t, gain, offset, delay: gain * np.interp(t + delay, time, curve) + offset

    fits = (
        curve_fit(early(p), time, y, p0=(1, 0, 0.02), bounds=([0, -1, -0.15], [5, 1, 0.15]))
        for p, y in zip(predicted.T, measured.T, strict=True)
    )
    return float(np.mean([found[2] for found, _ in fits]))


def _person(seconds: int) -> tuple[Outputs, Array]:
    random = np.random.default_rng(0)
    time = np.arange(round(seconds * RATE)) / RATE
    centre, width = random.uniform(size=MUSCLES), random.uniform(0.08, 0.15, MUSCLES)

    def bursts(late: float) -> Array:
        away = np.abs(((time - late)[:, None] / 1.1 - centre + 0.5) % 1 - 0.5)
        return np.exp(-0.5 * (away / width) ** 2)

    measured = np.maximum(0.5 * bursts(0.0) + 0.1 * random.normal(size=(len(time), MUSCLES)), 0.0)
    features = random.normal(size=(len(time), FEATURES))
    motion = np.zeros((len(time), 3), np.float32)
    return Outputs(anatomy.SITES[:MUSCLES], bursts(LATE), features, motion), measured


CASE = Case(
    name="calibration",
    job="delay, gain and offset of 12 muscles at 50 Hz, fitted to seconds of EMG; below, what other calibrators cost",
    unit="seconds",
    sizes=(2, 10, 60),
    quick=(2, 10),
    tiny=2,
    enter=enter,
    marked=10,
    marks={},
)
