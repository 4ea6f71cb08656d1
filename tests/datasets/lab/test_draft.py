from __future__ import annotations

import numpy as np
import pytest
import yaml

from conftest import make_walk
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
        "institution": "Toy", "convention": "rajagopal", "kind": "envelope", "unit": "mV", "task": "walk",
    }.items():  # fmt: skip
        text = text.replace(f'{key}: "???"', f"{key}: {answer}")
    assert said["files"]["emg"]["time"] == "time"
    assert (said["subject"], said["trial"]) == ("{subject}", "{trial}")
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
    assert (said["emg"]["sites"]["soleus"], said["emg"]["side"]) == ("soleus", "???")


def test_arrays_are_asked_for_their_variables(tmp_path):
    np.savez(tmp_path / "a.npz", angles=np.ones((5, 2)))
    text = draft(tmp_path)
    said = yaml.safe_load(text)["files"]
    assert (said["motion"]["variable"], said["motion"]["names"], said["emg"]["variable"]) == (
        "angles",
        ["???"],
        "???",
    )
    assert "angles 5x2" in text


def test_a_german_table_is_drafted_as_it_must_be_read(tmp_path):
    head = ["Messung\tGehen", "Pr\xfcfer\tM\xfcller", "", "Zeit (s)\tKnie Flexion rechts (\xb0)\tTA re [mV]"]
    rows = [f"{k / 100:.2f}\t{k},5\t0,{k}".replace(".", ",") for k in range(9)]
    (tmp_path / "Gehen1.txt").write_bytes("\r\n".join([*head, *rows, ""]).encode("latin-1"))
    said = yaml.safe_load(draft(tmp_path))
    assert said["files"]["emg"] == {"path": "Gehen1.txt", "preamble": 3, "decimal": ",", "time": "Zeit (s)"}
    assert said["motion"] == {"unit": "deg", "columns": {"Knie Flexion rechts (\xb0)": "knee_angle_r"}}
    assert said["emg"] == {"kind": "???", "unit": "mV", "sites": {"TA re [mV]": "tibialis_anterior_r"}}


def test_cycles_of_a_struct_array_are_drafted_and_imported(tmp_path):
    from scipy.io import savemat

    walk = make_walk(rate=100.0, seconds=4.0)
    emg = np.column_stack([walk.activation[:111, :3], walk.activation[:111, 0] ** 2])
    data = [{"Ang": np.rad2deg(walk.motion[:111, :3]) * share, "EMG": emg} for share in (1.0, 0.5)]
    labels = {"AngLabels": ["HipFlex", "KneeFlex", "AnkleDors"], "EmgLabels": ["TA", "GasMed", "SOL", "RF"]}
    cells = {name: np.array(each, dtype=object) for name, each in labels.items()}
    (tmp_path / "lab").mkdir()
    savemat(tmp_path / "lab" / "S1.mat", {"s": {"Data": data, **cells}})
    text = draft(tmp_path / "lab")
    said = yaml.safe_load(text)
    assert said["files"]["emg"]["axes"] == ["cycle", "time", "channel"]
    assert said["emg"]["sites"]["RF"] == "rectus_femoris"
    for key, answer in {
        'institution: "???"': "institution: Toy", 'unit: "???"   # of': "unit: deg   # of",
        'kind: "???"': "kind: envelope", 'unit: "???"': "unit: mV",
        'side: "???"': "side: r", 'task: "???"': "task: walk", "_???": "_r",
        'subject: "???"': "subject: S1", 'trial: "???"': 'trial: "{cycle}"', 'strike: "???"': "strike: r",
        'seconds: "???"': "seconds: 1.1",
    }.items():  # fmt: skip
        text = text.replace(key, answer)
    (tmp_path / "lab.yaml").write_text(text)
    made = lab.write(tmp_path / "lab", tmp_path / "lab.yaml", tmp_path / "domain").recordings
    assert [each.trial for each in made] == ["0", "1"]
    turns = [np.ptp(each.motion, axis=0) for each in made]
    np.testing.assert_allclose(turns[1], turns[0] / 2, rtol=0.02)


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
