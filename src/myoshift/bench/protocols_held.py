"""Protocols of one laboratory with many people, sessions and tasks: what is held out is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Literal

from myoshift.bench.cohort import Cohort, Where
from myoshift.bench.kinds import side
from myoshift.bench.protocols import Recordings, fold
from myoshift.datasets.subset import SPLIT
from myoshift.errors import ConfigError
from myoshift.types import Fold, Held, Recording

By = Literal["subject", "task", "subject+task", "session", "side", "recording"]
Generalization = Literal["user", "stage", "user_stage"]
Key = Callable[[Recording], str]

HELD: dict[str, Held] = {
    "subject": "person",
    "task": "task",
    "subject+task": "person and task",
    "session": "session",
    "side": "side",
    "recording": "recording",
}
PUBLISHED: dict[str, Held] = {"user": "person", "stage": "task", "user_stage": "person and task"}


def _visit(recording: Recording) -> str:
    return f"{recording.institution} {recording.session}"


def _bout(recording: Recording) -> str:
    return f"{recording.person} {recording.session} {recording.task}"


def _everybody(_: Recording) -> str:
    return ""


KEYS: dict[str, tuple[Key, Key]] = {
    "subject": (lambda r: r.person, _everybody),
    "task": (lambda r: r.task, _everybody),
    "session": (_visit, lambda r: r.person),
    "side": (side, lambda r: r.person),
    "recording": (_bout, lambda r: f"{r.person} {r.session}"),
}
"""Of what is held out: its name, and within what it is counted. A person keeps other sessions to be known by."""


def held_out(cohort: Cohort, *, by: By, folds: int = 5, seconds: float = 0.0, gap: float = 0.2) -> Iterator[Fold]:
    """One in `folds` subjects, tasks, sessions or recordings is tested; what is learned from shares none of them.

    With `subject+task` these subjects are tested in these tasks, and learned from are other subjects in other tasks;
    `session` and `recording` are counted within a person (session: who has one alone is not tested). A recording is
    all of one task in one session, so that both hands of a person, and the pieces of a file, stay together. But for
    `side`: there one side of everybody is learned from, and the other side of the same people tested.

    With `seconds`, each side of each tested session is a fold of its own, its first so many labelled seconds are its
    calibration, and what comes `gap` seconds after them is tested: what a band that was just donned costs.

    Raises
    ------
    ConfigError
        When there are fewer than two folds.
    """
    if not folds >= 2:
        raise ConfigError("held_out needs two folds or more", why=f"{folds}", mend="give `folds: 5`")
    answers = cohort.answers()
    groups = [_groups(part, answers, int(folds)) for part in by.split("+")]
    for number, held in enumerate(zip(*groups, strict=True), 1):
        keys = [(KEYS[part][0], names) for part, names in zip(by.split("+"), held, strict=True)]
        test = tuple(r for r in answers if all(key(r) in names for key, names in keys))
        source = cohort.labelled(_untouched(keys, of_one_side=by == "side"))
        if test and source:
            yield from _folds(cohort, f"{by} {number}", HELD[by], source, test, seconds, gap)


def published_split(cohort: Cohort, *, generalization: Generalization) -> Iterator[Fold]:
    """The split that the authors of a data set published: `train` is learned from, one kind of `test` is tested.

    `val` is neither. What is new is a user, a stage, or both.

    Raises
    ------
    ConfigError
        When no recording says on which side of a published split it is.
    """
    answers = cohort.answers()
    if not any(_published(recording) for recording in answers):
        raise ConfigError(
            "no recording is of a published split",
            where=cohort.spec.name,
            mend="name a data set whose table has one (emg2pose), or use held_out",
        )
    source = cohort.labelled(lambda r: _published(r) == "train")
    test = tuple(r for r in answers if _published(r) == f"test {generalization}")
    if source and test:
        yield fold("published_split", generalization, source=source, test=test, held=PUBLISHED[generalization])


def _published(recording: Recording) -> str:
    return next((flag.message for flag in recording.flags if flag.code == SPLIT), "")


def _untouched(keys: list[tuple[Key, set[str]]], *, of_one_side: bool) -> Where:
    """Whether a recording shares nothing of what is held out."""
    return lambda recording: (
        not any(key(recording) in names for key, names in keys) and (not of_one_side or bool(side(recording)))
    )


def _groups(part: str, recordings: Iterable[Recording], folds: int) -> list[set[str]]:
    """What each fold holds out: every `folds`-th name, within each person where others of the person's must stay."""
    key, within = KEYS[part]
    pairs = sorted({(within(r), key(r)) for r in recordings if key(r)})
    found: list[set[str]] = [set() for _ in range(folds)]
    for _, own in groupby(pairs, key=lambda pair: pair[0]):
        names = [name for _, name in own]
        for number, name in enumerate(names if len(names) > 1 else ()):
            found[_side(name) if part == "side" else number % folds].add(name)
    return found


def _side(name: str) -> int:
    """The left side is held out first, whichever sides a person has."""
    return "lr".index(name)


def _folds(
    cohort: Cohort, name: str, held: Held, source: Recordings, test: Recordings, seconds: float, gap: float
) -> Iterator[Fold]:
    """One fold, or one for every band that a person wore where each gives some seconds."""
    if not seconds:
        yield fold("held_out", name, source=source, test=test, held=held)
        return
    known = {recording.id for recording in test}
    for person, session, worn in sorted({(r.person, r.session, side(r)) for r in test}):
        calibration, rest = cohort.cut(person, seconds, gap, _band(known, session, worn))
        if rest:
            band = " ".join(filter(None, (person, session, worn)))
            yield fold("held_out", f"{name}: {band}", source=source, test=rest, calibration=calibration, held=held)


def _band(known: set[str], session: str, worn: str) -> Where:
    """What is tested of one session on one side."""
    return lambda recording: recording.id in known and (recording.session, side(recording)) == (session, worn)
