"""What is held out of one laboratory: people, tasks, both, sessions, sides, bouts; and a published split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import benchmark, cohort
from conftest import make_walk
from myoshift.bench import leakage, protocols
from myoshift.bench.kinds import side
from myoshift.bench.spec import ProtocolSpec
from myoshift.errors import ConfigError, LeakageError
from myoshift.testing import check_protocol
from myoshift.types import Flag

TASKS = ("walk", "run", "hop")
SPEC = benchmark(source_tasks=["*"], reference_tasks=["*"], conditions={"everything": ["*"]})
BY = ("subject", "task", "subject+task", "session", "side", "recording")


def one_sided(recording, kept):
    """What a recording of one leg holds."""
    motion = [k for k, name in enumerate(recording.motion_names) if name.endswith(kept)]
    sites = [k for k, name in enumerate(recording.activation_names) if name.endswith(kept)]
    return replace(
        recording,
        motion=recording.motion[:, motion],
        motion_names=tuple(recording.motion_names[k] for k in motion),
        activation=recording.activation[:, sites],
        activation_names=tuple(recording.activation_names[k] for k in sites),
        trial=f"{recording.trial}{kept}",
    )


def split_of(subject, task):
    kind = {(False, False): "train", (True, False): "test user", (False, True): "test stage"}
    return Flag("published_split", kind.get((subject == "s3", task == "hop"), "test user_stage"))


def corpus():
    """Four people, two sessions, three tasks, two legs recorded apart."""
    found, seed = [], 0
    for subject in ("s0", "s1", "s2", "s3"):
        for session in ("1", "2"):
            for task in TASKS:
                for kept in ("_l", "_r"):
                    seed += 1
                    walk = make_walk(subject=subject, institution="lab", seconds=6.0, seed=seed, task=task)
                    named = replace(walk, session=f"{subject}-{session}", flags=(split_of(subject, task),))
                    found.append(one_sided(named, kept))
    return tuple(found)


CORPUS = corpus()


def folds(name="held_out", found=CORPUS, **settings):
    spec = ProtocolSpec(name=name, settings=settings)
    protocols.check_settings(spec, SPEC.conditions)
    return list(protocols.folds(spec, cohort(SPEC, found)))


@pytest.mark.parametrize("by", BY)
def test_contract(by):
    found = folds(by=by)
    check_protocol("held_out", found)
    for fold in found:
        leakage.check(fold, cohort(SPEC, CORPUS))


@pytest.mark.parametrize(
    ("by", "count", "key"),
    [
        ("subject", 4, lambda r: r.person),
        ("task", 3, lambda r: r.task),
        ("session", 2, lambda r: (r.person, r.session)),
        ("side", 2, side),
        ("recording", 3, lambda r: (r.session, r.task)),
    ],
)
def test_everything_is_tested_once_and_learned_from_otherwise(by, count, key):
    found = folds(by=by)
    assert len(found) == count
    tested = [r.id for fold in found for r in fold.test_activation]
    assert sorted(tested) == sorted(r.id for r in CORPUS)
    for fold in found:
        out = {key(r) for r in fold.test_activation}
        assert {r.id for r in fold.split.source} == {r.id for r in CORPUS if key(r) not in out}


def test_both_hands_stay_together_but_for_the_side_itself():
    for by in BY:
        for fold in folds(by=by):
            sides = {side(r) for r in fold.test_activation}
            assert sides == ({"l"} if fold.name == "side 1" else {"r"} if fold.name == "side 2" else {"l", "r"})


def test_new_people_in_new_tasks_share_neither_with_the_source():
    found = folds(by="subject+task")
    assert len(found) == 3
    for fold in found:
        assert fold.held == "person and task"
        for of in (lambda r: r.person, lambda r: r.task):
            assert not {of(r) for r in fold.split.source} & {of(r) for r in fold.test_activation}


def test_folds_are_fewer_where_that_is_asked():
    assert len(folds(by="subject", folds=2)) == 2
    with pytest.raises(ConfigError, match="two folds"):
        folds(by="subject", folds=1)
    with pytest.raises(ConfigError, match="'subject', 'task'"):
        folds(by="mood")


def test_who_has_one_session_is_learned_from_and_not_tested():
    found = tuple(r for r in CORPUS if r.session != "s0-2")
    for fold in folds(by="session", found=found):
        assert "lab/s0" not in {r.person for r in fold.test_activation}
        assert "lab/s0" in {r.person for r in fold.split.source}


def test_some_seconds_of_each_band_calibrate_it_alone():
    found = folds(by="session", seconds=2.0)
    assert len(found) == 16
    for fold in found:
        leakage.check(fold, cohort(SPEC, CORPUS))
        bands = {(r.session, side(r)) for r in (*fold.split.calibration, *fold.test_activation)}
        assert len(bands) == 1
        given = sum(np.isfinite(r.activation).any(axis=1).sum() for r in fold.split.calibration)
        assert given == 100
    check_protocol("held_out", found)


def test_recordings_of_two_sides_tell_nothing_of_sides():
    both = tuple(replace(make_walk(subject=f"s{k}", institution="lab", seed=k), session=f"{k}") for k in range(3))
    assert folds(by="side", found=both) == []
    assert {side(r) for f in folds(by="side", found=(*CORPUS, *both)) for r in f.split.source} == {"l", "r"}


@pytest.mark.parametrize(("kind", "people", "tasks"), [("user", {"s3"}, 2), ("stage", {"s0", "s1", "s2"}, 1)])
def test_the_published_split_is_taken_as_it_is(kind, people, tasks):
    (fold,) = folds("published_split", generalization=kind)
    assert {r.subject for r in fold.test_activation} == people
    assert len({r.task for r in fold.test_activation}) == tasks
    assert {r.flags[0].message for r in fold.split.source} == {"train"}
    leakage.check(fold, cohort(SPEC, CORPUS))
    check_protocol("published_split", [fold])


def test_both_new_in_the_published_split():
    (fold,) = folds("published_split", generalization="user_stage")
    assert {(r.subject, r.task) for r in fold.test_activation} == {("s3", "hop")}


def test_no_split_is_invented():
    plain = tuple(replace(r, flags=()) for r in CORPUS)
    with pytest.raises(ConfigError, match="no recording is of a published split"):
        folds("published_split", found=plain, generalization="user")


@pytest.mark.parametrize(("by", "check"), [("task", "task"), ("side", "side"), ("subject+task", "task")])
def test_the_guard_sees_what_is_held_out(by, check):
    fold = folds(by=by)[0]
    wrong = replace(fold.test_activation.recordings[0], trial="again", subject="new")
    leaking = replace(fold, split=replace(fold.split, source=(*fold.split.source, wrong)))
    with pytest.raises(LeakageError, match=rf"{check}: the same {check} is learned from and tested"):
        leakage.check(leaking)
    if by == "side":
        whole = replace(fold, split=replace(fold.split, source=(make_walk(subject="new", institution="lab"),)))
        with pytest.raises(LeakageError, match="of two sides"):
            leakage.check(whole)
