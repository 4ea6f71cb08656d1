"""Models of the leaderboard, calibrated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from estimators.laboratories import PROBLEM, toy_split
from myoshift.errors import AccessError, ConfigError
from myoshift.estimators.calibrated import Calibrated
from myoshift.estimators.ridge import Ridge


@pytest.fixture(scope="module")
def laboratory():
    split, test = toy_split()
    return replace(split, calibration=(test[0].window(0, 120),)), test


def member(split, number):
    assert split.calibration == ()
    return Ridge(PROBLEM).fit(split)


def test_the_members_never_see_the_calibration(laboratory):
    split, test = laboratory
    found = Calibrated(PROBLEM, member=member, seeds=(0, 1), calibrator="delay+gain").fit(split)
    assert found.card["calibration"]["calibrators"] == ["delay", "gain"]
    assert len(found.card["members"]) == 2
    assert np.isfinite(found.legs(test[0])["r"]).any()


def test_it_needs_calibration_recordings(laboratory):
    split, _ = laboratory
    with pytest.raises(AccessError, match="calibration"):
        Calibrated(PROBLEM, member=member, seeds=(0,)).fit(replace(split, calibration=()))


def test_it_needs_a_member(laboratory):
    with pytest.raises(ConfigError, match="members"):
        Calibrated(PROBLEM).fit(laboratory[0])


def test_the_prior_of_a_simulation_is_asked_for(laboratory):
    split, _ = laboratory
    plain, simulated = (
        Calibrated(PROBLEM, member=member, seeds=(0,), calibrator="common_delay", simulated=s).fit(split)
        for s in (False, True)
    )
    delays = [p.card["calibration"]["changes"][0]["value"] for p in (plain, simulated)]
    assert delays[1] > delays[0]
