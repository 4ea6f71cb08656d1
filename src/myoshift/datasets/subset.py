"""A part of a data set, so many hours of it, that still has several people, sessions, tasks and sides.

A person with one recording says nothing about sessions, so few people are taken with much of each: one for every
quarter of an hour, four at least, from every part of a published split alike. Of each in turn comes the recording
whose session, task and side were taken least. Ties are broken by a hash of the names, so that the same files give
the same part on every machine, and what a short part holds a longer one of as many people holds too.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from myoshift.types import Recording, Trial

T = TypeVar("T")
PEOPLE = 4  # at least
SHARE = 0.25  # h of one person
SPLIT = "published_split"
"""Code of the flag that says on which side of a published split a recording is: `train`, `test user`."""


class Entry(Protocol):
    """What is known of a recording before it is opened."""

    @property
    def name(self) -> str:
        """Unique in the set."""
        ...

    @property
    def subject(self) -> str:
        """Who."""
        ...

    @property
    def session(self) -> str:
        """When; empty where there is one."""
        ...

    @property
    def task(self) -> str:
        """What was done."""
        ...

    @property
    def side(self) -> str:
        """Of a one-sided recording; empty otherwise."""
        ...

    @property
    def split(self) -> str:
        """Part of a published split; empty where there is none."""
        ...


@runtime_checkable
class Indexed(Protocol):
    """A data set that knows what its recordings are before it opens them, so that a part of it is read alone."""

    def index(self, root: Path) -> tuple[Entry, ...]:
        """Every recording that is here."""
        ...

    def read(self, root: Path, entries: Iterable[Entry]) -> Iterator[Trial]:
        """The trials of these recordings, asked for one after the other."""
        ...


@dataclass(frozen=True)
class Facts:
    """An `Entry` of what is known otherwise."""

    name: str
    subject: str
    session: str
    task: str
    side: str = ""
    split: str = ""


def described(recording: Recording) -> Facts:
    """A recording as an entry."""
    return Facts(recording.id, recording.person, recording.session, recording.task)


def spread(entries: Iterable[T], hours: float, describe: Callable[[T], Entry]) -> Iterator[T]:
    """All entries, those first that a part of so many hours is made of."""
    own: dict[str, list[T]] = {}
    for entry in entries:
        own.setdefault(describe(entry).subject, []).append(entry)
    people = _mixed(own, describe)
    first = max(PEOPLE, math.ceil(hours / SHARE - 1e-9))
    taken: Counter[tuple[str, str, str]] = Counter()
    for group in (people[:first], people[first:]):
        while any(own[person] for person in group):
            for person in filter(own.__getitem__, group):
                chosen = min(own[person], key=lambda each: _wear(describe(each), taken))
                own[person].remove(chosen)
                taken.update(_marks(describe(chosen)))
                yield chosen


def within(recordings: Iterable[Recording], hours: float) -> Iterator[Recording]:
    """Recordings until the hours are full, the one included that fills them."""
    left = hours * 3600
    for recording in recordings:
        yield recording
        left -= recording.seconds
        if left <= 0:
            return


def part(recordings: tuple[Recording, ...], hours: float) -> tuple[Recording, ...]:
    """So many hours of recordings that are at hand, in their own order."""
    chosen = {recording.id for recording in within(spread(recordings, hours, described), hours)}
    return tuple(recording for recording in recordings if recording.id in chosen)


def _mixed(own: dict[str, list[T]], describe: Callable[[T], Entry]) -> list[str]:
    """People in an order that hangs on their names alone, those of every part of a split in turn."""
    strata: dict[tuple[str, ...], list[str]] = {}
    for person in sorted(own, key=_hash):
        strata.setdefault(tuple(sorted({describe(each).split for each in own[person]})), []).append(person)
    turns = zip_longest(*(strata[key] for key in sorted(strata)))
    return [person for turn in turns for person in turn if person is not None]


def _marks(entry: Entry) -> tuple[tuple[str, str, str], ...]:
    return (("session", entry.subject, entry.session), ("task", "", entry.task), ("side", entry.subject, entry.side))


def _wear(entry: Entry, taken: Counter[tuple[str, str, str]]) -> tuple[int, int, int, str]:
    """How often session, task and side were taken, in this order of weight."""
    session, task, side = (taken[mark] for mark in _marks(entry))
    return session, task, side, _hash(entry.name)


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
