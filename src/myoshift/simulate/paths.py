"""Muscle-tendon lengths and moment arms of a leg, polynomials of its coordinates, many frames at once.

All muscles share one set of monomials, closed under differentiation: lengths and all their derivatives are one matrix
product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from myoshift.simulate.model import Paths
from myoshift.types import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Basis:
    """Monomials, each one that came before times a coordinate, and what to multiply them with.

    Parameters
    ----------
    levels : of each degree from 1 on, where in the degree before the factor stands, and the coordinate (both (k,))
    weights : ((1 + d) M, K) of lengths, then of their derivatives by each of the d coordinates
    """

    levels: tuple[tuple[Tensor, Tensor], ...]
    weights: Tensor


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
    basis = _basis(paths, q.dtype, str(q.device))
    columns = q.T.contiguous()
    found = [torch.ones_like(columns[:1])]
    for factor, coordinate in basis.levels:
        found.append(found[-1].index_select(0, factor) * columns.index_select(0, coordinate))
    both = basis.weights @ torch.cat(found)
    count = paths.coefficients.shape[1]
    slope = both[count:].unflatten(0, (q.shape[1], count))
    return both[:count].T, slope.permute(2, 0, 1)


@lru_cache(maxsize=64)
def _basis(paths: Paths, dtype: torch.dtype, device: str) -> Basis:
    """Monomials sorted by degree: all that the lengths and the derivatives need, and all that lead to them."""
    wanted = {tuple(int(power) for power in row) for row in paths.exponents}
    closed: set[tuple[int, ...]] = set()
    while wanted:
        closed |= wanted
        wanted = {_less(row, place) for row in wanted for place, power in enumerate(row) if power} - closed
    closed.add((0,) * paths.exponents.shape[1])
    order = sorted(closed, key=lambda row: (sum(row), row))
    where = {row: place for place, row in enumerate(order)}
    levels = []
    for degree in range(1, sum(order[-1]) + 1):
        begin = next(place for place, row in enumerate(order) if sum(row) == degree - 1)
        rows = [row for row in order if sum(row) == degree]
        last = [max(place for place, power in enumerate(row) if power) for row in rows]
        factor = [where[_less(row, place)] - begin for row, place in zip(rows, last, strict=True)]
        levels.append((torch.tensor(factor, device=device), torch.tensor(last, device=device)))
    weights = torch.from_numpy(_weights(paths, where)).to(device=device, dtype=dtype)
    return Basis(levels=tuple(levels), weights=weights)


def _weights(paths: Paths, where: dict[tuple[int, ...], int]) -> Array:
    """((1 + d) M, K): coefficients of the lengths, then those of the derivatives."""
    variables, muscles = paths.exponents.shape[1], paths.coefficients.shape[1]
    weights = np.zeros((1 + variables, muscles, len(where)))
    for exponents, coefficients in zip(paths.exponents, paths.coefficients, strict=True):
        row = tuple(int(power) for power in exponents)
        weights[0, :, where[row]] += coefficients
        for place, power in enumerate(row):
            if power:
                weights[1 + place, :, where[_less(row, place)]] += power * coefficients
    return weights.reshape(-1, len(where))


def _less(row: tuple[int, ...], place: int) -> tuple[int, ...]:
    """The monomial divided by one of its coordinates."""
    return tuple(power - (index == place) for index, power in enumerate(row))
