from __future__ import annotations

import numpy as np
import pytest
import yaml

from datasets.lab.lab_files import laboratory, trial_files
from formats.c3d_writer import c3d_bytes
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


def c3d(path, points, channels=(), **groups):
    path.parent.mkdir(parents=True, exist_ok=True)
    analogs = np.ones((100, len(channels)))
    units = ["N" if name.startswith("Force") else "uV" for name in channels]
    raw = c3d_bytes(
        np.zeros((10, len(points), 3)), analogs, POINT={"LABELS": list(points)},
        ANALOG={"LABELS": list(channels), "UNITS": units}, **groups,
    )  # fmt: skip
    path.write_bytes(raw)


def test_a_vicon_lab(tmp_path):
    joints = [f"{side}{joint}Angles" for side in "RL" for joint in ("Hip", "Knee", "Pelvis")]
    for person, channels in (("P1", ["Force.Fz1", "Voltage.1_RTA"]), ("P2", ["Force.Fz1", "EMG.RTA"])):
        for name in ("slow_1", "fast_2"):
            c3d(tmp_path / person / f"{person}_{name}.c3d", [f"{person}:{j}" for j in joints], channels,
                PROCESSING={"Bodymass": np.float32(70)})  # fmt: skip
        c3d(tmp_path / person / f"{person}_Static_1.c3d", ["LANK"])
    text = draft(tmp_path)
    said = yaml.safe_load(text)
    assert said["files"]["motion"]["path"] == "{subject}/{subject}_{task}_{trial}.c3d"
    assert said["exclude"] == ["*/*_Static_1.c3d"]
    assert [said[key] for key in ("subject", "task", "trial")] == ["{subject}", "{task}", "{task}_{trial}"]
    assert said["motion"]["columns"] == ["RHipAngles", "RKneeAngles", "RPelvisAngles", "LHipAngles", "LKneeAngles"]
    assert (said["emg"]["unit"], said["emg"]["sites"]) == ("uV", {"Voltage.1_RTA": "tibialis_anterior_r"})
    assert "the files say PROCESSING.Bodymass = 70.0" in text
    assert "P2_fast_2.c3d lacks Voltage.1_RTA; it has EMG.RTA" in text


def test_a_lab_of_markers_with_a_standing_trial(tmp_path):
    points = [f"{side}{name}" for side in "RL" for name in ("IAS", "IPS", "FLE", "FAL", "FCC")]
    for person in ("Été 1", "Été 2"):
        for name in ("calibration 1", "walk 1", "walk 2"):
            c3d(tmp_path / "Labó" / person / f"{name}.c3d", points, ["SOL RT"])
    said = yaml.safe_load(draft(tmp_path / "Labó"))
    assert said["name"] == "Labo"
    assert said["files"]["markers"]["path"] == "{subject}/walk {trial}.c3d"
    assert said["files"]["standing"]["path"] == "{subject}/calibration 1.c3d"
    assert (said["markers"]["legs"]["knee"], said["markers"]["legs"]["toe"]) == ("{}FLE", "???")
    assert said["emg"]["sites"] == {"SOL RT": "soleus_r"}


def test_free_inputs_are_not_asked_one_by_one_beside_channels_with_names(tmp_path):
    pins = [f"Pin {k}" for k in range(1, 60)]
    c3d(tmp_path / "a.c3d", ["RHipAngles"], [*pins, "R_TA", "R_?"])
    text = draft(tmp_path)
    assert yaml.safe_load(text)["emg"]["sites"] == {"R_TA": "tibialis_anterior_r", "R_?": "???"}
    assert "# there are also Pin 1, Pin 2" in text
    c3d(tmp_path / "a.c3d", ["RHipAngles"], pins)
    assert len(yaml.safe_load(draft(tmp_path))["emg"]["sites"]) == 40


def test_angles_of_somebody_who_stands_are_no_motion(tmp_path):
    for name in ("static", "task"):
        c3d(tmp_path / f"{name}.c3d", ["RHipAngles"], ["SOL"])
    said = yaml.safe_load(draft(tmp_path))
    assert said["files"]["motion"]["path"] == "task.c3d"
    assert "standing" not in said["files"]
