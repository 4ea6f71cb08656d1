"""Derivatives of BIDS: names, sidecars, and what stands at the root already."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myoshift import formats
from myoshift.errors import DataRefused
from myoshift.formats import Name
from myoshift.types import Table

COLUMNS = {"soleus_r": {"LongName": "right soleus", "Description": "Activation"}}


def table():
    values = np.linspace(0.0, 1.0, 20)[:, None].copy()
    values[4] = np.nan
    return Table(values=values, names=("soleus_r",), units=("1",), rate=50.0, time=1.0 + np.arange(20) / 50.0)


def test_a_table_lies_where_bids_looks_and_comes_back(tmp_path):
    name = Name(subject="01", session="2", task="walk", run="1")
    path = formats.write_derivative(tmp_path, name, table(), COLUMNS, {"Sources": ["walk.mot"]})
    assert path == tmp_path / "sub-01/ses-2/emg/sub-01_ses-2_task-walk_run-1_desc-activation_emg.tsv"
    assert "n/a" in path.read_text()
    np.testing.assert_array_equal(pd.read_csv(path, sep="\t")["soleus_r"], table().values[:, 0])
    np.testing.assert_array_equal(formats.read_delimited(path, time="time", unit="1").values, table().values)
    sidecar = json.loads(path.with_suffix(".json").read_text())
    assert {"TaskName": "walk", "SamplingFrequency": 50.0, "StartTime": 1.0, "Sources": ["walk.mot"]}.items() <= (
        sidecar.items()
    )
    assert sidecar["soleus_r"] == {**COLUMNS["soleus_r"], "Units": "1"}
    assert sidecar["time"]["Units"] == "s"
    root = json.loads((tmp_path / "dataset_description.json").read_text())
    assert root["DatasetType"] == "derivative"
    assert root["GeneratedBy"][0]["Name"] == "myoshift"
    assert (tmp_path / ".bidsignore").read_text() == "*_desc-activation_emg.*\n"


def test_a_second_table_joins_the_data_set_and_that_of_others_is_left_alone(tmp_path):
    for task in ("walk", "run"):
        formats.write_derivative(tmp_path, Name(subject="01", task=task), table(), COLUMNS, {})
    assert len(list(tmp_path.glob("sub-01/emg/*.tsv"))) == 2
    (tmp_path / "dataset_description.json").write_text('{"Name": "raw", "BIDSVersion": "1.11.1"}')
    with pytest.raises(DataRefused, match="a data set of others stands here"):
        formats.write_derivative(tmp_path, Name(subject="02", task="walk"), table(), COLUMNS, {})
    assert not (tmp_path / "sub-02").exists()


@pytest.mark.parametrize(
    ("file", "stated", "found"),
    [
        ("sub-01_ses-a_task-walk_run-2_motion.mot", {}, Name(subject="01", session="a", task="walk", run="2")),
        ("walk.mot", {"subject": "7", "task": "level"}, Name(subject="7", task="level")),
        ("sub-01_task-walk.mot", {"task": "run"}, Name(subject="01", task="run")),
    ],
)
def test_entities_come_from_the_name_or_are_stated(file, stated, found):
    assert Name.of(Path(file), **stated) == found


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("walk.mot", "the subject is not known.*say --subject"),
        ("sub-01.mot", "the task is not known.*say --task"),
        ("sub-0.1_task-walk.mot", "letters and digits only"),
    ],
)
def test_what_is_not_known_is_asked_for(file, why):
    with pytest.raises(DataRefused, match=why):
        Name.of(Path(file))
