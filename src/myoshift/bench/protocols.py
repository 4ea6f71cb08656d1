"""Protocols: which people are learned from and which are tested. One generator of folds each.

The test activations of a fold belong to the scorer; everybody else sees the test recordings without them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator
from itertools import combinations
from typing import Any, Literal, get_args, get_type_hints

from myoshift import registry
from myoshift.bench import amounts
from myoshift.bench.cohort import JOINED, Cohort, Where, labelled_seconds
from myoshift.bench.sensing import Sensor
from myoshift.bench.spec import ProtocolSpec
from myoshift.errors import ConfigError
from myoshift.types import Answers, Fold, Held, Recording, Split

Protocol = Callable[..., Iterator[Fold]]
Recordings = tuple[Recording, ...]
Unlabelled = Literal["none", "test_people"]
"""Whose motion, without labels, a method may learn from: nobody's of the target, or that which is tested."""


def fold(
    protocol: str,
    name: str,
    *,
    source: Recordings,
    test: Recordings,
    calibration: Recordings = (),
    held: Held = "institution",
    unlabelled: Unlabelled = "none",
    twins_of_test: bool = False,
) -> Fold:
    """A fold whose test activations only the scorer can reach.

    `unlabelled` says whether the test motion is granted to learn from, which no deployed model has beforehand: named
    in every row of the results. `twins_of_test` says that the source holds simulated twins of it, so that it is
    granted too.
    """
    motion = tuple(recording.hidden() for recording in test)
    granted = twins_of_test or unlabelled == "test_people"
    return Fold(
        protocol=protocol,
        name=name,
        split=Split(
            name=f"{protocol}/{name}",
            source=source,
            calibration=calibration,
            unlabelled=motion if granted else (),
            unlabelled_scope="test_people" if granted else "none",
        ),
        test_motion=motion,
        test_activation=Answers(recordings=test),
        held=held,
        twins_of_test=twins_of_test,
    )


def leave_one_domain_out(cohort: Cohort, *, unlabelled: Unlabelled = "none") -> Iterator[Fold]:
    """Each institution in turn is the target, all the others are the source."""
    for held in cohort.institutions:
        source, test = cohort.labelled(but(at(held))), cohort.answers(at(held))
        yield fold("leave_one_domain_out", held, source=source, test=test, unlabelled=unlabelled)


def leave_two_domains_out(cohort: Cohort) -> Iterator[Fold]:
    """Every pair of institutions is the target, all the others are the source: validation inside a validation.

    For a target A, what is learned without A and B and tested on B says how well a choice would have done in a
    laboratory that nobody had seen, and A had no part in it.
    """
    for one, other in combinations(cohort.institutions, 2):
        either = _in({one, other})
        if source := cohort.labelled(but(either)):
            name = f"{one} and {other}"
            yield fold("leave_two_domains_out", name, source=source, test=cohort.answers(either))


def single_real(cohort: Cohort, *, unlabelled: Unlabelled = "none") -> Iterator[Fold]:
    """One institution is the source, another one the target: every ordered pair."""
    for origin in cohort.institutions:
        for target in cohort.institutions:
            source, test = cohort.labelled(at(origin)), cohort.answers(at(target))
            if origin != target and source:
                name = f"{origin} to {target}"
                yield fold("single_real", name, source=source, test=test, unlabelled=unlabelled)


def pooled_real(cohort: Cohort, *, folds: int = 5) -> Iterator[Fold]:
    """People of all institutions are pooled and one in `folds` is tested: a new person, mostly of a known lab."""
    for index in range(folds):
        held = {person for _, person in cohort.people[index::folds]}
        source, test = cohort.labelled(but(_of(held))), cohort.answers(_of(held))
        if held:
            name = f"people {index + 1} of {folds}"
            yield fold("pooled_real", name, source=source, test=test, held="person")


