"""Motion as another laboratory would have measured it: maps of one sample's distribution onto another's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoshift.types import Array

QUANTILES = 101
"""Points of a quantile map, the ends included."""
SHRINKAGE = 0.05
"""Share of the diagonal in a covariance that is inverted."""


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
    def of(cls, source: Array, target: Array) -> QuantileMap:
        """The map of the columns of (n, C) onto those of (m, C)."""
        return cls(_quantiles(source), _quantiles(target))

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

    Parameters
    ----------
    columns : those that both measured; the others stay as they are
    mean, target_mean : (K,) of these columns
    matrix : (K, K), C_t^1/2 C_s^-1/2
    """

    columns: NDArray[np.int64]
    mean: Array
    target_mean: Array
    matrix: Array

    @classmethod
    def of(cls, source: Array, target: Array) -> Colouring:
        """The map of rows (n, C) onto rows (m, C)."""
        columns = np.flatnonzero(np.isfinite(source).any(axis=0) & np.isfinite(target).any(axis=0))
        s, t = (rows[:, columns][np.isfinite(rows[:, columns]).all(axis=1)] for rows in (source, target))
        matrix = _power(_covariance(t), 0.5) @ _power(_covariance(s), -0.5)
        return cls(columns, s.mean(axis=0), t.mean(axis=0), matrix)

    def __call__(self, values: Array) -> Array:
        """Values (T, C) mapped. A row with a gap among the columns keeps it, and is moved by the means alone."""
        mapped, own = values.copy(), values[:, self.columns] - self.mean
        whole = np.isfinite(own).all(axis=1, keepdims=True)
        mapped[:, self.columns] = np.where(whole, np.nan_to_num(own) @ self.matrix.T, own) + self.target_mean
        return mapped


def cyclic_weights(motion: Array, count: int) -> Array:
    """How much each frame belongs to each of `count` phases of its cycle, (T, count), rows summing to 1.

    The phase is the angle of the first coordinate against its velocity, both standardised over the recording: no
    event has to be found. Neighbouring phases overlap by half. A frame of which it is unknown belongs to all alike.

    Parameters
    ----------
    motion : (T, C), NaN where missing
    """
    position, velocity = _standardised(motion[:, 0]), _standardised(np.gradient(motion[:, 0]))
    phase = np.arctan2(-velocity, position) / (2 * np.pi) * count
    off = np.abs((phase[:, None] - np.arange(count) + count / 2) % count - count / 2)
    weights = np.clip(1 - off, 0, None) if count > 1 else np.ones((len(motion), 1))
    return np.where(np.isfinite(phase)[:, None], weights, 1 / count)


def _standardised(values: Array) -> Array:
    spread = np.nanstd(values) if np.isfinite(values).any() else 0.0
    if not spread > 0:
        return np.full_like(values, np.nan)
    standard: Array = (values - np.nanmean(values)) / spread
    return standard


def _quantiles(values: Array) -> Array:
    levels = np.linspace(0, 1, QUANTILES)
    columns = [column[np.isfinite(column)] for column in values.T]
    return np.stack([np.quantile(own, levels) if len(own) else np.full(QUANTILES, np.nan) for own in columns], axis=1)


def _covariance(rows: Array) -> Array:
    own = np.atleast_2d(np.cov(rows, rowvar=False))
    return (1 - SHRINKAGE) * own + SHRINKAGE * np.diag(np.diag(own)) + 1e-8 * np.eye(len(own))


def _power(matrix: Array, exponent: float) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    powered: Array = (vectors * values**exponent) @ vectors.T
    return powered
