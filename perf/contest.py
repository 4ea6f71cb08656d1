"""Contests: the same job done by us and by others, checked for the same answer, and timed turn by turn.

Time is the processor time of this process: with one thread and inputs that lie in the page cache it is what a clock
on the wall shows on an idle machine, and on a busy one the neighbours do not count.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROUNDS = 25
"""Most rounds of a contest; a slow one has fewer, at least `FEWEST`."""
FEWEST = 5
OURS = "myoshift"


@dataclass(frozen=True, eq=False)
class Entrant:
    """One way to do the job.

    Parameters
    ----------
    run : does it once; what it returns is held against what `myoshift` returns
    share : the part of the job that `run` does, where the whole would take minutes; its time is divided by it
    same : whether the answer must be the same; how far it may be off is the contest's `tolerance`
    most : the largest ratio of its time to `myoshift` that is promised, where it is this project's own, too
    """

    run: Callable[[], Any]
    share: float = 1.0
    same: bool = True
    most: float | None = None


@dataclass(frozen=True, eq=False)
class Contest:
    """The entrants by name, `myoshift` among them, and how far (relative to the largest value) answers may differ."""

    entrants: Mapping[str, Entrant]
    tolerance: float = 0.0


@dataclass(frozen=True)
class Case:
    """A job at several sizes.

    Parameters
    ----------
    name, job : one word, and one line that says what is done
    unit : of the sizes
    sizes, quick, tiny : for the table, for `--quick`, for the tests
    enter : opens the contest of a size in a folder: a context manager, so that what it needs is cleaned up
    marks : by entrant, the least ratio of its time to ours that this project promises at the size `marked`
    """

    name: str
    job: str
    unit: str
    sizes: tuple[int, ...]
    quick: tuple[int, ...]
    tiny: int
    enter: Callable[[Path, int], AbstractContextManager[Contest]]
    marked: int
    marks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One entrant of a contest: median seconds of the whole job, and its ratio to ours (median of the rounds)."""

    case: str
    size: int
    unit: str
    entrant: str
    version: str
    seconds: float
    ratio: float
    rounds: int
    share: float
    mark: float | None
    most: float | None = None
    note: str = ""


def installed(name: str) -> bool:
    """Whether a peer can be imported."""
    return importlib.util.find_spec(name) is not None


def run(contest: Contest, budget: float) -> dict[str, list[float]]:
    """Seconds of each entrant in each round; within a round all take their turn, in alternating order.

    Rounds end after `ROUNDS`, or when `budget` seconds are spent. The first turn of each is not timed: it warms up,
    and its answer is compared.

    Raises
    ------
    AssertionError
        When an entrant has another answer than ours: then there is nothing to compare.
    """
    answers = {name: entrant.run() for name, entrant in contest.entrants.items()}
    for name, entrant in contest.entrants.items():
        if entrant.same and name != OURS:
            _agree(name, answers[OURS], answers[name], contest.tolerance)
    del answers
    taken: dict[str, list[float]] = {name: [] for name in contest.entrants}
    names, begin = list(contest.entrants), time.perf_counter()
    for number in range(ROUNDS):
        for name in names if number % 2 == 0 else reversed(names):
            start = time.process_time()
            contest.entrants[name].run()
            taken[name].append((time.process_time() - start) / contest.entrants[name].share)
        if number + 1 >= FEWEST and time.perf_counter() - begin > budget:
            break
    return taken


def rows(case: Case, size: int, contest: Contest, budget: float) -> Iterator[Row]:
    """Run a contest and sum it up."""
    taken = run(contest, budget)
    ours = np.array(taken[OURS])
    for name, seconds in taken.items():
        yield Row(
            case=case.name,
            size=size,
            unit=case.unit,
            entrant=name,
            version=version(name),
            seconds=float(np.median(seconds)),
            ratio=float(np.median(np.array(seconds) / ours)),
            rounds=len(seconds),
            share=contest.entrants[name].share,
            mark=case.marks.get(name) if size == case.marked else None,
            most=contest.entrants[name].most if size == case.marked else None,
        )


def version(entrant: str) -> str:
    """Version of the package that an entrant's name begins with, "" for a plain program."""
    import importlib.metadata

    try:
        return importlib.metadata.version(entrant.split()[0])
    except importlib.metadata.PackageNotFoundError:
        return ""


def _agree(name: str, ours: Any, theirs: Any, tolerance: float) -> None:
    for one, other in zip(ours, theirs, strict=True):
        one, other = np.asarray(one), np.asarray(other)
        scale = float(np.nanmax(np.abs(one), initial=0.0)) or 1.0
        np.testing.assert_allclose(
            np.nan_to_num(other),
            np.nan_to_num(one),
            rtol=0,
            atol=tolerance * scale,
            err_msg=f"{name} differs from ours",
        )
