from __future__ import annotations

import pytest
import yaml

from myoshift.datasets.lab import sections
from myoshift.datasets.lab.look import Look


def said(lines):
    return yaml.safe_load("\n".join(lines))


@pytest.mark.parametrize("text", ["yes", "a: b", "RTA", "# 1", 'an "odd" one', "12"])
def test_what_is_quoted_is_read_back(text):
    assert yaml.safe_load(f"{sections.quoted(text)}: 1") == {text: 1}


def test_a_side_is_asked_once_where_no_channel_has_one():
    one = Look("a.csv", "emg", ("TA [mV]", "SOL [mV]"), "")
    assert said(sections.emg(one))["emg"] == {
        "kind": "???",
        "unit": "mV",
        "sites": {"TA [mV]": "tibialis_anterior", "SOL [mV]": "soleus"},
        "side": "???",
    }


def test_sites_are_what_a_file_calls_its_channels():
    one = Look("a.edf", "emg", ("E1", "E2"), "uV", called={"E1": "left soleus"})
    assert said(sections.emg(one))["emg"]["sites"] == {"E1": "soleus_l", "E2": "???"}


def test_angles_beside_channels_are_named():
    one = Look("a.csv", "motion", ("knee_angle_r", "soleus_r"), "deg")
    assert said(sections.motion(one))["motion"] == {"convention": "???", "unit": "deg", "columns": ["knee_angle_r"]}


def test_strikes_are_asked_of_plates_and_taken_from_remarks():
    chosen = {
        "forces": Look("f.mot", "forces", ("ground_force_vy",), "N"),
        "emg": Look("a.edf", "emg", (), "uV", remarks=("strike right", "beep", "contact")),
    }
    assert said(sections.events(chosen))["events"] == {
        "force": {"r": "???", "l": "???", "rise": 20, "rearm": 20},
        "strikes": {"strike right": "r", "contact": "???"},
    }
    assert list(sections.events({})) == []
