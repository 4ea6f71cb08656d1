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
"""Frames, evenly spaced, on which first guesses are compared and the best is worked out, before all are taken."""
GUESS = 30
"""Rounds after which first guesses are compared."""
ROUGH, FINE = 1e-5, 1e-7
"""Gain of a round, relative to the power of the data, at which a first guess and the factors are good enough."""
ROUNDS = 1000
UNSEEN = 0.01
"""Ridge where muscles are missing: without it, a synergy seen through a faint muscle alone runs to any height."""


@dataclass(frozen=True, eq=False)
class Synergies:
    """Factors of an activation.

    Parameters
    ----------
    weights : (M, K), >= 0, columns of length 1, the synergy with the largest activations first
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
        return int(self.weights.shape[1])

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
    refuse_unfit(activation, rank)
    weights = _first(activation[:: -(-len(activation) // SKETCH)], rank, restarts, seed)
    weights, activations, _ = descend(Measured.of(activation), weights, tolerance=FINE, most=ROUNDS)
    order = np.argsort(-np.square(activations).sum(axis=1), kind="stable")
    return described(activation, weights[:, order], activations[order].T)


def described(activation: Array, weights: Array, activations: Array) -> Synergies:
    """The synergies with these factors, and how much of an activation (T, M) they account for."""
    fitted = activations @ weights.T
    power, error = np.nansum(activation**2, axis=0), np.nansum((activation - fitted) ** 2, axis=0)
    by_muscle = np.where(power > 0, 1 - error / np.where(power > 0, power, 1.0), np.nan)
    something = np.isfinite(activation).any(axis=1, keepdims=True)
    seen = np.where(something, activations, np.nan)
    return Synergies(weights, seen, float(1 - error.sum() / power.sum()), by_muscle)


def shared(activations: Sequence[Array], rank: int, *, restarts: int = RESTARTS, seed: int = 0) -> Array:
    """Weights (M, K) that people have in common, of their activations (T_i, M), NaN where not measured.

    Everybody counts the same, however long and in whatever amplitude: each activation is divided by the root of its
    mean square over all that was measured, and weighs 1 / T_i. Raises as `factorise`.
    """
    if not activations:
        raise DataRefused("no activation", mend="give at least one person's")
    return factorise(
        np.concatenate([_of_power_one(each) for each in activations]), rank, restarts=restarts, seed=seed
    ).weights


def _of_power_one(activation: Array) -> Array:
    power = float(np.nansum(activation**2))
    return activation / np.sqrt(power) if power > 0 else activation


def project(activation: Array, weights: Array, blend: float = 1.0) -> Array:
    """Activation (T, M) moved towards the nearest that the synergies (M, K) can explain.

    Parameters
    ----------
    activation : (T, M), >= 0; muscles that are NaN have no say, and stay NaN
    blend : 0 leaves it as it is, 1 leaves nothing beside the synergies; hard projections hurt good predictions

    Raises
    ------
    DataRefused
        When the shapes disagree, or `blend` is not between 0 and 1.
    """
    if not 0 <= blend <= 1:
        raise DataRefused(f"blend of {blend:g}", why="it is a share, 0 to 1", mend="give a number between")
    return np.asarray((1 - blend) * activation + blend * explained(activation, weights))


def impute(measured: Array, weights: Array) -> Array:
    """Activation (T, M) whose NaN are replaced by what the synergies (M, K) of the measured muscles imply.

    Measured muscles stay as they are; a frame in which no muscle was measured stays NaN. Raises as `project`.
    """
    filled = np.where(np.isnan(measured), explained(measured, weights, ridge=UNSEEN), measured)
    return np.where(np.isfinite(measured).any(axis=1, keepdims=True), filled, np.nan)


def explained(activation: Array, weights: Array, *, ridge: float = 0.0) -> Array:
    """The nearest activation (T, M) in the span of non-negative activations of the synergies (M, K), gaps filled.

    Weights have columns of length 1 for `ridge`, see `solve_activations`.

    Raises
    ------
    DataRefused
        When the shapes disagree.
    """
    if weights.ndim != 2 or activation.ndim != 2 or activation.shape[1] != len(weights):
        raise DataRefused(
            "activation and weights disagree",
            why=f"activation (T, M) is {activation.shape}, weights (M, K) are {weights.shape}",
            mend="give the muscles of the weights, in their order, NaN where not measured",
        )
    return np.asarray((weights @ solve_activations(Measured.of(activation), weights, ridge=ridge)).T)


def refuse_unfit(activation: Array, rank: int) -> None:
    """What has no synergies.

    Raises
    ------
    DataRefused
        See `factorise`.
    """
    if activation.ndim != 2 or not activation.size:
        raise DataRefused("no activation", why=f"its shape is {activation.shape}", mend="give (T, M), T frames")
    if np.isinf(activation).any():
        raise DataRefused("an activation is infinite", where=_place(np.isinf(activation)), mend="leave it out as NaN")
    negative = activation < 0
    if negative.any():
        raise DataRefused(
            "an activation is negative",
            where=_place(negative),
            why=f"{negative.mean():.1%} of the values are, down to {np.nanmin(activation):.3g}",
            mend="clip an envelope at 0; raw EMG must be made an envelope first",
        )
    unseen = ~np.isfinite(activation).any(axis=0)
    if unseen.any():
        raise DataRefused(
            "a muscle was never measured", where=f"column {int(np.argmax(unseen))}", mend="leave its column out"
        )
    if not np.nanmax(activation) > 0:
        raise DataRefused("all muscles are silent", why="every value is 0", mend="give a recording with activity")
    if not 1 <= rank <= activation.shape[1]:
        raise DataRefused(
            f"{rank} synergies of {activation.shape[1]} muscles",
            why="there are at least 1 and at most as many as muscles",
            mend="choose another rank",
        )


def _place(wrong: Mask) -> str:
    row, column = np.argwhere(wrong)[0]
    return f"row {row}, column {column}"


def _first(activation: Array, rank: int, restarts: int, seed: int) -> Array:
    """Weights (M, K) of the best of some random beginnings."""
    data, random = Measured.of(activation), np.random.default_rng(seed)
    guesses = [random.uniform(size=(activation.shape[1], rank)) for _ in range(max(restarts, 1))]
    rough = [descend(data, guess, tolerance=ROUGH, most=GUESS) for guess in guesses]
    best = min(rough, key=lambda found: found[2])
    return descend(data, best[0], tolerance=FINE, most=ROUNDS)[0]
