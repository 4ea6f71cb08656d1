"""Non-negative factors of activation, measured muscle by measured muscle: A ~ H W^T.

Hierarchical alternating least squares (Cichocki and Phan 2009, IEICE Trans E92-A:708): one column of one factor at a
time has a solution in closed form, cut at 0. A step needs no more of the data than their product with the other
factor and its Gram matrix (K, K); muscles that were not measured are left out of both, so that a Gram matrix belongs
to each set of muscles that was measured together (Gillis and Glineur 2012, Neural Comput 24:1085, for the sweeps).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from myoshift.types import Array, Mask

TINY = 1e-12
SWEEPS = 2
"""Passes over the K columns of a factor before the other one has its turn; a product with the data costs as much."""
SOLVED = 1e-6
"""Change of the activations, relative to the largest, at which those for fixed weights are found."""
MOST_SWEEPS = 500


@dataclass(frozen=True, eq=False)
class Measured:
    """Activation (M, T), 0 where nothing was measured, and what was measured where.

    Parameters
    ----------
    values : (M, T)
    seen : (P, M) True for the muscles of each set that was measured together
    which : (T,) the set of each frame; None where there is one set
    """

    values: Array
    seen: Mask
    which: np.ndarray[tuple[int], np.dtype[np.intp]] | None

    @classmethod
    def of(cls, activation: Array) -> Measured:
        """Activation (T, M) with NaN where a muscle was not measured."""
        there = np.isfinite(activation)
        if there.all():
            return cls(np.ascontiguousarray(activation.T), np.ones((1, activation.shape[1]), bool), None)
        seen, which = np.unique(there, axis=0, return_inverse=True)
        values = np.where(there, activation, 0.0)
        return cls(np.ascontiguousarray(values.T), seen, which.ravel() if len(seen) > 1 else None)

    @cached_property
    def power(self) -> float:
        """Sum of the squares of what was measured."""
        return float(np.vdot(self.values, self.values))

    def gram_of_weights(self, weights: Array) -> Array:
        """W^T W over the muscles seen: (K, K), or (K, K, T) where frames differ."""
        if self.which is None:
            own = weights[self.seen[0]]
            return np.asarray(own.T @ own)
        products = weights[:, :, None] * weights[:, None, :]
        sets = np.tensordot(products, self.seen.astype(float), axes=(0, 1))
        return np.ascontiguousarray(sets[:, :, self.which])

    def gram_of_activations(self, activations: Array) -> Array:
        """H H^T over the frames seen, of activations (K, T): (K, K), or (K, K, M) where frames differ."""
        if self.which is None:
            return np.asarray(activations @ activations.T)
        count = len(activations)
        products = (activations[:, None] * activations[None]).reshape(count * count, -1)
        sets: Array = np.stack([np.bincount(self.which, each, len(self.seen)) for each in products])
        return np.asarray(sets @ self.seen.astype(float)).reshape(count, count, -1)


def solve_activations(
    data: Measured, weights: Array, start: Array | None = None, *, sweeps: int = MOST_SWEEPS, ridge: float = 0.0
) -> Array:
    """Activations (K, T), >= 0, with the least squared error for fixed weights (M, K).

    Coordinate descent from `start`, or from 0; it ends after `sweeps`, or when nothing changes any more. A `ridge` on
    the squares of the activations, beside weights of length 1, holds a synergy that is hardly seen near 0.
    """
    gram, towards = data.gram_of_weights(weights), weights.T @ data.values
    found = np.zeros_like(towards) if start is None else start.copy()
    np.einsum("kk...->k...", gram)[...] += ridge
    size = np.maximum(np.einsum("kk...->k...", gram), TINY)
    for sweep in range(sweeps):
        change = _sweep(found, towards, gram, size, measure=sweeps > 2 * SWEEPS and sweep % 5 == 4)
        if change is not None and change <= SOLVED * max(float(found.max(initial=0.0)), TINY):
            break
    return found


def _sweep(found: Array, towards: Array, gram: Array, size: Array, *, measure: bool) -> float | None:
    """One pass over the rows of `found`, in place; the largest change where it is asked for."""
    largest = 0.0
    for k in range(len(found)):
        own = gram[k] @ found if gram.ndim == 2 else np.einsum("kt,kt->t", gram[k], found)
        row = np.maximum(found[k] + (towards[k] - own) / size[k], 0.0)
        if measure:
            largest = max(largest, float(np.abs(row - found[k]).max(initial=0.0)))
        found[k] = row
    return largest if measure else None


def solve_weights(data: Measured, activations: Array, start: Array) -> tuple[Array, float]:
    """Weights (M, K), >= 0, after some sweeps for fixed activations (K, T), and the squared error that is left."""
    gram, towards = data.gram_of_activations(activations), activations @ data.values.T
    found = np.ascontiguousarray(start.T)
    size = np.maximum(np.einsum("kk...->k...", gram), TINY)
    for _ in range(SWEEPS):
        _sweep(found, towards, gram, size, measure=False)
    fitted = gram @ found if gram.ndim == 2 else np.einsum("klm,lm->km", gram, found)
    return found.T, max(data.power + float(np.vdot(found, fitted - 2 * towards)), 0.0)


def descend(data: Measured, weights: Array, *, tolerance: float, most: int) -> tuple[Array, Array, float]:
    """Weights (M, K) with columns of length 1, activations (K, T) and squared error, from a first guess of weights.

    Ends when `most` rounds are done, or one gains less than `tolerance` of the power of the data.
    """
    power, before = max(data.power, TINY), np.inf
    weights = unit(weights)
    activations, error = solve_activations(data, weights, sweeps=2 * SWEEPS), np.inf
    for _ in range(most):
        weights, error = solve_weights(data, activations, weights)
        weights, activations = _balanced(weights, activations)
        activations = solve_activations(data, weights, activations, sweeps=SWEEPS)
        if before - error < tolerance * power:
            break
        before = error
    return weights, activations, error


def unit(weights: Array) -> Array:
    """The columns at length 1; a column of zeros stays."""
    length = np.linalg.norm(weights, axis=0)
    return np.asarray(weights / np.where(length > 0, length, 1.0))


def _balanced(weights: Array, activations: Array) -> tuple[Array, Array]:
    length = np.linalg.norm(weights, axis=0)
    return unit(weights), activations * length[:, None]
