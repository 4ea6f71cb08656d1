"""Intervals for new people: what is promised holds on people drawn at random; nothing is promised of too few."""

from __future__ import annotations

import json

import numpy as np
import pytest

from conftest import make_walk
from myoshift import metrics
from myoshift.calibration.base import LARGEST
from myoshift.calibration.chain import steps
from myoshift.calibration.intervals import (
    INTERVALS,
    Intervals,
    bounds,
    by_person,
    fewest,
    fit_intervals,
    out_of_fold,
    with_intervals,
)
from myoshift.calibration.personal import calibrate
from myoshift.errors import DataRefused
from myoshift.estimators.template import Template
from myoshift.predictor import Predictor, Problem
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)


def person(random):
    """Errors (T, 1) of somebody: as large as the person's own, for as long as it happened to be."""
    return random.gamma(2.0, 0.05) * random.standard_normal((random.integers(20, 200), 1))


def shares(level, per, people, draws=1500):
    """Of new people, the share of frames that half widths fitted to others cover, (draws,)."""
    random = np.random.default_rng(1)
    found = []
    for _ in range(draws):
        half = fit_intervals([person(random) for _ in range(people)], ("soleus",), level=level, per=per).half_width
        found.append((np.abs(person(random)) <= half).mean())
    return np.array(found)


@pytest.mark.parametrize(("people", "most"), [(9, 1.0), (49, 0.94)])
def test_the_expected_share_of_a_new_persons_frames_is_at_least_the_level(people, most):
    share = shares(0.9, "frames", people)
    assert share.mean() > 0.9 - 3 * share.std() / np.sqrt(len(share))
    assert share.mean() < most


def test_per_people_the_level_holds_for_that_share_of_new_people():
    held = shares(0.8, "people", 14) >= 0.8
    assert 0.8 - 0.03 < held.mean() < 0.9


def test_a_long_recording_counts_no_more_than_a_short_one():
    careful, careless = [np.full((10, 1), 0.1)] * 18, np.full((100_000, 1), 0.9)
    assert fit_intervals([*careful, careless], ("soleus",)).half_width == pytest.approx([0.1])


@pytest.mark.parametrize("per", ["frames", "people"])
def test_of_too_few_people_the_interval_is_all_that_an_activation_can_be(per):
    assert [fewest(level) for level in (0.5, 0.8, 0.9, 0.95)] == [1, 4, 9, 19]
    seen, unseen = np.full((5, 2), 0.1), np.array([[0.1, np.nan]] * 5)
    found = fit_intervals([seen] * 8 + [unseen], ("soleus", "rectus_femoris"), per=per)
    assert found.people == (9, 8)
    assert np.isfinite(found.half_width).tolist() == [True, False]
    assert "rectus_femoris: not enough people (8 of 9)" in found.notes()[0]
    assert len(found.notes()) == 1
    low, high = found.bounds(np.array([[0.05, 0.5], [np.nan, np.nan]]))
    assert low[0] == pytest.approx([0.0, 0.0])
    assert high[0] == pytest.approx([0.15, LARGEST])
    assert np.isnan(low[1]).all()
    assert np.isnan(high[1]).all()


def test_half_widths_in_units_of_a_spread_are_scaled_back():
    found = fit_intervals([np.full((5, 1), 2.0)] * 9, ("soleus",))
    low, high = found.bounds(np.full((2, 1), 0.5), np.array([[0.1], [0.2]]))
    assert (high - low)[:, 0] == pytest.approx([0.4, 0.8])


def people(institutions):
    return [
        make_walk(subject=f"s{i}", institution=f"toy-{'abcd'[i % institutions]}", seed=i, gain=1 + 0.1 * i)
        for i in range(10)
    ]


@pytest.mark.parametrize("institutions", [1, 2])
def test_residuals_are_by_predictors_that_did_not_see_the_institution_or_the_person(institutions):
    source, seen = tuple(people(institutions)), []

    class Watched(Template):
        def fit(self, split):
            seen.append({r.person for r in split.source})
            return super().fit(split)

    found = out_of_fold(Watched(PROBLEM), Split(name="all", source=source), PROBLEM)
    assert len(found) == 10
    assert all(each.shape == (2 * 600, 2) for each in found)
    assert [len(each) for each in seen] == ([9] * 10 if institutions == 1 else [5, 5])
    left = Template(PROBLEM).fit(Split(name="some", source=tuple(r for r in source if r.person in seen[0])))
    held = PROBLEM.labelled([r for r in source if r.person not in seen[0]], part="test")
    assert np.array_equal(by_person(left, held)[0], found[0])


def test_intervals_travel_on_the_card_and_a_calibration_takes_them_off(tmp_path):
    source = tuple(people(2))
    fitted = Template(PROBLEM).fit(Split(name="all", source=source))
    found = fit_intervals(out_of_fold(Template(PROBLEM), Split(name="all", source=source), PROBLEM), PROBLEM.outputs)
    with_intervals(fitted, found).save(tmp_path / "model")
    again = Predictor.load(tmp_path / "model")
    leg = PROBLEM.legs([make_walk(subject="new", seed=99)])[0]
    low, high = bounds(again, again.predict(leg.motion))
    assert (metrics.coverage(low, high, leg.activation) > 0.8).all()
    own = calibrate(again, steps("gain"), [make_walk(subject="new", seed=99)])
    assert INTERVALS not in own.card
    assert "calibration" in own.card
    with pytest.raises(DataRefused, match="no predictive intervals"):
        bounds(own, own.predict(leg.motion))


def test_their_state_is_json():
    found = Intervals(("soleus", "tibialis_anterior"), np.array([0.3, np.inf]), 0.9, (12, 3), "people")
    again = Intervals.restore(json.loads(json.dumps(found.config(), allow_nan=False)))
    assert again.config() == found.config()
    assert np.isinf(again.half_width[1])


def test_what_cannot_be_is_refused():
    with pytest.raises(DataRefused, match="level"):
        fit_intervals([np.zeros((3, 1))], ("soleus",), level=90)
    with pytest.raises(DataRefused, match="no residuals"):
        fit_intervals([], ("soleus",))
    with pytest.raises(DataRefused, match="another shape"):
        fit_intervals([np.zeros((3, 2))], ("soleus",))
    fitted = Template(PROBLEM).fit(Split(name="all", source=tuple(people(2))))
    intervals = fit_intervals([np.zeros((3, 1))] * 9, ("soleus",))
    with pytest.raises(DataRefused, match="other outputs"):
        with_intervals(fitted, intervals)
