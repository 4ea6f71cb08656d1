"""Selectors by labels choose who is right where labels are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.planted import best, case, evidence, labelled, noisy, truth
from myoshift.bench.selectors.labels import few_shot, leave_one_source_domain_out, source_validation

RIGHT = truth()
GOOD, BAD = labelled(noisy(RIGHT, 0.1), RIGHT), labelled(noisy(RIGHT, 1.0), RIGHT)


def test_source_validation_chooses_who_is_right_on_held_out_people():
    scores = source_validation(case(bad=evidence(BAD), good=evidence(GOOD)))
    assert best(scores) == "good"
    assert np.isclose(scores["good"], GOOD.r[:, :2].mean())


def test_seeds_count_the_same():
    scores = source_validation(case(both=(evidence(BAD), evidence(GOOD)), good=evidence(GOOD)))
    assert np.isclose(scores["both"], (BAD.r[:, :2].mean() + GOOD.r[:, :2].mean()) / 2)


def test_other_laboratories_count_the_same_and_only_where_every_candidate_was_tested():
    table = pd.DataFrame({"one": [0.9, 0.5], "other": [0.6, 0.7]}, index=["north", "west"])
    told = case(table, one=evidence(), other=evidence())
    assert leave_one_source_domain_out(told).round(3).to_dict() == {"one": 0.7, "other": 0.65}
    assert leave_one_source_domain_out(case(table, one=evidence(), third=evidence())).isna().to_dict()["third"]


def test_without_such_trainings_nothing_is_said():
    assert leave_one_source_domain_out(case(one=evidence())).isna().all()


def test_a_few_labels_of_the_target_choose_but_not_who_was_fitted_on_them():
    told = case(
        bad=evidence(calibration=BAD), good=evidence(calibration=GOOD), cheat=evidence(calibration=GOOD, learned=True)
    )
    scores = few_shot(told)
    assert best(scores) == "good"
    assert np.isnan(scores["cheat"])
    assert few_shot(case(one=evidence())).isna().all()
