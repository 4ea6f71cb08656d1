"""Synergies of different people: which of them belong together, how alike they are, and what chance gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import subspace_angles
from scipy.optimize import linear_sum_assignment

from myoshift.errors import DataRefused
from myoshift.physiology.factorisation import unit
from myoshift.types import Array

PERMUTATIONS = 1000
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Likeness:
    """How alike two sets of weights are.

    Parameters
    ----------
    pairs : (P, 2) columns of the first and of the second that belong together
    cosines : (P,) of these pairs
    angles : rad, principal angles between the two spans, the largest first
    chance : (N,) mean cosines of best pairs where the muscles of the second were shuffled
    """

    pairs: Indices
    cosines: Array
    angles: Array
    chance: Array

    @property
    def mean(self) -> float:
        """Mean cosine of the pairs."""
        return float(self.cosines.mean())

    @property
    def p(self) -> float:
        """Share of shuffles that are as alike, this one counted in."""
        return float((1 + np.sum(self.chance >= self.mean)) / (1 + len(self.chance)))


def match(first: Array, second: Array) -> tuple[Indices, Array]:
    """Pairs of columns (P, 2) of two weights (M, K) with the largest sum of cosines, and these (P,).

    The Hungarian method; P is the smaller of both ranks.

    Raises
    ------
    DataRefused
        When the two are not of the same muscles.
    """
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second):
        raise DataRefused(
            "weights of different muscles",
            why=f"(M, K) are {first.shape} and {second.shape}",
            mend="give both for the same muscles, in the same order",
        )
    cosines = unit(first).T @ unit(second)
    rows, columns = linear_sum_assignment(-cosines)
    return np.stack([rows, columns], axis=1), np.asarray(cosines[rows, columns])


def similarity(first: Array, second: Array, *, permutations: int = PERMUTATIONS, seed: int = 0) -> Likeness:
    """Matched cosines and principal angles of two weights (M, K), beside those of shuffled muscles.

    Shuffled are the rows of `second`: each synergy keeps its size and sparsity and loses its muscles. Raises as
    `match`.
    """
    pairs, cosines = match(first, second)
    random = np.random.default_rng(seed)
    chance = [match(first, second[random.permutation(len(second))])[1].mean() for _ in range(permutations)]
    return Likeness(pairs, cosines, np.asarray(subspace_angles(first, second)), np.array(chance))


def shrunk(source: Array, target: Array, share: float) -> Array:
    """Weights (M, K) between those of the source and a person's own: W = (1 - share) W_s + share W_t.

    Matched first, in the order of the source; a synergy without a partner stays as it is. A muscle that is NaN in the
    target was not measured, and is the source's. Columns have length 1.

    Raises
    ------
    DataRefused
        When the two are not of the same muscles, or `share` is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise DataRefused(f"share of {share:g}", why="it weighs the target's own, 0 to 1", mend="give one between")
    there = np.asarray(np.isfinite(target).all(axis=1))
    pairs, _ = match(source * there[:, None], np.nan_to_num(target) * there[:, None])
    mixed = unit(source)
    for one, other in pairs:
        ours, theirs = mixed[:, one], np.nan_to_num(target[:, other])
        length = np.linalg.norm(theirs[there])
        scale = np.linalg.norm(ours[there]) / length if length > 0 else 0.0  # over the muscles that both have
        mixed[:, one] = (1 - share) * ours + share * np.where(there, scale * theirs, ours)
    return unit(mixed)
