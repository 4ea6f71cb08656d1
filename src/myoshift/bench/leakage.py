"""The guard at the door of every fold: nobody learns from a person, recording, content or number that is tested.

Each check has a name, says how much it compared, and stops the bench when it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from myoshift.bench import contents, scales
from myoshift.bench.kinds import side
from myoshift.bench.synthetic import SIMULATED, VIRTUAL
from myoshift.errors import LeakageError
from myoshift.types import Fold, Recording

if TYPE_CHECKING:
    from myoshift.bench.cohort import Cohort, Masked

Recordings = tuple[Recording, ...]


@dataclass(frozen=True)
class Check:
    """One passed check: what it is called, and how many things it compared."""

    name: str
    compared: int
    passed: bool = True


@dataclass(frozen=True)
class Checked:
    """What the passed checks of a fold compared."""

    people: int
    recordings: int
    contents: int
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Door:
    """A fold, the part of its source that must be of others than the test, and what is known beside the fold."""

    fold: Fold
    source: Recordings
    masked: Sequence[Masked] = ()
    native: Mapping[str, Recording] = field(default_factory=dict)

    @property
    def test(self) -> Recordings:
        """The answers."""
        return self.fold.test_activation.recordings

    @property
    def validation(self) -> Recordings:
        """The labelled people that a choice is made by."""
        return self.fold.split.validation

    @property
    def calibration(self) -> Recordings:
        """The labelled seconds of the target."""
        return self.fold.split.calibration

    def apart(self, check: str, what: str, learned: Mapping[str, Recording], tested: Mapping[str, Recording]) -> int:
        """Refuse a name that stands on both sides."""
        for name in sorted(learned.keys() & tested.keys()):
            self.refuse(check, f"the same {what} is learned from and tested: {name}", learned[name], tested[name])
        return len(learned) + len(tested)

    def refuse(self, check: str, what: str, learned: Recording, tested: Recording) -> NoReturn:
        """Stop with the name of the check and both places."""
        place = f"{self.fold.protocol}/{self.fold.name}"
        why = f"learned from in {learned.id}, tested in {tested.id}"
        raise LeakageError(f"{check}: {what}", where=place, why=why, mend="mend the protocol or the data set's names")


def check(fold: Fold, cohort: Cohort | None = None) -> Checked:
    """Put a fold through every check; the cohort that it was drawn from lets more be recomputed.

    Where a fold says so, simulated twins of the test motion may be learned from: they hold no more than the motion.

    Raises
    ------
    LeakageError
        Of the first check that fails. The message names it, the person or recording, and both places.
    """
    masked = cohort.masked_of(fold.split.source) if cohort else ()
    door = Door(fold, _guarded(fold), masked, cohort.native if cohort else {})
    checks = tuple(Check(name, compare(door)) for name, compare in CHECKS.items())
    learned = (*fold.split.source, *fold.split.calibration)
    return Checked(
        people=len({r.person for r in (*learned, *door.test)}),
        recordings=len(learned) + len(door.test),
        contents=sum(check.compared for check in checks if check.name in CONTENTS),
        checks=checks,
    )


def _guarded(fold: Fold) -> Recordings:
    """The source that must be of other people than the test."""
    if fold.twins_of_test:
        return tuple(recording for recording in fold.split.source if recording.kind != "simulated")
    return fold.split.source


def _first(recordings: Iterable[Recording], key: Callable[[Recording], str]) -> dict[str, Recording]:
    """For every name the first recording that has it."""
    found: dict[str, Recording] = {}
    for recording in recordings:
        found.setdefault(key(recording), recording)
    return found


def _visible(door: Door) -> int:
    """Neither the test motion nor anything unlabelled shows an activation, or the unit of one."""
    hidden = (*door.fold.test_motion, *door.fold.split.unlabelled)
    for recording in hidden:
        if np.isfinite(recording.activation).any() or recording.reference:
            what = f"activations of {recording.id} are visible in the unlabelled or test motion"
            door.refuse("visible answers", what, recording, recording)
    return len(hidden)


def _institution(door: Door) -> int:
    """Virtual laboratories are nobody's institution: two draws may both call one `virtual-0`."""
    if door.fold.held != "institution":
        return 0
    real = (recording for recording in door.source if recording.dataset != VIRTUAL)
    learned = _first(real, lambda r: r.institution.removesuffix(SIMULATED))
    tested = _first((*door.test, *door.calibration), lambda r: r.institution)
    return door.apart("institution", "institution", learned, tested)


