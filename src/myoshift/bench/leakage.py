"""The guard at the door of every fold: nobody learns from a person, a recording or a content that is tested."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from myoshift.errors import LeakageError
from myoshift.types import Fold, Recording

FRAMES = 16  # a run of motion this long (0.3 s at 50 Hz) occurs twice only when it was copied


@dataclass(frozen=True)
class Checked:
    """What a passed check compared."""

    people: int
    recordings: int
    contents: int


def check(fold: Fold) -> Checked:
    """Compare both sides of a fold by person, by recording and by content.

    Content is a run of 16 labelled frames of moving joints: copies under another name, cut elsewhere or declared
    another person are found as long as they share 31 frames. Calibration seconds share the person with the test,
    but no content; so does the source where a fold holds out no more than sessions or recordings. Where a fold says
    so, simulated twins of the test motion may be learned from: they hold no more than the motion.

    Raises
    ------
    LeakageError
        The message names the person or recording, and both places.
    """
    split, test = fold.split, fold.test_activation.recordings
    for hidden in (*fold.test_motion, *split.unlabelled):
        if np.isfinite(hidden.activation).any():
            raise _leak(fold, f"activations of {hidden.id} are visible in the unlabelled or test motion")
    tested = {r.person for r in test} | {r.person for r in split.calibration}
    source = _guarded(fold)
    if fold.held in ("institution", "person"):
        _apart(fold, "person", {r.person for r in source}, tested)
    _apart(fold, "recording", {r.id for r in split.source}, {r.id for r in (*test, *split.calibration)})
    _no_copies(fold, (*source, *split.calibration), test)
    _no_copies(fold, source, split.calibration)
    _validated_apart(fold)
    if split.unlabelled_scope == "other_people":
        _apart(fold, "person", {r.person for r in split.unlabelled}, tested)
    learned = (*split.source, *split.calibration)
    return Checked(
        people=len({r.person for r in learned} | tested),
        recordings=len(learned) + len(test),
        contents=sum(len(runs(r)) for r in (*learned, *test)),
    )


def _guarded(fold: Fold) -> tuple[Recording, ...]:
    """The source that must be of other people than the test."""
    if fold.twins_of_test:
        return tuple(recording for recording in fold.split.source if recording.kind != "simulated")
    return fold.split.source


def _validated_apart(fold: Fold) -> None:
    """Whom a choice is made by is neither learned from nor tested."""
    split, test = fold.split, fold.test_activation.recordings
    held = {recording.person for recording in split.validation}
    learned = (*split.source, *split.calibration)
    both = sorted(held & {recording.person for recording in (*learned, *test)})
    if both:
        raise _leak(fold, f"the same person is held out for selection and learned from or tested: {both[0]}")
    _no_copies(fold, split.validation, (*learned, *test))


def _leak(fold: Fold, what: str) -> LeakageError:
    return LeakageError(what, where=f"{fold.protocol}/{fold.name}", mend="mend the protocol or the data set's names")


def _apart(fold: Fold, kind: str, learned: set[str], tested: set[str]) -> None:
    both = sorted(learned & tested)
    if both:
        raise _leak(fold, f"the same {kind} is learned from and tested: {', '.join(both[:3])}")


def _no_copies(fold: Fold, learned: Iterable[Recording], tested: Iterable[Recording]) -> None:
    known = {content: recording.id for recording in learned for content in runs(recording)}
    for recording in tested:
        for content in sparse_runs(recording):
            if content in known:
                raise _leak(fold, f"{recording.id} holds the same motion as {known[content]}")


@lru_cache(maxsize=4096)
def runs(recording: Recording) -> frozenset[bytes]:
    """Hashes of every run of 16 labelled frames in which a joint moves."""
    return frozenset(_hashes(recording, 1))


@lru_cache(maxsize=4096)
def sparse_runs(recording: Recording) -> frozenset[bytes]:
    """Hashes of every sixteenth such run: enough to meet `runs` of anything that shares 31 frames."""
    return frozenset(_hashes(recording, FRAMES))


def _hashes(recording: Recording, step: int) -> Iterable[bytes]:
    motion = np.ascontiguousarray(recording.motion, np.float32)
    labelled = np.asarray(np.isfinite(recording.activation).any(axis=1), np.bool_)
    for start in range(0, len(motion) - FRAMES + 1, step):
        run = slice(start, start + FRAMES)
        if labelled[run].all() and np.any(np.abs(np.diff(motion[run], axis=0)) > 0):
            yield hashlib.blake2b(motion[run].tobytes(), digest_size=12).digest()
