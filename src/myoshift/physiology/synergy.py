"""Muscle synergies: few patterns in which muscles are active together, A (T, M) ~ H (T, K) W (M, K)^T, all >= 0.

W says which muscles a synergy moves, by columns of length 1; H says when and how strongly (d'Avella et al. 2003, doi
10.1038/nn1010; non-negative factors: Lee and Seung 1999, doi 10.1038/44565). NaN in an activation means that this
muscle was not measured there, and it has no say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


from myoshift.errors import DataRefused
from myoshift.physiology.factorisation import Measured, descend, solve_activations
from myoshift.types import Array, Mask

RESTARTS = 10
SKETCH = 1000
"""Frames, evenly spaced, on which first guesses are compared and the best is worked out before all frames are taken."""
ROUGH, FINE = 1e-5, 1e-8
"""Gain of a round, relative to the power of the data, at which a first guess and the factors are good enough."""
ROUNDS = 1000


@dataclass(frozen=True, eq=False)
class Synergies:
    """Factors of an activation.

    Parameters
    ----------
    weights : (M, K), >= 0, columns of length 1, the synergy that explains most first
    activations : (T, K), >= 0; NaN in a frame in which no muscle was measured
    vaf : variance accounted for, uncentred: 1 - SS of the error / SS of the activation, over all muscles
    vaf_by_muscle : (M,); NaN for a muscle that is silent
    """

    weights: Array
    activations: Array
    vaf: float
    vaf_by_muscle: Array

    @property
    def rank(self) -> int:
        """Number of synergies K."""
        return self.weights.shape[1]

    @property
    def reconstruction(self) -> Array:
        """(T, M) activation that the synergies explain."""
        return np.asarray(self.activations @ self.weights.T)


def factorise(activation: Array, rank: int, *, restarts: int = RESTARTS, seed: int = 0) -> Synergies:
    """Synergies of an activation (T, M), NaN where not measured, by least squares.

    Random first guesses are compared on evenly spaced frames; the best is worked out there, then on all frames.

    Raises
    ------
    DataRefused
        When there is no activation, one is negative or infinite, a muscle was never measured, all are silent, or
        `rank` is not between 1 and the number of muscles.
    """
    _refuse(activation, rank)
    weights = _first(activation[:: -(-len(activation) // SKETCH)], rank, restarts, seed)
    weights, activations, _ = descend(Measured.of(activation), weights, tolerance=FINE, most=ROUNDS)
    return described(activation, *_sorted(weights, activations.T))


def described(activation: Array, weights: Array, activations: Array) -> Synergies:
    """The synergies with these factors, and how much of an activation (T, M) they account for."""
    fitted = activations @ weights.T
    power, error = np.nansum(activation**2, axis=0), np.nansum((activation - fitted) ** 2, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_muscle = np.where(power > 0, 1 - error / power, np.nan)
    nothing = ~np.isfinite(activation).any(axis=1)
    return Synergies(
        weights, np.where(nothing[:, None], np.nan, activations), float(1 - error.sum() / power.sum()), by_muscle
    )


def _first(activation: Array, rank: int, restarts: int, seed: int) -> Array:
    """Weights (M, K) of the best of some random beginnings."""
    data, random = Measured.of(activation), np.random.default_rng(seed)
    guesses = [random.uniform(size=(activation.shape[1], rank)) for _ in range(max(restarts, 1))]
    rough = [descend(data, guess, tolerance=ROUGH, most=30) for guess in guesses]
    best = min(rough, key=lambda found: found[2])
    return descend(data, best[0], tolerance=FINE, most=ROUNDS)[0]


def _sorted(weights: Array, activations: Array) -> tuple[Array, Array]:
    """The synergy with the largest activations first."""
    order = np.argsort(-np.einsum("tk,tk->k", activations, activations), kind="stable")
    return weights[:, order], np.ascontiguousarray(activations[:, order])


def _refuse(activation, rank): pass
