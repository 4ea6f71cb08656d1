"""Faults planted in the calibration of synthetic walks are found, and clean ones left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.calibration.base import Outputs
from myoshift.calibration.quality import channel_verdicts
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split

OUTPUTS = ("tibialis_anterior", "gastrocnemius_medialis", "soleus")
PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), OUTPUTS, 50.0)
TIBIALIS, SOLEUS = 0, 2


@pytest.fixture(scope="module")
def predictor():
    source = tuple(make_walk(subject=f"s{i}", seed=i) for i in range(3))
    return Ridge(PROBLEM).fit(Split(name="all", source=source))


def judged(predictor, fault=lambda legs: None, seconds=6.0, seed=9):
    """Verdicts by channel, after a fault was planted in the measured envelopes of the right and the left leg."""
    walk = make_walk(seed=seed, seconds=seconds, subject="new")
    legs = PROBLEM.legs([walk])
    predicted = predictor.legs(walk.hidden())
    measured = {leg.side: leg.activation.astype(float) for leg in legs}
    fault(measured)
    seen = [Outputs(OUTPUTS, predicted[leg.side].astype(float), leg.motion, leg.motion) for leg in legs]
    found = channel_verdicts(seen, [measured[leg.side] for leg in legs], 50.0, [("walk", leg.side) for leg in legs])
    return {each.channel: each for each in found}


def refused(found):
    return {name for name, each in found.items() if each.status == "refuse"}


def all_later(legs, by):
    for side, values in legs.items():
        legs[side] = np.concatenate([np.full((by, 3), np.nan), values[:-by]])


@pytest.mark.parametrize("seed", range(10, 14))
@pytest.mark.parametrize("seconds", [1.1, 6.0])
def test_clean_channels_pass(predictor, seed, seconds):
    found = judged(predictor, seed=seed, seconds=seconds)
    assert {each.status for each in found.values()} == {"pass"}
    assert len(found) == 6
    assert all(each.r > 0.8 and abs(each.lag) <= 0.04 for each in found.values())


def test_exchanged_plugs(predictor):
    def fault(legs):
        legs["r"][:, [TIBIALIS, SOLEUS]] = legs["r"][:, [SOLEUS, TIBIALIS]]

    found = judged(predictor, fault)
    assert refused(found) == {"tibialis_anterior_r", "soleus_r"}
    assert "exchanged? r -" in found["soleus_r"].reasons[0]


def test_an_electrode_on_another_muscle(predictor):
    def fault(legs):
        legs["r"][:, TIBIALIS] = legs["r"][:, SOLEUS]

    found = judged(predictor, fault)
    assert refused(found) == {"tibialis_anterior_r"}
    assert "r -" in found["tibialis_anterior_r"].reasons[0]


def test_sides_exchanged(predictor):
    def fault(legs):
        legs["r"], legs["l"] = legs["l"], legs["r"]

    found = judged(predictor, fault)
    assert len(refused(found)) == 6
    assert all(each.reasons[0].startswith("wrong side? median r") for each in found.values())


def test_one_leg_named_as_the_other(predictor):
    def fault(legs):
        legs["l"], legs["r"] = legs["r"], np.full_like(legs["r"], np.nan)

    found = judged(predictor, fault)
    assert refused(found) == {"tibialis_anterior_l", "gastrocnemius_medialis_l", "soleus_l"}
    assert "wrong side?" in found["soleus_l"].reasons[0]


def test_a_clock_that_is_off_beyond_any_delay(predictor):
    found = judged(predictor, lambda legs: all_later(legs, 15))
    assert len(refused(found)) == 6
    assert all("unsynchronised?" in each.reasons[0] and "at -" in each.reasons[0] for each in found.values())


def test_a_delay_within_the_bound_is_no_fault(predictor):
    assert not refused(judged(predictor, lambda legs: all_later(legs, 4)))


def test_a_clock_a_little_beyond_the_bound_is_flagged(predictor):
    found = judged(predictor, lambda legs: all_later(legs, 9))
    assert {each.status for each in found.values()} == {"flag"}
    assert all("the clocks may differ" in each.reasons[0] for each in found.values())


def test_a_wrong_rate(predictor):
    def fault(legs):
        for side, values in legs.items():
            at = np.minimum(np.arange(len(values)) * 1.2, len(values) - 1)
            legs[side] = np.stack([np.interp(at, np.arange(len(values)), c) for c in values.T], axis=1)
            legs[side][np.arange(len(values)) * 1.2 > len(values) - 1] = np.nan

    found = judged(predictor, fault, seconds=12.0)
    assert len(refused(found)) == 6
    assert all("wrong rate?" in each.reasons[0] and "1.2 times" in each.reasons[0] for each in found.values())


def test_clipped_flat_short_and_silent(predictor):
    def fault(legs):
        legs["r"][:, TIBIALIS] = np.minimum(legs["r"][:, TIBIALIS], 0.5)
        legs["r"][:, SOLEUS] = 0.3
        legs["l"][12:, TIBIALIS] = np.nan
        legs["l"][:, SOLEUS] = 0.0
        legs["l"][30:, 1] = np.nan

    found = judged(predictor, fault)
    assert refused(found) == {"tibialis_anterior_r", "soleus_r", "tibialis_anterior_l", "soleus_l"}
    assert "clipped or saturated" in found["tibialis_anterior_r"].reasons[0]
    assert "flat" in found["soleus_r"].reasons[0]
    assert "too little EMG: 0.24 s" in found["tibialis_anterior_l"].reasons[0]
    assert "flat" in found["soleus_l"].reasons[0]
    assert "less EMG than a stride" in found["gastrocnemius_medialis_l"].reasons[0]
    assert found["gastrocnemius_medialis_l"].status == "flag"


def test_hardly_modulated_is_flagged(predictor):
    def fault(legs):
        legs["r"][:, SOLEUS] = 1.0 + 0.05 * legs["r"][:, SOLEUS]

    assert "hardly modulated" in judged(predictor, fault)["soleus_r"].reasons[0]


def test_a_channel_without_a_prediction_is_judged_by_itself(predictor):
    untrained = replace(predictor, trained=("soleus",))
    found = judged(untrained)
    assert found["tibialis_anterior_r"].status == "pass"
    assert np.isnan(found["tibialis_anterior_r"].r)
