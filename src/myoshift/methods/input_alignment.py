"""The source's motion as the target's laboratory would have measured it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

import numpy as np

from myoshift.anatomy import Leg
from myoshift.methods.source_only import SourceOnly
from myoshift.signal.transfer import Colouring, QuantileMap, cyclic_weights
from myoshift.training import Choice
from myoshift.types import Array

Map = Callable[[Array], Array]


@dataclass
class InputAligned(SourceOnly):
    """Maps the motion of every source institution onto that of the unlabelled target, and trains on what comes out.

    The network normalises each recording by its own mean (and SD): what survives is the shape of the distribution
    and, between coordinates, the correlation.

    Parameters
    ----------
    phases : parts of the movement's cycle that have a map each, blended from one to the next; 1 for a single map
    """

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    phases: Annotated[int, Choice((1, 4))] = field(default=1, kw_only=True)

    @abstractmethod
    def fitted(self, source: Array, target: Array) -> Map:
        """The map of rows (n, C) onto rows (m, C)."""

    def translate(self, source: Sequence[Leg], unlabelled: Sequence[Leg]) -> Sequence[Leg]:
        """Every leg, mapped by the maps of its institution."""
        places = sorted({leg.recording.institution for leg in source})
        own = {place: [leg for leg in source if leg.recording.institution == place] for place in places}
        maps = {place: self.maps(legs, unlabelled) for place, legs in own.items()}
        return [replace(leg, motion=self.mapped(leg, maps[leg.recording.institution])) for leg in source]

    def maps(self, source: Sequence[Leg], target: Sequence[Leg]) -> list[Map]:
        """The map of each phase."""
        known = [[(m, cyclic_weights(m, self.phases)) for m in map(motion, legs)] for legs in (source, target)]
        rows = ([np.concatenate([m[w[:, k] > 0] for m, w in legs]) for k in range(self.phases)] for legs in known)
        return [self.fitted(s, t) for s, t in zip(*rows, strict=True)]

    def mapped(self, leg: Leg, maps: Sequence[Map]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """The motion (T, C) of a leg under the maps of the phases."""
        values = motion(leg)
        weights = cyclic_weights(values, self.phases)
        total = sum(weight[:, None] * one(values) for weight, one in zip(weights.T, maps, strict=True))
        return np.asarray(total, np.float32)


def motion(leg: Leg) -> Array:
    """Motion (T, C) of a leg in double precision."""
    return leg.motion.astype(np.float64)


@dataclass
class QuantileAligned(InputAligned):
    """Each coordinate by itself, by a monotone map of its quantiles."""

    name: ClassVar[str] = "quantile_map"

    def fitted(self, source: Array, target: Array) -> Map:
        """A quantile map."""
        return QuantileMap.of(source, target)


@dataclass
class Whitening(InputAligned):
    """All coordinates together: whitened by the institution's covariance, coloured by the target's."""

    name: ClassVar[str] = "whitening"

    def fitted(self, source: Array, target: Array) -> Map:
        """A linear map."""
        return Colouring.of(source, target)
