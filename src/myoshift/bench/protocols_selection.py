"""The protocol under which candidates are chosen between: people of the source institutions are held out for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest

from myoshift.bench.cohort import Cohort
from myoshift.bench.protocols import Recordings, Unlabelled, at, but, fold
from myoshift.errors import ConfigError
from myoshift.types import Fold, Recording

Person = tuple[str, str]
"""Institution and person."""


def selection(
    cohort: Cohort,
    *,
    share: float = 0.2,
    seconds: float = 0.0,
    gap: float = 0.2,
    unlabelled: Unlabelled = "none",
) -> Iterator[Fold]:
    """Each institution in turn is the target; of the others' people a share is held out to choose by.

    What is fitted sees the rest. Selectors, not what is fitted, see the held-out people with their labels, the motion
    that is tested without (scope: test people) and, where `seconds` are granted, the first so many labelled seconds
    of each person of the target who has them; what comes `gap` seconds after these is tested.

    Raises
    ------
    ConfigError
        When `share` is not above 0 and at most a half.
    """
    if not 0 < share <= 0.5:
        raise ConfigError("`share` of selection must be above 0, at most 0.5", why=f"{share:g}")
    for target in cohort.institutions:
        others = cohort.labelled(but(at(target)))
        held = held_out(list({(r.institution, r.person) for r in others}), share)
        source = tuple(r for r in others if (r.institution, r.person) not in held)
        validation = tuple(r for r in others if (r.institution, r.person) in held)
        calibration, test = _few_shot(cohort, target, seconds, gap)
        if source and validation and test:
            made = fold("selection", target, source=source, test=test, calibration=calibration, unlabelled=unlabelled)
            yield replace(made, split=replace(made.split, validation=validation))


def held_out(people: Sequence[Person], share: float) -> set[Person]:
    """A share of the people, one at least, of as many institutions as can be: none is asked twice before the others.

    The largest are asked first, and each keeps a person at least. Only where every institution has a single person,
    one is held out with it. Nobody of fewer than two.
    """
    labs = [list(own) for _, own in groupby(sorted(people), key=lambda person: person[0])]
    rounds = zip_longest(*(own[:0:-1] for own in sorted(labs, key=len, reverse=True)))
    eligible = [person for each in rounds for person in each if person]
    if not eligible and len(people) > 1:
        eligible = [labs[-1][0]]
    return set(eligible[: max(round(share * len(people)), 1)])


def _few_shot(cohort: Cohort, target: str, seconds: float, gap: float) -> tuple[Recordings, Recordings]:
    """Labelled seconds to choose by, and what is tested; who has too few seconds is tested on everything."""
    calibration, test = list[Recording](), list(cohort.answers(at(target)))
    for institution, person in cohort.people if seconds else ():
        given, rest = cohort.cut(person, seconds, gap) if institution == target else ((), ())
        if rest:
            calibration += given
            test = [recording for recording in test if recording.person != person] + list(rest)
    return tuple(calibration), tuple(test)
