"""A model made one person's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.deploy.pairs import UNLIKE
from myoshift.deploy.personal import MASKED, calibrate
from myoshift.errors import DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Predictor, Problem
from myoshift.types import Flag, Split

OUTPUTS = ("tibialis_anterior", "gastrocnemius", "soleus")
PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), OUTPUTS, 50.0)


@pytest.fixture(scope="module")
def predictor():
    source = tuple(make_walk(subject=f"s{i}", seed=i) for i in range(3))
    return Ridge(PROBLEM).fit(Split(name="all", source=source))


@pytest.fixture
def walk():
    """In another unit than the source: volts."""
    made = make_walk(seed=9, seconds=5.0, subject="new")
    return replace(made, activation=3e-4 * made.activation)


def with_column(recording, name, values):
    activation = recording.activation.copy()
    activation[:, recording.activation_names.index(name)] = values
    return replace(recording, activation=activation)


def test_a_personal_model_is_a_model_with_a_card(predictor, walk, tmp_path):
    found = calibrate(predictor, [walk], "gain")
    assert {each.status for each in found.channels} == {"pass"}
    assert {each.channel for each in found.fits} == {f"{name}_{side}" for name in OUTPUTS for side in "rl"}
    assert all(each.rmse_after <= each.rmse + 0.01 for each in found.fits)
    card = found.predictor.card["calibration"]
    assert card["seconds"] == 10.0
    assert len(card["channels"]) == 6
    found.predictor.save(tmp_path / "own")
    again = Predictor.load(tmp_path / "own")
    assert again.card == found.predictor.card
    assert np.array_equal(again.legs(walk)["r"], found.predictor.legs(walk)["r"], equal_nan=True)


def test_a_refused_channel_does_not_touch_the_others(predictor, walk):
    """The other leg has the same muscle: it alone is calibrated with."""
    bad = with_column(walk, "soleus_r", walk.activation[:, 0])
    found = calibrate(predictor, [bad], "gain")
    assert [each.channel for each in found.channels if each.status == "refuse"] == ["soleus_r"]
    never = calibrate(predictor, [with_column(walk, "soleus_r", np.nan)], "gain")
    assert found.predictor.card["calibration"]["changes"] == never.predictor.card["calibration"]["changes"]
    assert "soleus_r" not in {each.channel for each in found.fits}


def test_a_refused_group_takes_its_members_along(predictor, walk):
    bad = with_column(walk, "gastrocnemius_medialis_r", 1e-4)
    found = calibrate(predictor, [bad], "gain")
    assert [each.channel for each in found.channels if each.status == "refuse"] == ["gastrocnemius_r"]


def test_all_refused_is_one_error_with_the_evidence(predictor, walk):
    with pytest.raises(DataRefused, match=r"no channel is fit.*; soleus_l: flat"):
        calibrate(predictor, [replace(walk, activation=np.ones_like(walk.activation))], "gain")


def test_the_first_seconds_alone(predictor, walk):
    short = calibrate(predictor, [walk], "gain", 2.0)
    cut = calibrate(predictor, [walk.window(0, 100)], "gain")
    assert short.predictor.card["calibration"] == cut.predictor.card["calibration"]


def test_what_the_reader_said_is_said_again(predictor, walk):
    flags = (Flag(MASKED, "flat: SD 0", "rectus_femoris_r, soleus_l"), Flag(UNLIKE, "the EMG lasts 6 s", "emg.sto"))
    other = replace(with_column(walk, "soleus_l", np.nan), flags=flags)
    found = {each.channel: each for each in calibrate(predictor, [other], "gain").channels}
    assert found["soleus_l"].status == "refuse"
    assert "flat: SD 0" in found["soleus_l"].reasons
    assert found["soleus_r"].status == "flag"
    assert found["soleus_r"].reasons == ("the EMG lasts 6 s",)


def test_channels_without_an_output_are_named(predictor, walk):
    names = (*walk.activation_names[:-1], "vasti_l")
    assert calibrate(predictor, [replace(walk, activation_names=names)], "gain").unused == ("vasti_l",)
