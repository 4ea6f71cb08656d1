"""Simulated activations: muscles by name, nothing else, and never beside EMG."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from datasets.walkers import walker
from myoshift.datasets import prepare
from myoshift.datasets.base import table
from myoshift.errors import DataRefused
from myoshift.types import Subject


def simulated(*names):
    values = np.tile(np.linspace(0.1, 0.9, 601)[:, None], len(names))
    return replace(walker(), emg=None, sites={}, activation=table(values, names, "1", 100.0))


def test_muscles_are_selected_by_name():
    found = prepare(simulated("reserve_hip_r", "/forceset/soleus_r/activation", "lumbar_ext", "tib_ant_l", "time_x"))
    assert found.kind == "simulated"
    assert found.activation_names == ("soleus_r", "tibant_l")
    assert any(flag.code == "no_muscle" and "reserve_hip_r" in flag.where for flag in found.flags)
    assert prepare(walker()).kind == "emg_envelope"


@pytest.mark.parametrize("names", [("reserve_a", "residual_b"), ("tibant_r", "tib_ant_r")])
def test_no_muscle_and_one_muscle_twice_are_refused(names):
    with pytest.raises(DataRefused, match="muscle"):
        prepare(simulated(*names))


def test_two_kinds_of_label_are_refused():
    with pytest.raises(DataRefused, match="both EMG and simulated"):
        prepare(replace(simulated("soleus_r"), emg=walker().emg))


def test_a_person_of_another_set_keeps_the_name():
    found = prepare(replace(walker(), subject=Subject(id="other/someone")))
    assert found.person == "other/someone"
    assert prepare(walker("someone")).person == "set/someone"


def test_motion_at_fifteen_hertz_survives():
    time = np.arange(400) / 15
    wave = table(30 * np.sin(2 * np.pi * 0.5 * time)[:, None], ("pelvis_tilt",), "deg", 15.0)
    found = prepare(replace(walker(), motion=wave, emg=None, sites={}))
    assert np.isfinite(found.motion).all()
    expected = 30 * np.sin(2 * np.pi * 0.5 * np.arange(len(found.motion)) / 100)
    np.testing.assert_allclose(np.degrees(found.motion[50:-50, 0]), expected[50:-50], atol=0.2)
