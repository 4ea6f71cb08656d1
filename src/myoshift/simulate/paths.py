"""Muscle-tendon lengths and moment arms of a leg, polynomials of its coordinates, many frames at once.

Muscles that the same coordinates move share one set of monomials, closed under differentiation: their lengths and all
their derivatives are one matrix product. A product for all muscles of a leg at once would be zeros for seven eighths.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from myoshift.simulate.model import Paths
from myoshift.types import Array

Monomial = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """The muscles that the same coordinates move.

    Parameters
    ----------
    levels : of each degree from 1 on, where in the degree before a monomial's factor stands, and the coordinate to
        multiply it with (both (k,))
    weights : (R, K) of lengths and derivatives
    rows : (R,) of `weights` among the lengths of all muscles, then their derivatives by each coordinate
    """

    levels: tuple[tuple[Tensor, Tensor], ...]
    weights: Tensor
    rows: Tensor


def geometry(paths: Paths, q: Tensor) -> tuple[Tensor, Tensor]:
    """Lengths and their derivatives by the coordinates.

    Parameters
    ----------
    q : (B, d) coordinates of one leg in the order of `model.LEG`, rad, float32 or float64

    Returns
    -------
    length : (B, M) of muscle and tendon together, m
    slope : (B, d, M) m/rad; the moment arm, as OpenSim counts it, is its negative
    """
    columns, count = q.T.contiguous(), paths.coefficients.shape[1]
    both = q.new_zeros((1 + q.shape[1]) * count, len(q))
    for group in _groups(paths, q.dtype, str(q.device)):
        both.index_copy_(0, group.rows, group.weights @ _monomials(group, columns))
    slope = both[count:].view(q.shape[1], count, len(q))
    return both[:count].T, slope.permute(2, 0, 1)


def lengthening(slope: Tensor, speed: Tensor) -> Tensor:
    """Speed of muscle and tendon together, (B, M) m/s, from the derivatives of `geometry` and q' (B, d), rad/s.

    What it returns is laid out as the lengths are, the frames last in memory.
    """
    ways, rates = slope.permute(1, 2, 0), speed.T.contiguous()
    total = ways[0] * rates[0]
    for way, rate in zip(ways[1:], rates[1:], strict=True):
        total = torch.addcmul(total, way, rate)
    return total.T


def _monomials(group: Group, columns: Tensor) -> Tensor:
    """(K, B) by degree, each one of the degree before times a coordinate."""
    found = [torch.ones_like(columns[:1])]
    for factor, coordinate in group.levels:
        found.append(found[-1].index_select(0, factor) * columns.index_select(0, coordinate))
    return torch.cat(found)


@lru_cache(maxsize=64)
def _groups(paths: Paths, dtype: torch.dtype, device: str) -> tuple[Group, ...]:
    members: dict[tuple[int, ...], list[int]] = {}
    for muscle, column in enumerate(paths.coefficients.T):
        moving = np.flatnonzero(paths.exponents[column != 0].any(axis=0))
        members.setdefault(tuple(map(int, moving)), []).append(muscle)
    return tuple(_group(paths, moving, muscles, dtype, device) for moving, muscles in members.items())


def _group(paths: Paths, moving: tuple[int, ...], muscles: list[int], dtype: torch.dtype, device: str) -> Group:
    own = paths.coefficients[:, muscles]
    used = own.any(axis=1)
    basis = _closed(paths.exponents[used])
    blocks = [0, *(1 + coordinate for coordinate in moving)]
    weights = _weights(paths.exponents[used], own[used], basis)[blocks]
    rows = [block * paths.coefficients.shape[1] + muscle for block in blocks for muscle in muscles]
    return Group(
        levels=tuple(
            (torch.tensor(factor, device=device), torch.tensor(coordinate, device=device))
            for factor, coordinate in _levels(basis)
        ),
        weights=torch.from_numpy(weights.reshape(-1, len(basis))).to(device=device, dtype=dtype),
        rows=torch.tensor(rows, device=device),
    )


def _closed(exponents: NDArray[np.int64]) -> list[Monomial]:
    """The monomials, their derivatives and all that lead to them, by degree."""
    wanted = {tuple(map(int, row)) for row in exponents}
    closed = {(0,) * exponents.shape[1]}
    while wanted:
        closed |= wanted
        wanted = {_less(row, place) for row in wanted for place, power in enumerate(row) if power} - closed
    return sorted(closed, key=lambda row: (sum(row), row))


def _levels(basis: list[Monomial]) -> list[tuple[list[int], list[int]]]:
    """Of each degree from 1 on: places of the factors in the degree before, and the coordinates."""
    degrees = [[row for row in basis if sum(row) == degree] for degree in range(sum(basis[-1]) + 1)]
    levels = []
    for lower, rows in pairwise(degrees):
        last = [max(place for place, power in enumerate(row) if power) for row in rows]
        levels.append(([lower.index(_less(row, place)) for row, place in zip(rows, last, strict=True)], last))
    return levels


def _weights(exponents: NDArray[np.int64], coefficients: Array, basis: list[Monomial]) -> Array:
    """(1 + d, M, K): coefficients of the lengths, then those of the derivatives."""
    where = {row: place for place, row in enumerate(basis)}
    weights = np.zeros((1 + exponents.shape[1], coefficients.shape[1], len(basis)))
    for row, own in zip(map(tuple, exponents.tolist()), coefficients, strict=True):
        weights[0, :, where[row]] += own
        for place, power in enumerate(row):
            if power:
                weights[1 + place, :, where[_less(row, place)]] += power * own
    return weights


def _less(row: Monomial, place: int) -> Monomial:
    """The monomial divided by one of its coordinates."""
    return tuple(power - (index == place) for index, power in enumerate(row))
