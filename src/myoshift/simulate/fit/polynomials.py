"""Polynomials through the lengths and moment arms of muscles."""

from __future__ import annotations

from itertools import product

import numpy as np

from myoshift.simulate.model import LEG, Paths
from myoshift.types import Array

WIDEST = (-0.9, 2.0)  # rad; outside nobody walks
ORDERS = (5, 6)
CLOSE = 1e-3  # m or m/rad; muscles that the lower order does not fit so well get the higher one
MOVES = 1e-4  # m/rad; a coordinate that changes a length less does not move the muscle
ARMS = 0.3  # weight of a moment arm (m) beside a length (m)
MOST = 4  # coordinates that one muscle may depend on


def fit(q: Array, length: Array, slope: Array) -> Paths:
    """Least squares through lengths and their derivatives at random poses.

    Parameters
    ----------
    q : (P, 5) coordinates of a leg in the order of `model.LEG`, rad
    length : (P, M) m
    slope : (P, 5, M) derivatives of the lengths by the coordinates, m/rad

    Returns
    -------
    Polynomials in the coordinates that move each muscle, the four that move it most at the utmost. They are of
    order 5, and of order 6 for muscles whose residual is more than a millimetre (root mean square).
    """
    everything = np.array([row for row in product(range(ORDERS[-1] + 1), repeat=len(LEG)) if sum(row) <= ORDERS[-1]])
    coefficients = np.stack(
        [_muscle(q, everything, *one) for one in zip(length.T, slope.transpose(2, 1, 0), strict=True)]
    )
    used = coefficients.any(axis=0)
    return Paths(exponents=everything[used], coefficients=coefficients[:, used].T)


def _muscle(q: Array, everything: Array, length: Array, slope: Array) -> Array:
    """(K,) coefficients of one muscle, of which `slope` is (5, P)."""
    reach = np.abs(slope).max(axis=1)
    moving = np.sort(np.argsort(reach)[-MOST:])
    moving = moving[reach[moving] > MOVES]
    still = np.setdiff1d(np.arange(len(LEG)), moving)
    known = np.concatenate([length, *(ARMS * slope[j] for j in moving)])
    coefficients = np.zeros(len(everything))
    for order in ORDERS:
        own = np.flatnonzero(~everything[:, still].any(axis=1) & (everything.sum(axis=1) <= order))
        rows = [_monomials(q, everything[own]), *(ARMS * _derivative(q, everything[own], j) for j in moving)]
        matrix = np.vstack(rows)
        found = np.linalg.lstsq(matrix, known, rcond=None)[0]
        coefficients[own] = found
        worst = (matrix @ found - known).reshape(1 + len(moving), -1).std(axis=1) / [1.0, *(ARMS for _ in moving)]
        if worst.max() < CLOSE:
            break
    return coefficients


def _monomials(q: Array, exponents: Array) -> Array:
    """(P, K)"""
    powers = q[:, :, None] ** np.arange(ORDERS[-1] + 1)
    terms = [powers[:, j, exponents[:, j]] for j in range(q.shape[1])]
    return np.asarray(np.prod(terms, axis=0))


def _derivative(q: Array, exponents: Array, coordinate: int) -> Array:
    less = exponents.copy()
    less[:, coordinate] = np.maximum(less[:, coordinate] - 1, 0)
    return _monomials(q, less) * exponents[:, coordinate]