def source_labs(cohort: Cohort, *, labs: int, draws: int = 3, seed: int = 0) -> Iterator[Fold]:
    """Each institution in turn is the target, so many of the others the source, drawn anew so many times.

    What a draw of more laboratories holds, a draw of fewer holds a part of: the curve over their number is paired.
    """
    for target in cohort.institutions:
        others = sorted({recording.institution for recording in cohort.labelled(but(at(target)))})
        for draw in range(draws if labs < len(others) else 1):
            chosen = set(amounts.drawn(seed, target, draw).permutation(others)[:labs])
            source, name = cohort.labelled(_in(chosen)), f"{target} from {labs}, draw {draw + 1}"
            if labs <= len(others):
                yield fold("source_labs", name, source=source, test=cohort.answers(at(target)))


def source_minutes(cohort: Cohort, *, minutes: float, draws: int = 3, seed: int = 0) -> Iterator[Fold]:
    """Each institution in turn is the target, so many labelled minutes of the others the source, drawn anew.

    The minutes are taken from all institutions alike, as far as these have them.
    """
    for target in cohort.institutions:
        everything = cohort.labelled(but(at(target)))
        for draw in range(draws):
            random = amounts.drawn(seed, target, draw)
            source = amounts.first_seconds(everything, 60 * minutes, cohort.spec, random)
            name = f"{target} from {minutes:g} min, draw {draw + 1}"
            if sum(labelled_seconds(r, cohort.spec) for r in source) >= 60 * minutes - amounts.CLOSE:
                yield fold("source_minutes", name, source=source, test=cohort.answers(at(target)))


def virtual_people(cohort: Cohort, *, people: int, sensor: Sensor = "none") -> Iterator[Fold]:
    """Each institution in turn is the target, the first so many people of the virtual laboratories the source."""
    virtual = cohort.synthetic(lambda _: False, sensor=sensor)
    known = sorted({recording.person for recording in virtual})
    source = tuple(filter(_of(set(known[:people])), virtual))
    for target in cohort.institutions if people <= len(known) else ():
        yield fold("virtual_people", target, source=source, test=cohort.answers(at(target)))


def leave_one_subject_out(cohort: Cohort) -> Iterator[Fold]:
    """Each person is tested with the other people of the same institution as the source: a ceiling."""
    for institution, person in cohort.people:
        colleagues = {p for i, p in cohort.people if i == institution} - {person}
        source, test = cohort.labelled(_of(colleagues)), cohort.answers(_of({person}))
        if source:
            yield fold("leave_one_subject_out", person, source=source, test=test, held="person")


def leave_one_session_out(cohort: Cohort, *, condition: str) -> Iterator[Fold]:
    """Each session of an institution in turn is the target: its people are known from their other sessions."""
    tested = cohort.answers(cohort.of_condition(condition))
    sessions = sorted({(r.institution, r.session) for r in tested if r.session})
    for institution, session in sessions:
        if sum(place == institution for place, _ in sessions) > 1:
            held = _session(institution, session)
            source = cohort.labelled(but(held), condition)
            test = tuple(filter(held, tested))
            yield fold("leave_one_session_out", f"{institution} {session}", source=source, test=test, held="session")


def domain_shift(
    cohort: Cohort,
    *,
    source: str,
    target: str,
    held: Literal["person", "recording"] = "person",
    learned: Literal["everywhere", "same institution"] = "everywhere",
    unlabelled: Unlabelled = "none",
) -> Iterator[Fold]:
    """One condition is learned from, another (or the same) one tested, one person or one recording at a time.

    A person is tested by what the other people did, of all institutions or, for a shift of task or population inside
    a laboratory, of the same one. Where a benchmark has a single person, one holds out recordings.
    """
    tested = cohort.answers(cohort.of_condition(target))
    units = sorted({r.person if held == "person" else r.id for r in tested})
    for unit in units:
        own = _of({unit}) if held == "person" else _named(unit)
        test = tuple(filter(own, tested))
        near = _in({r.institution for r in test}) if learned == "same institution" else _anywhere
        granted = tuple(filter(near, cohort.labelled(but(own), source)))
        if granted:
            yield fold("domain_shift", unit, source=granted, test=test, held=held, unlabelled=unlabelled)


