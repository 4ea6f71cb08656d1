"""What activations of a source are like: height, rate of change, variance, synergies; to hold predictions against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.bench.spec import Benchmark
from myoshift.physiology import synergy
from myoshift.types import Array, Mask, Recording

Names = tuple[str, ...]
Index = NDArray[np.int64]
FRAMES = 4096
"""Frames of all people together, evenly spaced, the same number of everybody."""
EXTREME = 99.5
"""Percentile of what counts as high, and as fast."""
RANK, RESTARTS = 4, 3
"""Synergies that the muscles of a leg are described by, no more than one fewer than there are muscles."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Typical:
    """Statistics of the source's activations, each (M,), NaN for an output without measurement.

    Parameters
    ----------
    peak, change : 99.5th percentiles of activation, and of its absolute rate of change in 1/s
    variance : mean over people of the variance within each
    synergies : (M, K) weights that people have in common, rows of NaN for outputs not measured
    residual : (1,) share of the source's power that these synergies leave
    """

    peak: Array
    change: Array
    variance: Array
    synergies: Array
    residual: Array


def typical(source: Sequence[Recording], spec: Benchmark) -> Typical:
    """The statistics of a source, everybody of it counting the same."""
    return _typical(tuple(source), spec.inputs, spec.outputs, spec.rate)


@lru_cache(maxsize=8)
def _typical(source: tuple[Recording, ...], inputs: Names, outputs: Names, rate: float) -> Typical:
    """Worked out once for all candidates of a fold."""
    ordered = sorted(source, key=lambda recording: recording.person)
    people = [
        _person(list(own), inputs, outputs, rate)
        for _, own in groupby(ordered, key=lambda recording: recording.person)
    ]
    most = max(FRAMES // max(len(people), 1), 1)
    kept = [each[evenly(len(each), most)] for each in people]
    activation, change = (np.concatenate([each[:, i] for each in kept]) for i in (0, 1))
    weights = _synergies([each[:, 0] for each in kept])
    return Typical(
        peak=percentile(activation),
        change=percentile(np.abs(change)),
        variance=mean(np.stack([variance(each[:, 0]) for each in kept]), axis=0),
        synergies=weights,
        residual=np.array([residual(activation, weights)]),
    )


def _person(own: Sequence[Recording], inputs: Names, outputs: Names, rate: float) -> Array:
    """(T, 2, M) activation and rate of change of all of a person's legs, frames without any label left out."""
    legs = [leg for recording in own for leg in anatomy.legs(recording, inputs, outputs)]
    values = [leg.activation.astype(np.float64) for leg in legs if len(leg.activation) > 1]
    both = [np.stack([each, np.gradient(each, 1 / rate, axis=0)], axis=1) for each in values]
    joined = np.concatenate([np.empty((0, 2, len(outputs))), *both])
    return np.asarray(joined[np.isfinite(joined[:, 0]).any(axis=1)])


def _synergies(people: Sequence[Array]) -> Array:
    """(M, K) shared weights of the outputs that anybody measured."""
    known: Mask = np.asarray(np.isfinite(np.concatenate(people)).any(axis=0), np.bool_)
    rank = max(min(RANK, int(known.sum()) - 1), 1)
    weights = np.full((len(known), rank), np.nan)
    if known.any():
        own = [np.maximum(each[:, known], 0.0) for each in people if np.isfinite(each).any()]
        weights[known] = synergy.shared(own, rank, restarts=RESTARTS)
    return weights


def residual(activation: Array, weights: Array) -> float:
    """Share of the power of an activation (T, M) that no non-negative mixture of the synergies (M, K) explains.

    Outputs and frames that either lacks have no say; NaN where nothing is left.
    """
    known = np.isfinite(weights).all(axis=1) & np.isfinite(activation).any(axis=0)
    seen = np.maximum(activation[:, known], 0.0)
    seen = seen[np.isfinite(seen).any(axis=1)] if known.any() else seen
    power = float(np.nansum(seen**2))
    if not power:
        return float("nan")
    return float(np.nansum((seen - synergy.explained(seen, weights[known])) ** 2)) / power


def evenly(total: int, most: int) -> Index:
    """Indices of at most so many out of a total, evenly spaced from the first to the last."""
    return np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(np.int64))


def mean(values: NDArray[Any], axis: int | None = None) -> Any:
    """Mean of what is there, NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=axis)
    return np.where(there, values, 0.0).sum(axis=axis) / np.where(count > 0, count, np.nan)


def percentile(values: Array) -> Array:
    """(M,) the extreme percentile of (T, M), NaN of a column without values."""
    columns = (column[np.isfinite(column)] for column in values.T)
    return np.array([np.percentile(column, EXTREME) if len(column) else np.nan for column in columns])


def variance(values: Array) -> Array:
    """(M,) variance of (T, M), NaN of a column without values."""
    return np.asarray(mean((values - mean(values, axis=0)) ** 2, axis=0))