def _subject(door: Door) -> int:
    split, tested = door.fold.split, _first((*door.test, *door.calibration), lambda r: r.person)
    if split.unlabelled_scope == "other_people":
        door.apart("subject", "person", _first(split.unlabelled, lambda r: r.person), tested)
    if door.fold.held not in ("institution", "person", "person and task"):
        return 0
    return door.apart("subject", "person", _first(door.source, lambda r: r.person), tested)


def _session(door: Door) -> int:
    if door.fold.held != "session":
        return 0

    learned, tested = (
        _first((r for r in part if r.session), lambda r: f"{r.institution} {r.session}")
        for part in (door.source, door.test)
    )
    return door.apart("session", "session", learned, tested)


def _task(door: Door) -> int:
    if door.fold.held not in ("task", "person and task"):
        return 0
    return door.apart("task", "task", _first(door.source, lambda r: r.task), _first(door.test, lambda r: r.task))


def _side(door: Door) -> int:
    """Where a side is held out every recording must be of one."""
    if door.fold.held != "side":
        return 0
    learned, tested = (_first(part, side) for part in (door.source, door.test))
    for recordings in (learned, tested):
        if "" in recordings:
            door.refuse("side", f"{recordings[''].id} is of two sides", recordings[""], door.test[0])
    return door.apart("side", "side", learned, tested)


def _selection(door: Door) -> int:
    """Whom a choice is made by is neither learned from nor tested."""
    held = _first(door.validation, lambda r: r.person)
    others = _first((*door.fold.split.source, *door.calibration, *door.test), lambda r: r.person)
    for name in sorted(held.keys() & others.keys()):
        what = f"{name} is held out for selection, and learned from or tested"
        door.refuse("selection", what, held[name], others[name])
    return len(held)


def _recording(door: Door) -> int:
    learned = _first(door.fold.split.source, lambda r: r.id)
    return door.apart("recording", "recording", learned, _first((*door.test, *door.calibration), lambda r: r.id))


def _window(door: Door) -> int:
    """Pieces of one recording share no labelled frame on its clock."""
    tested = {recording.id: recording for recording in door.test}
    both = [(given, tested[given.id]) for given in door.calibration if given.id in tested]
    for given, answer in both:
        if shared := _frames(given) & _frames(answer):
            first = min(shared) / given.rate
            door.refuse("overlapping window", f"{len(shared)} frames from {first:.2f} s on are shared", given, answer)
    return len(both)


def _frames(recording: Recording) -> set[int]:
    labelled = np.flatnonzero(np.isfinite(recording.activation).any(axis=1))
    return set((labelled + round(recording.start * recording.rate)).tolist())


def _copies(door: Door) -> int:
    return _same(door, "duplicate content", "motion", contents.motion, mirrored=False)


def _mirrors(door: Door) -> int:
    return _same(door, "mirrored copy", "motion, left and right exchanged,", contents.motion, mirrored=True)


def _activations(door: Door) -> int:
    return _same(door, "duplicate activation", "activation", contents.activation, mirrored=None)


