"""Protocols that test what a simulation computed: how much of it follows from the motion alone."""

from __future__ import annotations

from collections.abc import Iterator

from myoshift.bench.cohort import Cohort, Where
from myoshift.bench.protocols import but, fold
from myoshift.types import Fold


def simulated_people(cohort: Cohort, *, folds: int = 5) -> Iterator[Fold]:
    """The people of all simulated data sets are pooled and one in `folds` is tested; no measurement takes part.

    Everything of a person is on one side, and so are a recording's stretches, clips and mirrored copies.
    """
    people = sorted({recording.person for recording in cohort.published()})
    for index in range(folds):
        own = _of(set(people[index::folds]))
        source, test = cohort.published(but(own)), cohort.published(own)
        if source and test:
            name = f"simulated people {index + 1} of {folds}"
            yield fold("simulated_people", name, source=source, test=test, held="person")


def _of(people: set[str]) -> Where:
    return lambda recording: recording.person in people