def human_human(cohort: Cohort, *, condition: str) -> Iterator[Fold]:
    """One person is the source, another one the target, every ordered pair: how alike people are."""
    tested = cohort.answers(cohort.of_condition(condition))
    people = sorted({r.person for r in tested})
    for origin in people:
        source = cohort.labelled(_of({origin}), condition)
        for person in people:
            if origin != person and source:
                test = tuple(filter(_of({person}), tested))
                yield fold("human_human", f"{origin} to {person}", source=source, test=test, held="person")


def few_shot(
    cohort: Cohort,
    *,
    seconds: float = 0.0,
    strides: float = 0,
    gap: float = 0.2,
    held: Literal["institution", "person"] = "institution",
    learned: Literal["measured", "simulated"] = "measured",
) -> Iterator[Fold]:
    """A new person gives some labelled seconds, or strides of their own length; tested on what comes after them.

    That is the rest of the trial, and other trials. The source is what other institutions measured or, holding out
    the person, other people; or their simulated twins. `gap` seconds after the calibration are left out, because the
    filters of the envelope reach that far.

    Raises
    ------
    ConfigError
        When both seconds and strides are given, or neither.
    """
    if bool(seconds) == bool(strides):
        raise ConfigError(
            "few_shot is given either `seconds` or `strides`", why=f"{seconds:g} s, {strides:g} strides"
        )
    for institution, person in cohort.people:
        given = strides * cohort.stride(person) if strides else seconds
        calibration, test = cohort.cut(person, given, gap)
        if test:
            others = but(at(institution)) if held == "institution" else but(_of({person}))
            source = cohort.labelled(others) if learned == "measured" else cohort.synthetic(others)
            yield fold("few_shot", person, source=source, test=test, calibration=calibration, held=held)


Whose = Literal["other institutions", "other people", "everybody"]
"""Whose motion the twins of a synthetic source repeat; with everybody's, the motion of the test people is seen."""


def synthetic_only(
    cohort: Cohort,
    *,
    sensor: Sensor = "none",
    motion: Whose = "other institutions",
    condition: str = "",
    unlabelled: Unlabelled = "none",
) -> Iterator[Fold]:
    """No measurement is learned from: simulated twins and virtual laboratories are the source.

    With a condition, twins of that condition alone are learned from and it alone is tested.
    """
    for name, own in _targets(cohort, motion):
        source = cohort.synthetic(_granted(own, motion), condition or None, sensor=sensor)
        test = tuple(r for r in cohort.answers(own) if not condition or cohort.of_condition(condition)(r))
        if source and test:
            yield _synthetic_fold("synthetic_only", name, source, test, motion, unlabelled)


def synthetic_tuned(cohort: Cohort, *, motion: Whose = "other institutions") -> Iterator[Fold]:
    """As `synthetic_only`, but the labels of the source laboratories choose the constants of the simulation.

    Exponent, floor, co-activation and the delay of each site are those that agree best with the EMG of the others.
    """
    for name, own in _targets(cohort, motion):
        test = cohort.answers(own)
        tested = {recording.institution for recording in test}
        told = cohort.tuned(set(cohort.institutions) - tested)
        source = cohort.synthetic(_granted(own, motion), constants=told)
        if source:
            yield _synthetic_fold("synthetic_tuned", name, source, test, motion)


