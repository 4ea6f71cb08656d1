"""Motion as another laboratory would have measured it: maps of one sample's distribution onto another's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoshift.types import Array

QUANTILES = 101
"""Points of a quantile map, the ends included."""
END = 0.005
"""Share of a sample beyond each end of a quantile map: one stray frame is no end."""
SHRINKAGE = 0.05
"""Share of the diagonal in a covariance that is inverted."""
LEAST = 1e-6
"""Least eigenvalue of a covariance, as a share of the largest, and least variance of a column that is mapped."""


@dataclass(frozen=True, eq=False)
class QuantileMap:
    """Each column of one sample onto the distribution of the same column of another (optimal transport in 1-D).

    Parameters
    ----------
    source, target : (Q, C) quantiles of both, NaN where a column was not measured: such a column stays as it is
    """

    source: Array
    target: Array

    @classmethod
    def of(cls, source: Array, target: Array, own: Array | None = None, other: Array | None = None) -> QuantileMap:
        """The map of the columns of (n, C) onto those of (m, C), whose rows weigh `own` (n,) and `other` (m,)."""
        return cls(_quantiles(source, own), _quantiles(target, other))

    def __call__(self, values: Array) -> Array:
        """Values (T, C) mapped; beyond the largest and smallest known one, moved as that was. NaN stays NaN."""
        mapped = values.copy()
        for column, (own, other) in enumerate(zip(self.source.T, self.target.T, strict=True)):
            if np.isfinite(own).all() and np.isfinite(other).all() and np.ptp(own) > 0:
                inside = np.clip(values[:, column], own[0], own[-1])
                mapped[:, column] = np.interp(inside, own, other) + (values[:, column] - inside)
        return mapped


@dataclass(frozen=True, eq=False)
class Colouring:
    """Mean and covariance of one sample onto those of another: whitened, then coloured.

    CORAL at the input (Sun et al. 2016, arXiv 1511.05547).

    A gap counts as the mean, as it does in a network: the other coordinates of its row are mapped all the same.

    Parameters
    ----------
    columns : those that moved in both; the others stay as they are
    mean, target_mean : (K,) of these columns
    matrix : (K, K), C_t^1/2 C_s^-1/2
    """

    columns: NDArray[np.int64]
    mean: Array
    target_mean: Array
    matrix: Array

    @classmethod
    def of(cls, source: Array, target: Array, own: Array | None = None, other: Array | None = None) -> Colouring:
        """The map of rows (n, C) onto rows (m, C), which weigh `own` (n,) and `other` (m,)."""
        (s, cov_s), (t, cov_t) = _moments(source, own), _moments(target, other)
        columns = np.flatnonzero((np.diag(cov_s) > LEAST) & (np.diag(cov_t) > LEAST))
        both = np.ix_(columns, columns)
        matrix = _power(_shrunk(cov_t[both]), 0.5) @ _power(_shrunk(cov_s[both]), -0.5)
        return cls(columns, s[columns], t[columns], matrix)

    def __call__(self, values: Array) -> Array:
        """Values (T, C) mapped; gaps stay."""
        mapped, own = values.copy(), values[:, self.columns] - self.mean
        moved = np.nan_to_num(own) @ self.matrix.T + self.target_mean
        mapped[:, self.columns] = np.where(np.isfinite(own), moved, np.nan)
        return mapped


def cyclic_weights(motion: Array, count: int) -> Array:
    """How much each frame belongs to each of `count` phases of its cycle, (T, count), rows summing to 1.

    The phase is the angle of the first coordinate against its velocity, both standardised over the recording: no
    event has to be found. Neighbouring phases overlap by half. A frame of which it is unknown belongs to all alike.

    Parameters
    ----------
    motion : (T, C), NaN where missing
    """
    if count == 1 or len(motion) < 2:
        return np.full((len(motion), count), 1 / count)
    position, velocity = _standardised(motion[:, 0]), _standardised(np.gradient(motion[:, 0]))
    phase = np.arctan2(-velocity, position) / (2 * np.pi) * count
    off = np.abs((phase[:, None] - np.arange(count) + count / 2) % count - count / 2)
    weights = np.clip(1 - off, 0, None)
    return np.where(np.isfinite(phase)[:, None], weights, 1 / count)


def _standardised(values: Array) -> Array:
    spread = np.nanstd(values) if np.isfinite(values).any() else 0.0
    if not spread > 0:
        return np.full_like(values, np.nan)
    standard: Array = (values - np.nanmean(values)) / spread
    return standard


def _quantiles(values: Array, weight: Array | None) -> Array:
    shares = np.ones(len(values)) if weight is None else weight
    return np.stack([_weighted_quantiles(column, shares) for column in values.T], axis=1)


def _weighted_quantiles(column: Array, weight: Array) -> Array:
    """Quantiles (Q,) of the finite values; NaN without any."""
    there = np.isfinite(column) & (weight > 0)
    order = np.argsort(column[there], kind="stable")
    value, share = column[there][order], weight[there][order]
    if not len(value):
        return np.full(QUANTILES, np.nan)
    level = (np.cumsum(share) - share / 2) / share.sum()
    quantiles: Array = np.interp(np.linspace(END, 1 - END, QUANTILES), level, value)
    return quantiles


def _moments(rows: Array, weight: Array | None) -> tuple[Array, Array]:
    """Mean (C,) and covariance (C, C) of rows, each entry from the rows that measured both; 0 without any."""
    there = np.isfinite(rows) * (np.ones(len(rows)) if weight is None else weight)[:, None]
    mean = (there * np.nan_to_num(rows)).sum(axis=0) / np.maximum(there.sum(axis=0), 1e-12)
    off = np.where(np.isfinite(rows), rows - mean, 0.0)
    shared = there.T @ np.isfinite(rows).astype(np.float64)
    weighted = (off * there).T @ off
    return mean, np.divide(weighted, shared, out=np.zeros_like(weighted), where=shared > 0)


def _shrunk(covariance: Array) -> Array:
    return (1 - SHRINKAGE) * covariance + SHRINKAGE * np.diag(np.diag(covariance))


def _power(matrix: Array, exponent: float) -> Array:
    """A power of a symmetric matrix, whose eigenvalues are kept positive: pairwise entries do not promise it."""
    values, vectors = np.linalg.eigh(matrix)
    kept = np.maximum(values, LEAST * values.max(initial=0.0))
    powered: Array = (vectors * kept**exponent) @ vectors.T
    return powered
