"""Protocols: which people are learned from and which are tested. One generator of folds each.

The test activations of a fold belong to the scorer; everybody else sees the test recordings without them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

from myoshift import registry
from myoshift.bench.cohort import Cohort, Where
from myoshift.bench.spec import ProtocolSpec
from myoshift.errors import ConfigError
from myoshift.types import Answers, Fold, Recording, Split

Protocol = Callable[..., Iterator[Fold]]
Recordings = tuple[Recording, ...]


def fold(protocol: str, name: str, *, source: Recordings, test: Recordings, calibration: Recordings = ()) -> Fold:
    """A fold whose test activations only the scorer can reach."""
    return Fold(
        protocol=protocol,
        name=name,
        split=Split(name=f"{protocol}/{name}", source=source, calibration=calibration),
        test_motion=tuple(recording.hidden() for recording in test),
        test_activation=Answers(recordings=test),
    )


def leave_one_domain_out(cohort: Cohort) -> Iterator[Fold]:
    """Each institution in turn is the target, all the others are the source."""
    for held in cohort.institutions:
        source, test = cohort.labelled(_not_at(held)), cohort.answers(_at(held))
        yield fold("leave_one_domain_out", held, source=source, test=test)


def single_real(cohort: Cohort) -> Iterator[Fold]:
    """One institution is the source, another one the target: every ordered pair."""
    for origin in cohort.institutions:
        for target in cohort.institutions:
            source, test = cohort.labelled(_at(origin)), cohort.answers(_at(target))
            if origin != target and source:
                yield fold("single_real", f"{origin} to {target}", source=source, test=test)


def pooled_real(cohort: Cohort, *, folds: int = 5) -> Iterator[Fold]:
    """People of all institutions are pooled and one in `folds` is tested: a new person, mostly of a known lab."""
    for index in range(folds):
        held = {person for _, person in cohort.people[index::folds]}
        source, test = cohort.labelled(_but(held)), cohort.answers(_of(held))
        if held:
            yield fold("pooled_real", f"people {index + 1} of {folds}", source=source, test=test)


def leave_one_subject_out(cohort: Cohort) -> Iterator[Fold]:
    """Each person is tested with the other people of the same institution as the source: a ceiling."""
    for institution, person in cohort.people:
        colleagues = {p for i, p in cohort.people if i == institution} - {person}
        source, test = cohort.labelled(_of(colleagues)), cohort.answers(_of({person}))
        if source:
            yield fold("leave_one_subject_out", person, source=source, test=test)


def few_shot(cohort: Cohort, *, seconds: float, gap: float = 0.2) -> Iterator[Fold]:
    """A new person of a new institution gives some labelled seconds; tested on the rest of that trial and on others.

    `gap` seconds after the calibration are left out, because the filters of the envelope reach that far.
    """
    for institution, person in cohort.people:
        calibration, test = cohort.cut(person, seconds, gap)
        if test:
            source = cohort.labelled(_not_at(institution))
            yield fold("few_shot", person, source=source, test=test, calibration=calibration)


def folds(spec: ProtocolSpec, cohort: Cohort) -> Iterator[Fold]:
    """The folds of a protocol as the benchmark sets it."""
    protocol: Protocol = registry.load("protocols", spec.name)
    return protocol(cohort, **spec.settings)


def check_settings(spec: ProtocolSpec) -> None:
    """Refuse settings that the protocol does not know, and the lack of one that it needs.

    Raises
    ------
    ConfigError
        The message names the settings that there are.
    """
    parameters = list(inspect.signature(registry.load("protocols", spec.name)).parameters.values())[1:]
    known = ", ".join(p.name for p in parameters) or "none"
    for name in spec.settings:
        if name not in {p.name for p in parameters}:
            raise ConfigError(f"unknown setting {name!r} of protocol {spec.name!r}", why=f"its settings: {known}")
    for parameter in parameters:
        value = spec.settings.get(parameter.name, 0.0)
        if parameter.annotation in (float, "float") and (isinstance(value, str) or not value >= 0):
            raise ConfigError(
                f"setting {parameter.name!r} of protocol {spec.name!r} must be 0 or more", why=f"{value!r}"
            )
        if parameter.default is parameter.empty and parameter.name not in spec.settings:
            raise ConfigError(f"protocol {spec.name!r} needs the setting {parameter.name!r}")


def _at(institution: str) -> Where:
    return lambda recording: recording.institution == institution


def _not_at(institution: str) -> Where:
    return lambda recording: recording.institution != institution


def _of(people: set[str]) -> Where:
    return lambda recording: recording.person in people


def _but(people: set[str]) -> Where:
    return lambda recording: recording.person not in people