def synthetic_plus_real(
    cohort: Cohort,
    *,
    sensor: Sensor = "none",
    motion: Whose = "other institutions",
    ratio: float = 0.0,
    seed: int = 0,
) -> Iterator[Fold]:
    """Each institution in turn is the target; the others are the source, and with them the synthetic one.

    `ratio` is that of simulated to measured seconds, no more than there are; 0 for all that there is.
    """
    for name, own in _targets(cohort, motion):
        real, simulated = cohort.labelled(but(own)), cohort.synthetic(_granted(own, motion), sensor=sensor)
        if ratio:
            wanted = ratio * sum(labelled_seconds(recording, cohort.spec) for recording in real)
            simulated = amounts.first_seconds(simulated, wanted, cohort.spec, amounts.drawn(seed, name))
        yield _synthetic_fold("synthetic_plus_real", name, (*real, *simulated), cohort.answers(own), motion)


def _targets(cohort: Cohort, motion: Whose) -> Iterator[tuple[str, Where]]:
    """What is tested at a time: an institution, or a person where other people of the institution may be seen."""
    if motion == "other people":
        yield from ((person, _of({person})) for _, person in cohort.people)
    else:
        yield from ((institution, at(institution)) for institution in cohort.institutions)


def _granted(own: Where, motion: Whose) -> Where:
    return _anywhere if motion == "everybody" else but(own)


def _synthetic_fold(
    protocol: str,
    name: str,
    source: Recordings,
    test: Recordings,
    motion: Whose,
    unlabelled: Unlabelled = "none",
) -> Fold:
    held: Held = "person" if motion == "other people" else "institution"
    twins = motion == "everybody"
    return fold(protocol, name, source=source, test=test, held=held, unlabelled=unlabelled, twins_of_test=twins)


def folds(spec: ProtocolSpec, cohort: Cohort) -> Iterator[Fold]:
    """The folds of a protocol as the benchmark sets it."""
    protocol: Protocol = registry.load("protocols", spec.name)
    return protocol(cohort, **spec.settings)


def check_settings(spec: ProtocolSpec, conditions: Collection[str]) -> None:
    """Refuse settings that the protocol does not know or cannot use, and the lack of one that it needs.

    Raises
    ------
    ConfigError
        The message names the settings, or the values of a setting, that there are.
    """
    protocol = registry.load("protocols", spec.name)
    parameters = dict(list(inspect.signature(protocol).parameters.items())[1:])
    meant = get_type_hints(protocol)
    for name in spec.settings:
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise ConfigError(f"unknown setting {name!r} of protocol {spec.name!r}", why=f"its settings: {known}")
    for name, parameter in parameters.items():
        if name in spec.settings:
            _check_value(spec, name, meant[name], conditions)
        elif parameter.default is parameter.empty:
            raise ConfigError(f"protocol {spec.name!r} needs the setting {name!r}")


def _check_value(spec: ProtocolSpec, name: str, meant: Any, conditions: Collection[str]) -> None:
    value, what = spec.settings[name], f"setting {name!r} of protocol {spec.name!r}"
    choices = get_args(meant) or (tuple(conditions) if meant is str else ())
    if choices and not set(str(value).split(JOINED)) <= set(choices):
        raise ConfigError(f"{what} must be one of {', '.join(map(repr, choices))}", why=f"{value!r}")
    if not choices and (isinstance(value, str) or not value >= 0):
        raise ConfigError(f"{what} must be 0 or more", why=f"{value!r}")


def at(institution: str) -> Where:
    """Whether a recording is of this institution."""
    return lambda recording: recording.institution == institution


def _in(institutions: set[str]) -> Where:
    return lambda recording: recording.institution in institutions


def _anywhere(_: Recording) -> bool:
    return True


def _of(people: set[str]) -> Where:
    return lambda recording: recording.person in people


def _session(institution: str, session: str) -> Where:
    return lambda recording: (recording.institution, recording.session) == (institution, session)


def _named(recording_id: str) -> Where:
    return lambda recording: recording.id == recording_id


def but(where: Where) -> Where:
    """Whether a recording is none of these."""
    return lambda recording: not where(recording)
