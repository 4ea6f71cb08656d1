"""All that is said in numbers of one leg of one person: muscles, pairs of antagonists, the gait cycle, synergies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from myoshift import anatomy, metrics
from myoshift.bench import oracle
from myoshift.bench.spec import Benchmark
from myoshift.bench.traces import Trace
from myoshift.physiology.factorisation import Measured, descend
from myoshift.physiology.likeness import similarity
from myoshift.types import Array

ALL = "all"
"""Stands for the muscle where a number is of all of them; `a/b` stands for a pair."""
FEWEST_MUSCLES = 4
"""Below which synergies of muscles say nothing: as many weights as muscles."""
SYNERGIES, SHUFFLES = 3, 20
LOOSE, ROUNDS = 1e-5, 30  # a similarity does not need the last digits of a factorisation


class Measure(NamedTuple):
    """One number: of a muscle, of a pair `a/b`, or of `all`."""

    muscle: str
    metric: str
    value: float


def measures(trace: Trace, spec: Benchmark) -> Iterator[Measure]:
    """Every number of a leg, of the outputs that were measured; the oracle's come last (see `oracle`).

    A score of a muscle that cannot be given is NaN; of the rest there is none, as most legs lack some of it.
    """
    predicted, measured = trace.predicted, trace.measured
    names, there = np.array(spec.outputs), np.isfinite(measured).any(axis=0)
    for metric, values in metrics.score(predicted, measured, trace.rate).items():
        yield from _of_muscles(names[there], metric, values[there])
    yield from (measure for measure in _further(trace, spec) if np.isfinite(measure.value))


def _further(trace: Trace, spec: Benchmark) -> Iterator[Measure]:
    """Of pairs, of all muscles together, and of primary ones: the gait cycle, the oracle's steps."""
    predicted, measured = trace.predicted, trace.measured
    names, there = np.array(spec.outputs), np.isfinite(measured).any(axis=0)
    p, y = predicted[:, there], measured[:, there]
    yield from _co_activation(p, y, list(names[there]))
    yield from _synergies(p, y)
    primary = np.isin(names, spec.primary) & there
    yield from _phases(predicted[:, primary], measured[:, primary], trace.phase, names[primary])
    for metric, values in oracle.steps(trace, spec).items():
        yield from _of_muscles(names[primary], metric, values[primary])


def _of_muscles(names: Array, metric: str, values: Array) -> Iterator[Measure]:
    return (Measure(str(name), metric, float(value)) for name, value in zip(names, values, strict=True))


def _co_activation(predicted: Array, measured: Array, names: list[str]) -> Iterator[Measure]:
    """Both indices of every pair of antagonists, of the prediction beside those of the measurement."""
    both = np.isfinite(predicted) & np.isfinite(measured)
    for pair in anatomy.antagonists(names):
        columns = [names.index(pair.first), names.index(pair.second)]
        rows = both[:, columns].all(axis=1)
        for who, values in (("predicted", predicted), ("measured", measured)):
            first, second = (values[rows, column][:, None] for column in columns)
            for index in (metrics.falconer_winter, metrics.rudolph):
                yield Measure(pair.name, f"{index.__name__}_{who}", float(index(first, second)[0]))


def _phases(predicted: Array, measured: Array, phase: Array, names: Array) -> Iterator[Measure]:
    """Errors by tenths of the gait cycle."""
    for kind, errors in metrics.phase_errors(predicted, measured, phase)._asdict().items():
        for tenth, values in enumerate(errors):
            yield from _of_muscles(names, f"{kind}_phase_{tenth}", values)


def _synergies(predicted: Array, measured: Array) -> Iterator[Measure]:
    """Mean cosine of matched synergies, and its mean over shuffled muscles, where all are there at the same time."""
    usable = np.isfinite(predicted).any(axis=0) & (np.nan_to_num(measured) > 0).any(axis=0)
    p, y = np.maximum(predicted[:, usable], 0.0), np.maximum(measured[:, usable], 0.0)
    rows = np.isfinite(np.hstack([p, y])).all(axis=1)
    p, y = p[rows], y[rows]
    if usable.sum() < FEWEST_MUSCLES or len(y) < FEWEST_MUSCLES or (p.max(axis=0) <= 0).any():
        return
    alike = similarity(_weights(y), _weights(p), permutations=SHUFFLES)
    yield Measure(ALL, "synergy_similarity", alike.mean)
    yield Measure(ALL, "synergy_chance", float(alike.chance.mean()))


def _weights(activation: Array) -> Array:
    """Weights (M, 3) of synergies of an activation (T, M), each muscle in units of its own root mean square."""
    values = np.ascontiguousarray(activation)
    return _factors(values.tobytes(), values.shape)


@lru_cache(maxsize=256)
def _factors(content: bytes, shape: tuple[int, int]) -> Array:
    """Of the content, so that the measurement is factorised once for all methods."""
    values = np.frombuffer(content).reshape(shape)
    values = values / np.maximum(np.sqrt((values**2).mean(axis=0)), np.finfo(float).tiny)
    guess = np.random.default_rng(0).uniform(size=(shape[1], SYNERGIES))
    return descend(Measured.of(values), guess, tolerance=LOOSE, most=ROUNDS)[0]
