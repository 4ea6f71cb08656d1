from __future__ import annotations

import numpy as np
import pytest
import yaml

from datasets.lab.lab_files import laboratory, trial_files
from myoshift import datasets
from myoshift.datasets import lab
from myoshift.datasets.lab.draft import draft
from myoshift.errors import ConfigError, DataRefused


def test_a_draft_asks_what_it_cannot_know_and_answered_it_imports(tmp_path):
    laboratory(tmp_path / "my lab")
    text = draft(tmp_path / "my lab")
    said = yaml.safe_load(text)
    assert said["files"]["motion"]["path"] == "{subject}/{trial}_1_ik.sto"
    assert (said["emg"]["kind"], said["emg"]["unit"], said["motion"]["unit"]) == ("???", "???", "deg")
    assert said["emg"]["sites"]["TA_R"] == "tibialis_anterior_r"
    (tmp_path / "lab.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"questions.*institution.*emg.kind"):
        lab.read(tmp_path / "lab.yaml")
    for key, answer in {
        "institution": "Toy", "convention": "rajagopal", "kind": "envelope", "unit": "mV", "subject": '"{subject}"',
        "task": "walk", "trial": '"{trial}"',
    }.items():  # fmt: skip
        text = text.replace(f'{key}: "???"', f"{key}: {answer}")
    text = text.replace('_emg.csv"   #', '_emg.csv"\n    time: time   #')
    for channel, site in (("GM", "gastrocnemius_medialis"), ("SO", "soleus")):
        for side in "RL":
            text = text.replace(f'{channel}_{side}: "???"', f"{channel}_{side}: {site}_{side.lower()}")
    (tmp_path / "lab.yaml").write_text(text)
    lab.write(tmp_path / "my lab", tmp_path / "lab.yaml", tmp_path / "domain")
    assert len(datasets.domain(tmp_path / "domain")) == 4


def test_a_table_without_a_clock_is_asked_for_its_rate(tmp_path):
    (tmp_path / "a.csv").write_text("hip_flexion_r,soleus\n1,2\n2,3\n")
    said = yaml.safe_load(draft(tmp_path))
    assert said["files"]["motion"]["rate"] == "???"
    assert said["emg"]["sites"]["soleus"] == "soleus_???"


def test_arrays_are_asked_for_their_variables(tmp_path):
    np.savez(tmp_path / "a.npz", angles=np.ones((5, 2)))
    text = draft(tmp_path)
    assert yaml.safe_load(text)["files"]["motion"]["variable"] == "???"
    assert "angles 5x2" in text


def test_a_folder_without_a_file_that_can_be_read(tmp_path):
    (tmp_path / "notes.md").write_text("nothing")
    with pytest.raises(DataRefused, match="no file can be read"):
        draft(tmp_path)


def test_a_damaged_file_does_not_stop_a_draft(tmp_path):
    trial_files(tmp_path)
    (tmp_path / "s1" / "broken.c3d").write_bytes(b"\x02\x50" + b"\x00" * 20)
    assert "ik.sto" in draft(tmp_path)


@pytest.mark.parametrize("name", ["ceinmsrt-lowerlimb", "mcgill-biomechzoo", "bmc-gait"])
def test_drafts_of_real_labs_are_yaml_with_open_questions(name, data_root):
    said = yaml.safe_load(draft(data_root / name))
    assert said["emg"]["kind"] == "???"
    assert len(said["emg"]["sites"]) >= 9
