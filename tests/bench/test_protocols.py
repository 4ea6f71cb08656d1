from __future__ import annotations

from dataclasses import replace

import pytest

from bench.toys import benchmark, cohort, person, recordings
from conftest import make_walk
from myoshift.bench import leakage, protocols
from myoshift.bench.cohort import Cohort
from myoshift.bench.spec import ProtocolSpec
from myoshift.errors import ConfigError
from myoshift.testing import check_protocol

SETTINGS = {
    "few_shot": {"seconds": 2.0},
    "domain_shift": {"source": "level walking", "target": "shifted gait"},
    "leave_one_session_out": {"condition": "level walking"},
    "human_human": {"condition": "level walking"},
    "source_labs": {"labs": 1, "draws": 2},
    "source_minutes": {"minutes": 0.2, "draws": 2},
}
NAMES = (
    "leave_one_domain_out",
    "leave_two_domains_out",
    "single_real",
    "pooled_real",
    "leave_one_subject_out",
    *SETTINGS,
)


def folds(name, found=None, **settings):
    spec = ProtocolSpec(name=name, settings=SETTINGS.get(name, {}) | settings)
    return list(protocols.folds(spec, found or cohort(found=with_sessions())))


def with_sessions():
    """Everybody walks once more on another day."""
    days = (replace(r, session="day 1") for r in recordings())
    again = (
        make_walk(subject=r.subject, institution=r.institution, seed=500 + k) for k, r in enumerate(recordings())
    )
    return (*days, *(replace(r, session="day 2", trial="again") for r in again))


@pytest.mark.parametrize("name", NAMES)
def test_contract(name):
    found = folds(name)
    check_protocol(name, found)
    for fold in found:
        leakage.check(fold)
        assert fold.split.source
        assert {r.normalisation for r in fold.split.source} == {"percentile"}
        assert fold.split.unlabelled == ()


@pytest.mark.parametrize("name", NAMES)
def test_folds_are_the_same_whatever_the_order_of_the_recordings(name):
    backwards = cohort(found=with_sessions()[::-1])
    assert [f.name for f in folds(name)] == [f.name for f in folds(name, backwards)]
    for one, other in zip(folds(name), folds(name, backwards), strict=True):
        assert [r.id for r in one.split.source] == [r.id for r in other.split.source]


def test_a_fold_is_a_whole_institution():
    found = folds("leave_one_domain_out")
    assert [f.name for f in found] == ["north", "south", "west"]
    for fold in found:
        assert {r.institution for r in fold.test_activation} == {fold.name}
        assert {r.institution for r in fold.split.source} == {"north", "south", "west"} - {fold.name}


def test_two_data_sets_of_one_institution_are_held_out_together():
    twin = tuple(replace(r, dataset="other-set", institution="north") for r in person("west", 1))
    found = folds("leave_one_domain_out", cohort(found=recordings() + twin))
    assert not any(r.dataset == "other-set" for f in found if f.name == "north" for r in f.split.source)


def test_every_ordered_pair():
    found = folds("single_real")
    assert len(found) == 6
    for fold in found:
        source, target = fold.name.split(" to ")
        assert {r.institution for r in fold.split.source} == {source}
        assert {r.institution for r in fold.test_activation} == {target}


def test_every_pair_of_institutions_is_held_out_together():
    found = folds("leave_two_domains_out")
    assert [f.name for f in found] == ["north and south", "north and west", "south and west"]
    for fold in found:
        pair = set(fold.name.split(" and "))
        assert {r.institution for r in fold.test_activation} == pair
        assert {r.institution for r in fold.split.source} == {"north", "south", "west"} - pair


def test_fewer_laboratories_are_a_part_of_more():
    few, all_others = folds("source_labs", labs=1, draws=2), folds("source_labs", labs=2, draws=2)
    assert [f.name for f in few][:2] == ["north from 1, draw 1", "north from 1, draw 2"]
    assert [f.name for f in all_others] == [f"{place} from 2, draw 1" for place in ("north", "south", "west")]
    for fold in few:
        target = fold.name.partition(" ")[0]
        known = {r.institution for r in fold.split.source}
        assert len(known) == 1
        assert target not in known
    assert folds("source_labs", labs=3) == []


def test_minutes_are_taken_from_all_institutions_alike():
    for fold in folds("source_minutes", minutes=0.2, draws=1):
        seconds = {}
        for r in fold.split.source:
            seconds[r.institution] = seconds.get(r.institution, 0) + r.seconds
        assert sum(seconds.values()) == pytest.approx(12.0)
        assert len(seconds) == 2
    assert folds("source_minutes", minutes=60) == []


def test_a_shift_inside_an_institution_is_learned_there():
    for fold in folds("domain_shift", learned="same institution"):
        assert {r.institution for r in fold.split.source} == {r.institution for r in fold.test_activation}


def test_everybody_is_tested_once_when_people_are_pooled():
    tested = [p for f in folds("pooled_real", folds=4) for p in {r.person for r in f.test_activation}]
    assert sorted(tested) == [p for _, p in cohort().people]


