"""The source's motion as the target's laboratory would have measured it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

import numpy as np

from myoshift.anatomy import Leg
from myoshift.methods.source_only import SourceOnly
from myoshift.predictor import balance
from myoshift.signal.transfer import Colouring, QuantileMap, cyclic_weights
from myoshift.training import Choice
from myoshift.types import Array

Map = Callable[[Array], Array]


@dataclass
class InputAligned(SourceOnly):
    """Maps the motion of every source institution onto that of the unlabelled target, and trains on what comes out.

    The network normalises each recording by its own mean (and, with z-scores, SD), which undoes whatever a map does
    to these: what survives is the shape of the distribution and, between coordinates, the correlation, with
    `norm: centre` also the amplitude. So the maps are made of motion about each leg's own mean, where differences of
    posture between people cannot pass for shape. The mean difference is added: a causal network begins with it.
    Institutions, people and legs weigh as in training.

    Parameters
    ----------
    phases : parts of the movement's cycle that have a map each, blended from one to the next; 1 for a single map
    """

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    phases: Annotated[int, Choice((1, 4))] = field(default=1, kw_only=True)

    @abstractmethod
    def fitted(self, source: Array, target: Array, own: Array, other: Array) -> Map:
        """The map of rows (n, C) onto rows (m, C), which weigh `own` (n,) and `other` (m,)."""

    def translate(self, source: Sequence[Leg], unlabelled: Sequence[Leg]) -> Sequence[Leg]:
        """Every leg, mapped by the maps of its institution."""
        target = Sample.of(unlabelled, self.phases)
        places = sorted({leg.recording.institution for leg in source})
        own = {place: [leg for leg in source if leg.recording.institution == place] for place in places}
        samples = {place: Sample.of(legs, self.phases) for place, legs in own.items()}
        maps = {place: self.maps(sample, target) for place, sample in samples.items()}
        off = {place: np.nan_to_num(target.mean - sample.mean) for place, sample in samples.items()}
        return [self.mapped(leg, maps[p], off[p]) for leg in source for p in (leg.recording.institution,)]

    def maps(self, source: Sample, target: Sample) -> list[Map]:
        """The map of each phase; of all phases where one of both never is in it."""
        weights = [
            (own, other) if own.any() and other.any() else (source.weight.sum(axis=1), target.weight.sum(axis=1))
            for own, other in zip(source.weight.T, target.weight.T, strict=True)
        ]
        return [self.fitted(source.rows, target.rows, own, other) for own, other in weights]

    def mapped(self, leg: Leg, maps: Sequence[Map], off: Array) -> Leg:
        """A leg under the maps of the phases, moved by `off` (C,)."""
        rows, mean = centred(leg)
        weights = cyclic_weights(rows, self.phases)
        total = sum(weight[:, None] * one(rows) for weight, one in zip(weights.T, maps, strict=True))
        return replace(leg, motion=np.asarray(total + mean + off, np.float32))


@dataclass(frozen=True, eq=False)
class Sample:
    """Legs end to end.

    Parameters
    ----------
    rows : (n, C) motion about the mean of each leg
    weight : (n, phases) of each frame in each phase
    mean : (C,) of the legs' means, NaN where nobody measured a coordinate
    """

    rows: Array
    weight: Array
    mean: Array

    @classmethod
    def of(cls, legs: Sequence[Leg], phases: int) -> Sample:
        """A sample in which institutions, people and legs weigh as in training."""
        each, shares = [centred(leg) for leg in legs], balance(legs)
        weight = [s / len(r) * cyclic_weights(r, phases) for (r, _), s in zip(each, shares, strict=True)]
        means = np.stack([mean for _, mean in each])
        known = shares[:, None] * np.isfinite(means)
        total = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
        mean = (known * np.nan_to_num(means)).sum(axis=0) / total
        return cls(np.concatenate([rows for rows, _ in each]), np.concatenate(weight), mean)


def centred(leg: Leg) -> tuple[Array, Array]:
    """Motion (T, C) of a leg about its mean, and the mean (C,), NaN where never measured."""
    motion = leg.motion.astype(np.float64)
    count = np.isfinite(motion).sum(axis=0)
    mean = np.where(count > 0, np.nansum(motion, axis=0) / np.maximum(count, 1), np.nan)
    return motion - mean, mean


@dataclass
class QuantileAligned(InputAligned):
    """Each coordinate by itself, by a monotone map of its quantiles."""

    name: ClassVar[str] = "quantile_map"

    def fitted(self, source: Array, target: Array, own: Array, other: Array) -> Map:
        """A quantile map."""
        return QuantileMap.of(source, target, own, other)


@dataclass
class Whitening(InputAligned):
    """All coordinates together: whitened by the institution's covariance, coloured by the target's."""

    name: ClassVar[str] = "whitening"

    def fitted(self, source: Array, target: Array, own: Array, other: Array) -> Map:
        """A linear map."""
        return Colouring.of(source, target, own, other)
