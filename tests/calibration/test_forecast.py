"""Forecasts of r: planted signs are found, intervals cover new institutions, and what is unlike is not forecast."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from myoshift.calibration.forecast import Experience, Forecaster, Limits, fit_forecaster
from myoshift.errors import DataRefused

NAMES = ("disagreement", "distance", "shortness")


def draw(institutions, seed, *, effect=0.5, between=0.1, within=0.15, people=4):
    """People of exchangeable institutions whose z falls with `disagreement` alone."""
    random = np.random.default_rng(seed)
    places = np.repeat(np.arange(institutions), people)
    signs = random.normal(size=(institutions, 3))[places] + 0.4 * random.normal(size=(len(places), 3))
    z = 0.8 - effect * signs[:, 0] + between * random.normal(size=institutions)[places]
    z += within * random.normal(size=len(places))
    return Experience(NAMES, signs, np.tanh(z), tuple(f"lab{k}" for k in places))


def as_signs(experience, row):
    return dict(zip(experience.names, experience.signs[row], strict=True))


def last(experience):
    """The last institution apart from the others."""
    held = np.array(experience.institutions) == experience.institutions[-1]
    parts = []
    for use in (~held, held):
        places = tuple(np.array(experience.institutions)[use])
        parts.append(
            replace(experience, signs=experience.signs[use], found=experience.found[use], institutions=places)
        )
    return parts


def test_a_planted_sign_is_found_and_others_stay_out():
    weights = fit_forecaster(draw(20, 0)).weights()
    assert weights["disagreement"] > 0.4
    assert max(weights["distance"], weights["shortness"]) < 0.15


def test_forecasts_are_nearer_than_the_mean_of_the_others():
    errors, plain = [], []
    for seed in range(20):
        learned, asked = last(draw(12, seed))
        fitted, mean = fit_forecaster(learned), fit_forecaster(learned.only(()))
        for row, r in enumerate(asked.found):
            errors.append(abs(fitted.forecast(as_signs(asked, row)).value - r))
            plain.append(abs(mean.forecast({}).value - r))
    assert np.mean(errors) < 0.6 * np.mean(plain)


def test_a_sign_against_its_meaning_has_no_weight():
    experience = draw(20, 1, effect=-0.5)
    fitted = fit_forecaster(experience)
    assert fitted.weights()["disagreement"] == 0.0
    worse, better = ({**as_signs(experience, 0), "disagreement": value} for value in (2.0, -2.0))
    assert fitted.forecast(worse).value <= fitted.forecast(better).value


def test_without_any_relation_the_forecast_hardly_moves():
    values = []
    for seed in range(20):
        learned, asked = last(draw(10, seed, effect=0.0))
        moved = fit_forecaster(learned).forecast(as_signs(asked, 0)).value
        values.append(abs(moved - fit_forecaster(learned.only(())).forecast({}).value))
    assert np.median(values) < 0.05


@pytest.mark.parametrize(("institutions", "modelled"), [(12, (0.95,)), (19, ())])
def test_intervals_cover_new_institutions(institutions, modelled):
    inside = {0.8: [], 0.95: []}
    for seed in range(40):
        learned, asked = last(draw(institutions + 1, 100 + seed, people=3))
        fitted = fit_forecaster(learned)
        for row, r in enumerate(asked.found):
            told = fitted.forecast(as_signs(asked, row))
            assert told.modelled == modelled
            for level, (low, high) in told.intervals.items():
                inside[level].append(low <= r <= high)
    # 120 people of 40 institutions: three standard errors of 40 draws are 0.19 and 0.1
    assert 0.66 <= np.mean(inside[0.8]) <= 0.97
    assert np.mean(inside[0.95]) >= 0.85
    assert np.mean(inside[0.8]) <= np.mean(inside[0.95])


def test_what_is_unlike_is_not_forecast_and_says_why():
    experience = draw(12, 3)
    fitted = fit_forecaster(experience, Limits(width=2.0))
    usual = dict.fromkeys(NAMES, 0.0)
    assert not fitted.forecast(usual).abstained
    unsure = fitted.forecast({**usual, "disagreement": 20.0})
    assert unsure.why == ("disagreement beyond all that was learned from",)
    far = fitted.forecast({**usual, "distance": 20.0})
    assert any("distance" in why or "further away" in why for why in far.why)
    unlike = np.quantile(experience.signs[:, 1], 0.99)
    assert "further away" in fitted.forecast({**usual, "distance": unlike}).why[0]
    assert not fitted.forecast({**usual, "distance": -20.0}).abstained
    assert not fitted.forecast({}).abstained


def test_a_sign_without_a_weight_is_no_reason_to_say_nothing():
    fitted = fit_forecaster(draw(12, 1, effect=-0.5), Limits(width=2.0))
    assert fitted.weights()["disagreement"] == 0.0
    assert not fitted.forecast({**dict.fromkeys(NAMES, 0.0), "disagreement": 20.0}).abstained


def test_too_few_institutions_or_too_wide_an_interval_is_no_forecast():
    few = fit_forecaster(draw(3, 4)).forecast(dict.fromkeys(NAMES, 0.0))
    assert few.abstained
    assert "3 institutions to learn from, 4 are needed" in few.why
    wide = fit_forecaster(draw(10, 4, between=0.8), Limits(width=0.3)).forecast(dict.fromkeys(NAMES, 0.0))
    assert any("an interval of" in why for why in wide.why)


def test_institutions_count_alike_however_many_people_they_have():
    found, places = np.array([0.2, 0.2, 0.2, 0.2, 0.8]), ("a", "a", "a", "a", "b")
    mean = fit_forecaster(Experience((), np.empty((5, 0)), found, places)).forecast({}).value
    assert np.arctanh(mean) == pytest.approx((np.arctanh(0.2) + np.arctanh(0.8)) / 2)


def test_the_state_gives_the_same_forecast():
    experience = draw(8, 5)
    fitted = fit_forecaster(experience)
    again = Forecaster.restore(json.loads(json.dumps(fitted.config(), allow_nan=False)))
    for row in range(4):
        assert again.forecast(as_signs(experience, row)) == fitted.forecast(as_signs(experience, row))


def test_a_sign_that_nobody_has_and_people_without_r_do_not_count():
    experience = draw(8, 6)
    signs = experience.signs.copy()
    signs[:, 2] = np.nan
    found = experience.found.copy()
    found[:4] = np.nan
    fitted = fit_forecaster(replace(experience, signs=signs, found=found))
    assert len(fitted.without) == 7
    assert fitted.weights()["shortness"] == 0.0
    assert np.isfinite(fitted.forecast({"disagreement": 0.0, "shortness": 3.0}).value)
    json.dumps(fitted.config(), allow_nan=False)
    with pytest.raises(DataRefused, match="nobody to learn a forecast from"):
        fit_forecaster(replace(experience, found=np.full(len(found), np.nan)))


def test_one_institution_gives_no_interval():
    told = fit_forecaster(draw(1, 7)).forecast({})
    assert told.abstained
    assert set(told.intervals.values()) == {(-1.0, 1.0)}