def _same(
    door: Door, name: str, what: str, marks: Callable[[Recording, int], contents.Marks], *, mirrored: bool | None
) -> int:
    """Refuse content that is learned from and tested; of pieces of one recording only views of one side count."""
    compared = 0
    given = (*door.source, *door.calibration)
    sides = (
        (given, door.test),
        (door.source, door.calibration),
        (given, door.validation),
        (door.validation, door.test),
    )
    for learned, tested in sides:
        sparse = {r: marks(r, contents.FRAMES) for r in tested}
        everything = {mark for views in sparse.values() for each in views.values() for mark in each}
        compared += len(everything)
        for recording in learned if everything else ():
            for view, own in marks(recording, 1).items():
                compared += len(own)
                if not everything.isdisjoint(own):
                    _name(door, name, what, (recording, view, own), sparse, mirrored)
    return compared


def _name(
    door: Door,
    name: str,
    what: str,
    learned: tuple[Recording, str, frozenset[int]],
    tested: Mapping[Recording, contents.Marks],
    mirrored: bool | None,
) -> None:
    recording, view, own = learned
    for answer, views in tested.items():
        for other, marks in views.items():
            turned = view != other
            if own.isdisjoint(marks) or (recording.id == answer.id and turned):
                continue
            if mirrored is None or mirrored == turned:
                door.refuse(name, f"{answer.id} holds the same {what} as {recording.id}", recording, answer)


def _per_trial(door: Door) -> int:
    """A person and channel has one amplitude unit over all that is learned from, and so among the answers."""
    for part in (door.fold.split.source, door.calibration, door.test):
        for one, other, channel in scales.several(part):
            what = f"{channel} of {one.person} is in more than one amplitude unit"
            door.refuse("per-trial scaling", what, one, other)
    return sum(len(r.reference) for r in (*door.fold.split.source, *door.calibration, *door.test))


def _statistics(door: Door) -> int:
    """Units of what is learned from follow from what may be seen; those of few-shot answers from the calibration."""
    tested = _first((*door.test, *door.calibration), lambda r: r.id)
    compared = 0
    for own in scales.people(door.fold.split.source):
        for name in sorted(scales.over(own[0])):
            if name in tested:
                what = f"the amplitude unit of {own[0].person} is taken over {name}, which is tested"
                door.refuse("test statistics", what, own[0], tested[name])
        compared += _follows(door, own, scales.pool(own, door.native))
    for own in scales.people(door.calibration):
        compared += _follows(door, own, tuple(own))
        units = scales.units(own[0])
        for answer in (r for r in door.test if r.person == own[0].person):
            if not scales.alike(units, scales.units(answer)):
                what = f"answers of {answer.person} are not in the unit of the calibration seconds"
                door.refuse("test statistics", what, own[0], answer)
    return compared


def _follows(door: Door, own: Sequence[Recording], pool: Recordings) -> int:
    """Refuse a unit that is not the percentile of the recordings that it is said to be taken over."""
    if not pool:
        return 0
    for channel, share in scales.departures(own, pool):
        what = f"the amplitude unit of {own[0].person}, {channel}, is {share:.3g} times that of what may be seen"
        door.refuse("test statistics", what, own[0], door.test[0])
    return len(own[0].reference)


def _mask(door: Door) -> int:
    """Whether a source channel is masked was judged from no recording that is tested."""
    tested = _first((*door.test, *door.calibration), lambda r: r.id)
    for masked in door.masked:
        if masked.recording in tested:
            what = f"{masked.channel} was masked by frames of {masked.recording}, which is tested"
            door.refuse("hygiene mask", what, tested[masked.recording], tested[masked.recording])
    return len(door.masked)


CHECKS: dict[str, Callable[[Door], int]] = {
    "visible answers": _visible,
    "subject": _subject,
    "selection": _selection,
    "institution": _institution,
    "session": _session,
    "task": _task,
    "side": _side,
    "recording": _recording,
    "overlapping window": _window,
    "duplicate content": _copies,
    "mirrored copy": _mirrors,
    "duplicate activation": _activations,
    "per-trial scaling": _per_trial,
    "test statistics": _statistics,
    "hygiene mask": _mask,
}
"""Every check by its name, in the order in which they are made. A check that does not apply compares nothing."""
CONTENTS = ("duplicate content",)
