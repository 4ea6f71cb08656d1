"""How much two muscles that turn a joint against each other work at the same time: activations (T, P) of P pairs."""

from __future__ import annotations

import numpy as np

from myoshift.metrics.sums import over, valid
from myoshift.types import Array


def falconer_winter(first: Array, second: Array) -> Array:
    """(P,) common area in per cent: 100 * 2 sum min(a, b) / sum (a + b), from 0 to 100 for activations >= 0.

    Falconer and Winter 1985, Electromyogr Clin Neurophysiol 25:135. Frames that either lacks are left out; NaN where
    neither works at all.
    """
    a, b, _ = valid(first, second)
    return over(200.0 * np.minimum(a, b).sum(axis=0), (a + b).sum(axis=0))


def rudolph(first: Array, second: Array) -> Array:
    """(P,) mean of min(a, b) / max(a, b) * (a + b): weighted by how much both work, in the unit of the activations.

    Rudolph, Axe and Snyder-Mackler 2000 (doi 10.1007/s001670000130). A frame in which neither works counts as 0;
    frames that either lacks are left out.
    """
    a, b, there = valid(first, second)
    low, high = np.minimum(a, b), np.maximum(a, b)
    ratio = np.nan_to_num(over(low, high))
    return over((ratio * (a + b)).sum(axis=0), there.sum(axis=0))
