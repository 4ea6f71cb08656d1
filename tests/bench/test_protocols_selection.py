"""Who is held out to choose by, and that nothing that is fitted is handed them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import cohort, recordings
from myoshift.bench import build, leakage
from myoshift.bench.plan import digest, recordings_digest, split_digest
from myoshift.bench.protocols_selection import held_out, selection
from myoshift.errors import ConfigError, LeakageError


def people(part):
    return {recording.person for recording in part}


def test_people_of_the_source_are_held_out_and_nobody_is_on_two_sides():
    folds = list(selection(cohort()))
    assert [fold.name for fold in folds] == ["north", "south", "west"]
    for fold in folds:
        leakage.check(fold)
        sides = [people(part) for part in (fold.split.source, fold.split.validation, fold.test_activation)]
        assert len(set.union(*sides)) == sum(map(len, sides)) == 6
        assert len(sides[1]) == 1
        assert {r.institution for r in fold.split.source} == {"north", "south", "west"} - {fold.name}


def test_people_of_many_institutions_are_held_out_and_none_is_emptied():
    several = [("a", f"{i}") for i in range(8)] + [("b", "1"), ("c", "1"), ("c", "2")]
    assert held_out(several, 0.2) == {("a", "7"), ("c", "2")}
    assert held_out(several, 0.4) == {("a", "7"), ("c", "2"), ("a", "6"), ("a", "5")}
    assert held_out([("a", "1"), ("b", "1")], 0.2) == {("b", "1")}
    assert held_out([("a", "1")], 0.2) == set()
    for share in (0.1, 0.3, 0.5):
        left = set(several) - held_out(several, share)
        assert {lab for lab, _ in left} == {"a", "b", "c"}


@pytest.mark.parametrize("share", [0, 0.6, 1])
def test_a_share_that_leaves_nobody_is_refused(share):
    with pytest.raises(ConfigError, match=r"share.*at most 0\.5"):
        list(selection(cohort(), share=share))


def test_seconds_to_choose_by_are_not_tested():
    for fold in selection(cohort(), seconds=2.0):
        leakage.check(fold)
        assert people(fold.split.calibration) == people(fold.test_activation)
        labelled = sum(np.isfinite(r.activation).any(axis=1).sum() / r.rate for r in fold.split.calibration)
        assert labelled == pytest.approx(2 * 2.0, abs=0.1)


def test_who_has_too_few_seconds_is_tested_on_everything():
    (fold, *_) = selection(cohort(), seconds=100.0)
    (plain, *_) = selection(cohort())
    assert fold.split.calibration == ()
    assert recordings_digest(fold.test_activation) == recordings_digest(plain.test_activation)


def test_what_is_fitted_is_never_granted_the_held_out_people():
    (fold, *_) = selection(cohort(), unlabelled="test_people")
    everything = frozenset({"source", "unlabelled", "calibration", "domains", "validation"})
    granted = build.grant(fold.split, everything)
    assert fold.split.validation
    assert granted.validation == ()
    assert granted.unlabelled_scope == "test_people"


def test_the_hash_of_a_split_without_held_out_people_is_what_it_was():
    (fold, *_) = selection(cohort())
    parts = (fold.split.source, fold.split.unlabelled, fold.split.calibration)
    before = digest(["none", *(recordings_digest(part) for part in parts)])
    assert split_digest(replace(fold.split, validation=())) == before
    assert split_digest(fold.split) != before


@pytest.mark.parametrize("side", ["source", "test"])
def test_a_held_out_person_who_is_learned_from_or_tested_is_a_leak(side):
    (fold, *_) = selection(cohort())
    leaked = fold.split.source[:1] if side == "source" else tuple(fold.test_activation)[:1]
    planted = replace(fold, split=replace(fold.split, validation=(*fold.split.validation, *leaked)))
    with pytest.raises(LeakageError, match="held out for selection"):
        leakage.check(planted)


def test_a_copy_of_a_held_out_person_under_another_name_is_a_leak():
    (fold, *_) = selection(cohort())
    copy = replace(fold.split.source[0], subject="somebody", trial="else")
    planted = replace(fold, split=replace(fold.split, validation=(copy,)))
    with pytest.raises(LeakageError, match="same motion"):
        leakage.check(planted)


def test_the_same_people_are_held_out_every_time():
    first, second = (list(selection(cohort(found=found))) for found in (recordings(), recordings()[::-1]))
    for one, other in zip(first, second, strict=True):
        assert people(one.split.validation) == people(other.split.validation)
