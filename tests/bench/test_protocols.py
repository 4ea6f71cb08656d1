from __future__ import annotations

import pytest

from bench.toys import benchmark, cohort, person, recordings
from myoshift.bench import leakage, protocols
from myoshift.bench.cohort import Cohort
from myoshift.bench.spec import ProtocolSpec
from myoshift.testing import check_protocol

SETTINGS = {"few_shot": {"seconds": 2.0}}
NAMES = ("leave_one_domain_out", "single_real", "pooled_real", "leave_one_subject_out", "few_shot")


def folds(name, found=None, **settings):
    return list(
        protocols.folds(ProtocolSpec(name=name, settings=settings or SETTINGS.get(name, {})), found or cohort())
    )


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
    backwards = cohort(found=recordings()[::-1])
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
    from dataclasses import replace

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