def test_more_folds_than_people_leaves_no_empty_fold():
    assert len(folds("pooled_real", folds=50)) == 6


def test_a_subject_is_tested_on_colleagues():
    for fold in folds("leave_one_subject_out"):
        institution = fold.test_activation.recordings[0].institution
        assert {r.institution for r in fold.split.source} == {institution}
        assert {r.person for r in fold.test_activation} == {fold.name}


def test_an_institution_with_one_person_has_no_colleagues():
    alone = Cohort(tuple(person("north", 1) + person("south", 1) + person("south", 2)), benchmark())
    assert {f.name for f in folds("leave_one_subject_out", alone)} == {"south/s1", "south/s2"}


def test_few_shot_learns_from_other_institutions_and_the_first_seconds():
    for fold in folds("few_shot"):
        person = fold.name
        assert {r.person for r in fold.split.calibration} == {person} == {r.person for r in fold.test_activation}
        place = fold.test_activation.recordings[0].institution
        assert place not in {r.institution for r in fold.split.source}
        assert {r.task for r in fold.split.calibration} == {"walk"}
        assert {r.task for r in fold.test_activation} == {"walk", "run"}


def test_few_shot_has_the_source_of_the_held_out_institution():
    """So that its trainings are those of leave_one_domain_out."""
    whole = {f.name: [r.id for r in f.split.source] for f in folds("leave_one_domain_out")}
    for fold in folds("few_shot"):
        place = fold.test_activation.recordings[0].institution
        assert [r.id for r in fold.split.source] == whole[place]


def test_a_calibration_in_strides_lasts_as_long_as_the_strides():
    walkers = cohort(found=with_sessions())
    for fold in folds("few_shot", seconds=0, strides=2):
        given = sum(len(r.motion) for r in fold.split.calibration) / 50
        assert 1.0 < walkers.stride(fold.name) < 1.3
        assert given == pytest.approx(2 * walkers.stride(fold.name), abs=0.03)


@pytest.mark.parametrize("given", [{"seconds": 0}, {"seconds": 2.0, "strides": 1}])
def test_seconds_or_strides_are_given(given):
    with pytest.raises(ConfigError, match="either `seconds` or `strides`"):
        folds("few_shot", **given)


def test_who_does_not_walk_has_a_stride_all_the_same():
    still = tuple(replace(r, motion=0 * r.motion) for r in recordings())
    assert cohort(found=still).stride("north/n1") == pytest.approx(1.1)


def test_a_session_is_held_out_and_its_people_are_known():
    found = folds("leave_one_session_out")
    assert [f.name for f in found] == [f"{place} day {day}" for place in ("north", "south", "west") for day in (1, 2)]
    north = found[0]
    assert {(r.institution, r.session, r.task) for r in north.test_activation} == {("north", "day 1", "walk")}
    assert {(r.institution, r.session) for r in north.split.source} == {
        (place, day) for place in ("north", "south", "west") for day in ("day 1", "day 2")
    } - {("north", "day 1")}
    assert {r.person for r in north.test_activation} <= {r.person for r in north.split.source}
    assert north.held == "session"


def test_an_institution_with_one_session_is_not_held_out():
    assert folds("leave_one_session_out", cohort()) == []
    single = tuple(replace(r, session="only") for r in recordings())
    assert folds("leave_one_session_out", cohort(found=single)) == []


def test_a_shift_learns_one_condition_and_tests_another_by_people_that_it_has_not_seen():
    found = folds("domain_shift")
    assert len(found) == 6
    for fold in found:
        assert {r.task for r in fold.split.source} == {"walk"}
        assert {(r.task, r.person) for r in fold.test_activation} == {("run", fold.name)}
        assert fold.name not in {r.person for r in fold.split.source}


def test_a_shift_of_one_person_holds_out_recordings():
    alone = tuple(r for number in (1,) for r in person("north", number))
    assert folds("domain_shift", cohort(found=alone)) == []
    (fold,) = folds("domain_shift", cohort(found=alone), held="recording")
    assert [r.task for r in fold.split.source] == ["walk"]
    assert fold.held == "recording"
    leakage.check(fold)
    same = folds("domain_shift", cohort(found=with_sessions()), target="level walking", held="recording")
    assert len(same) == 12
    assert all(fold.name not in {r.id for r in fold.split.source} for fold in same)


def test_every_person_is_the_model_of_every_other():
    found = folds("human_human")
    assert len(found) == 6 * 5
    for fold in found:
        (origin,), (person,) = ({r.person for r in part} for part in (fold.split.source, fold.test_activation))
        assert fold.name == f"{origin} to {person}"


def test_few_labelled_seconds_can_join_the_people_of_the_same_institution():
    found = folds("few_shot", held="person")
    for fold in found:
        assert {r.institution for r in fold.split.source} == {"north", "south", "west"}
        assert fold.name not in {r.person for r in fold.split.source}


def test_conditions_can_be_taken_together():
    found = folds("domain_shift", source="level walking + shifted gait")
    assert all({r.task for r in fold.split.source} == {"walk", "run"} for fold in found)
