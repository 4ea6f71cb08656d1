"""What a selector is handed: the candidates for one target, and the evidence that each left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from myoshift.bench.evidence import Evidence, Labelled, Seen
from myoshift.bench.typical import Index, mean
from myoshift.types import Array, Mask


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One target laboratory in one condition. Nothing in it is a measurement of what is tested.

    Parameters
    ----------
    candidates : labels in the order of the benchmark, its default recipe first
    evidence : of each candidate, one per seed
    elsewhere : rows are other institutions, columns candidates: mean r over the people of an institution when it
        and the target were both left out of the source
    """

    condition: str
    candidates: tuple[str, ...]
    evidence: Mapping[str, tuple[Evidence, ...]]
    elsewhere: pd.DataFrame = field(default_factory=pd.DataFrame)

    def scores(self, of: Callable[[Evidence], float]) -> pd.Series:
        """A number of every candidate: the mean over its seeds."""
        means = {name: mean(np.array([of(each) for each in self.evidence[name]])) for name in self.candidates}
        return pd.Series(means, index=list(self.candidates), dtype=float)

    def seen(self, name: str) -> tuple[Seen, ...]:
        """What a candidate makes of the target's motion in this condition, one per seed."""
        return tuple(each.target[self.condition] for each in self.evidence[name] if self.condition in each.target)


Selector = Callable[[Case], pd.Series]


def standardised(values: Array, person: Index) -> Array:
    """(T, M) with mean 0 and SD 1 over each person's frames; 0 where it is missing or does not change."""
    scores = np.zeros_like(values)
    for own in each_person(person):
        centred = values[own] - mean(values[own], axis=0)
        sd = np.sqrt(mean(centred**2, axis=0))
        scores[own] = np.nan_to_num(centred / np.where(sd > 1e-9, sd, np.inf))
    return scores


def each_person(person: Index) -> Iterator[Mask]:
    """(T,) whose frames these are, one person after the other."""
    return (np.asarray(person == number, np.bool_) for number in np.unique(person))


def frame_losses(part: Labelled, primary: tuple[int, ...]) -> Array:
    """(T,) each frame's share in 1 - r: the mean over primary outputs of 1 - z_predicted z_measured.

    z has mean 0 and SD 1 over a person's measured frames, so that the mean of a person's losses is 1 - r, and
    nobody's amplitude unit matters. A prediction that does not change, or is not there, loses 1.
    """
    columns = list(primary)
    measured = part.measured[:, columns]
    there = np.isfinite(measured)
    predicted = np.where(there, part.predicted[:, columns], np.nan)
    losses = 1 - standardised(predicted, part.person) * standardised(measured, part.person)
    return np.asarray(mean(np.where(there, losses, np.nan), axis=1))


def agreement(one: Seen, other: Seen, primary: tuple[int, ...]) -> float:
    """Mean over people and primary outputs of the correlation between two predictions of the same frames.

    An output that only one of them predicts, or that one holds constant, counts as 0; one that neither has, not.
    """
    columns = list(primary)
    first, second = one.predicted[:, columns], other.predicted[:, columns]
    product = standardised(first, one.person) * standardised(second, one.person)
    neither = ~(np.isfinite(first) | np.isfinite(second))
    people = [mean(np.where(neither[own], np.nan, product[own]), axis=0) for own in each_person(one.person)]
    return float(mean(np.array(people)))
