"""Non-negative factors of envelopes: 16 muscles, 5 synergies, beside scikit-learn's, at equal VAF."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from sklearn.decomposition import NMF

from myoshift.physiology.synergy import factorise
from myoshift.types import Array
from perf.contest import OURS, Case, Contest, Entrant

MUSCLES, RANK, RATE = 16, 5, 100.0
CLOSE = 2e-4
"""Largest difference of the VAF, relative to ours."""


@contextmanager
def enter(folder: Path, frames: int) -> Iterator[Contest]:
    """Bursts of planted synergies, cycle by cycle, with noise 30 dB below. What is compared is the VAF."""
    activation = _bursts(max(frames, 60))
    hidden = np.where(np.random.default_rng(1).random(activation.shape) < 0.1, np.nan, activation)
    entrants = {
        OURS: Entrant(lambda: (factorise(activation, RANK).vaf,)),
        "myoshift, 1 restart": Entrant(lambda: (factorise(activation, RANK, restarts=1).vaf,)),
        "myoshift, a tenth missing": Entrant(lambda: (factorise(hidden, RANK).vaf,), same=False),
        "scikit-learn cd nndsvda": Entrant(_peer(activation, "nndsvda")),
        "scikit-learn cd random": Entrant(_peer(activation, "random")),
    }
    yield Contest(entrants, tolerance=CLOSE)


def _peer(activation: Array, begin: str) -> Callable[[], tuple[float]]:
    """One beginning, at scikit-learn's own tolerance."""

    def run() -> tuple[float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a random beginning is not done after so many rounds
            fitted = NMF(RANK, init=begin, max_iter=1000, random_state=0).fit(activation)
        return (1 - fitted.reconstruction_err_**2 / float(np.square(activation).sum()),)

    return run


def _bursts(frames: int) -> Array:
    random = np.random.default_rng(0)
    weights = random.gamma(0.5, size=(MUSCLES, RANK))
    clock = np.arange(frames) / RATE / 1.1
    centre, width = random.uniform(size=RANK), random.uniform(0.05, 0.12, RANK)
    height = np.clip(1 + 0.3 * random.normal(size=(int(clock[-1]) + 1, RANK)), 0.1, None)[clock.astype(int)]
    away = np.abs((clock[:, None] - centre + 0.5) % 1 - 0.5)
    clean = (height * np.exp(-0.5 * (away / width) ** 2)) @ weights.T
    noise = random.normal(size=clean.shape) * np.sqrt(np.mean(clean**2) / 1000)
    return np.maximum(clean + noise, 0.0)


CASE = Case(
    name="synergies",
    job="5 synergies of 16 muscles at 100 Hz, the best of 10 beginnings, to a VAF as high as scikit-learn's",
    unit="frames",
    sizes=(600, 6_000, 60_000),
    quick=(600, 6_000),
    tiny=60,
    enter=enter,
    marked=60_000,
    marks={"scikit-learn cd nndsvda": 1},
)
