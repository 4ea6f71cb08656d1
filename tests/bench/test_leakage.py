from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import cohort, with_activation
from conftest import make_walk
from myoshift.bench import leakage
from myoshift.bench.protocols import fold
from myoshift.errors import LeakageError

SOURCE = tuple(make_walk(subject=f"s{i}", institution="north", seed=i) for i in range(2))
TEST = make_walk(subject="t", institution="south", seed=9)


def made(source=SOURCE, test=(TEST,), calibration=()):
    return fold("some", "fold", source=source, test=test, calibration=calibration)


def test_a_clean_fold_passes_and_says_what_was_compared():
    checked = leakage.check(made())
    assert checked.people == 3
    assert checked.recordings == 3
    assert checked.contents == 3 * (600 - 15)


@pytest.mark.parametrize(
    ("broken", "token"),
    [
        (made(source=(*SOURCE, replace(TEST, trial="other"))), "same person.*south/t"),
        (made(source=(*SOURCE, replace(TEST, subject="u"))), "same motion as south/u"),
        (made(source=(*SOURCE, replace(TEST, subject="u", dataset="copy").window(37, 300))), "same motion as copy/u"),
        (made(test=(TEST.window(200, 600),), calibration=(TEST.window(0, 240),)), "same motion"),
        (made(source=(*SOURCE, replace(TEST, subject="u")), test=(SOURCE[0],)), "same person"),
        (made(source=SOURCE, calibration=(replace(SOURCE[0], trial="x"),)), "same person"),
        (made(calibration=(replace(SOURCE[0], subject="u"),)), "same motion"),
    ],
    ids=[
        "person",
        "copy",
        "cut copy",
        "overlapping calibration",
        "swapped",
        "calibration person",
        "calibration copy",
    ],
)
def test_leaks_are_caught_and_named(broken, token):
    with pytest.raises(LeakageError, match=token) as caught:
        leakage.check(broken)
    assert "some/fold" in str(caught.value)


@pytest.mark.parametrize("held", ["session", "recording"])
def test_known_people_share_no_content(held):
    other = make_walk(subject="t", institution="south", seed=10)
    assert leakage.check(replace(made(source=(*SOURCE, other)), held=held)).people == 3
    with pytest.raises(LeakageError, match="same motion"):
        leakage.check(replace(made(source=(*SOURCE, replace(TEST, trial="other"))), held=held))
    with pytest.raises(LeakageError, match="same recording"):
        leakage.check(replace(made(source=(*SOURCE, TEST)), held=held))


def test_visible_answers_are_caught():
    with pytest.raises(LeakageError, match="visible"):
        leakage.check(replace(made(), test_motion=(TEST,)))


def test_unlabelled_people_who_are_tested_must_be_declared():
    leaky = made()
    split = replace(leaky.split, unlabelled=(TEST.hidden(),), unlabelled_scope="other_people")
    with pytest.raises(LeakageError, match="same person"):
        leakage.check(replace(leaky, split=split))
    leakage.check(replace(leaky, split=replace(split, unlabelled_scope="test_people"), twins_of_test=True))


def test_calibration_may_share_the_person_but_no_labelled_frame():
    values = TEST.activation.copy()
    values[:250] = np.nan
    leakage.check(made(test=(with_activation(TEST, values),), calibration=(TEST.window(0, 240),)))


def test_people_who_stand_still_alike_are_no_copies():
    still = [replace(r, motion=np.zeros_like(r.motion)) for r in (*SOURCE, TEST)]
    leakage.check(made(source=tuple(still[:2]), test=(still[2],)))


def test_every_overlap_of_31_frames_is_found_at_any_offset():
    for start in range(0, 40):
        copy = replace(TEST, subject="u").window(start, start + 31)
        with pytest.raises(LeakageError):
            leakage.check(made(source=(copy,)))


def test_folds_of_a_cohort_are_clean():
    found = cohort()
    source, test = (
        found.labelled(lambda r: r.institution == "north"),
        found.answers(lambda r: r.institution == "west"),
    )
    leakage.check(fold("some", "fold", source=source, test=test))
