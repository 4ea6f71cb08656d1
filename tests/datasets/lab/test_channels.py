from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conftest import make_walk
from myoshift.datasets.lab import channels
from myoshift.datasets.lab.parts import Emg
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Table

WHERE = Path("lab/x.csv")


def table(names=("RTA", "LTA", "noise"), unit="", rows=400):
    values = np.random.default_rng(1).standard_normal((rows, len(names))) * 0.1
    return Table(values=values, names=names, units=(unit,) * len(names), rate=1000.0, time=np.arange(rows) / 1000)


def test_braces_stand_for_the_sides_that_are_there():
    emg = Emg(sites={"{}TA": "tibialis_anterior", "x": "soleus"}, side="l")
    assert channels.sites(emg, ("LTA", "x"), WHERE) == {"LTA": "tibialis_anterior_l", "x": "soleus_l"}


@pytest.mark.parametrize("unit", ["V", " V ", "Volts"])
def test_the_unit_of_the_file_is_taken(unit):
    found, kind, flags = channels.table(table(unit=unit), Emg(kind="raw"), WHERE)
    assert (found.units, kind, flags) == (("V",) * 3, "raw", ())


def test_another_unit_in_the_spec_rules_and_is_said():
    found, _, flags = channels.table(table(unit="mV"), Emg(kind="raw", unit="uV"), WHERE)
    assert found.units == ("uV",) * 3
    assert [flag.code for flag in flags] == ["unit"]


def test_rectified_becomes_an_envelope():
    found, kind, flags = channels.table(table(), Emg(kind="rectified", unit="V"), WHERE)
    assert kind == "envelope"
    assert np.std(found.values) < np.std(table().values) / 3
    assert [flag.code for flag in flags] == ["rectified"]


def test_channels_are_left_out_by_name_and_by_spread():
    loud = table()
    loud.values[:, 1] *= 100
    emg = Emg(kind="raw", unit="V", drop={"noi*": "no electrode"}, spread=(0.01, 1.0))
    found, _, flags = channels.table(loud, emg, WHERE)
    assert found.names == ("RTA",)
    assert [(flag.where, flag.message.partition(" ")[0]) for flag in flags] == [("noise", "no"), ("LTA", "SD")]


def test_an_activation_far_above_the_contraction_is_said():
    walk = make_walk()
    said = {"kind": "mvc", "values": dict.fromkeys(walk.activation_names, 0.5)}
    made = channels.normalised(walk, Emg(normalisation=said))
    assert "above_mvc" in {flag.code for flag in made.flags}
    with pytest.raises(DataRefused, match="no usable mvc of soleus_r"):
        channels.normalised(walk, Emg(normalisation={**said, "values": {**said["values"], "soleus_r": float("nan")}}))


@pytest.mark.parametrize(
    ("emg", "kind", "tokens"),
    [
        (Emg(), DataRefused, ["emg.kind", "envelope"]),
        (Emg(kind="raw"), DataRefused, ["emg.unit", "uV"]),
        (Emg(kind="raw", unit="V", drop={"nois": "x"}), UnknownNameError, ["nois", "emg.drop", "noise"]),
    ],
)
def test_what_is_not_stated_is_refused(emg, kind, tokens):
    with pytest.raises(kind) as refused:
        channels.table(table(), emg, WHERE)
    for token in (*tokens, str(WHERE)):
        assert token in str(refused.value)


def test_a_mask_that_names_no_channel_is_refused():
    emg = Emg(mask=[{"channel": "zz", "why": "x"}])
    with pytest.raises(UnknownNameError, match=r"emg\.mask"):
        channels.masked(make_walk(), emg, {"TA": "tibialis_anterior_r"})


def test_a_star_stands_for_what_differs_between_files():
    emg = Emg(sites={"*{}TA": "tibialis_anterior", "*{}SO*": "soleus", "2_RSOL": "gastrocnemius_r"})
    there = ("Voltage.1_RTA", "2_RSOL", "EMG.LSOL")
    found = channels.sites(emg, there, WHERE)
    assert found == {"Voltage.1_RTA": "tibialis_anterior_r", "2_RSOL": "gastrocnemius_r", "EMG.LSOL": "soleus_l"}
    with pytest.raises(DataRefused, match=r"2 channels fit '\*\{\}TA'.*1_RTA, 2_RTA.*more of the name"):
        channels.sites(emg, ("1_RTA", "2_RTA", *there[1:]), WHERE)
    with pytest.raises(UnknownNameError, match=r"no channel '\*\{\}TA' for .emg.sites"):
        channels.sites(emg, there[1:], WHERE)


@pytest.mark.parametrize(("unit", "whole"), [("1", 1.0), ("%", 100.0), ("mV", 1.0)])
def test_of_values_that_are_divided_already_no_reference_need_be_said(unit, whole):
    walk, said = make_walk(), {"kind": "mvc", "applied": True}
    found = channels.normalised(walk, Emg.model_validate({"unit": unit, "normalisation": said}))
    assert (found.normalisation, set(found.reference)) == ("mvc", {whole})
    with pytest.raises(DataRefused, match="no usable mvc"):
        channels.normalised(walk, Emg.model_validate({"unit": unit, "normalisation": {"kind": "mvc"}}))
