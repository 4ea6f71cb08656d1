from __future__ import annotations

import numpy as np
import pytest
import yaml

from datasets.lab.lab_files import laboratory, trial_files
from miniatures.bids import ENDS, STEM, signals, write_emg, write_motion
from miniatures.delsys import EMG_RATE, emgworks
from miniatures.edf import signal
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


def test_a_bids_data_set_is_drafted_by_what_its_files_say(tmp_path):
    sided = {**ENDS, "EMG0": ENDS["EMG0"].replace("tibialis", "right tibialis"),
             "EMG1": ENDS["EMG1"].replace("soleus", "SOL_L")}  # fmt: skip
    strikes = "onset\tduration\ttrial_type\n0.01\t0\theel_strike_left\n0.1\t0\tbeep\n"
    stem = "sub-{subject}_ses-{session}_task-{task}"
    write_emg(tmp_path, rows=sided, files={f"sub-01/ses-a/emg/{STEM}_events.tsv": strikes})
    write_motion(tmp_path)
    said = yaml.safe_load(draft(tmp_path))
    assert said["files"]["emg"]["path"] == f"sub-{{subject}}/ses-{{session}}/emg/{stem}_run-{{run}}_emg.edf"
    assert said["files"]["motion"]["path"].endswith(f"motion/{stem}_run-{{run}}_tracksys-A_motion.tsv")
    assert (said["subject"], said["task"], said["trial"], said["sync"]) == (
        "{subject}", "{task}", "{task}{run}", "acq_time"
    )  # fmt: skip
    assert (said["motion"]["unit"], said["emg"]["unit"]) == ("deg", "uV")
    assert said["emg"]["sites"] == {"EMG0": "tibialis_anterior_r", "EMG1": "soleus_l"}
    assert said["events"] == {"strikes": {"heel_strike_left": "l"}}


def test_only_channels_in_volts_are_asked_for_sites(tmp_path):
    found = [("R VAST LAT: EMG 1", EMG_RATE, np.ones(99)), ("R VAST LAT: ACC X 1", 148.0, np.ones(9)),
             ("L med gastroc: EMG 2", EMG_RATE, np.ones(99))]  # fmt: skip
    (tmp_path / "emg.csv").write_text(emgworks(found))
    emg = yaml.safe_load(draft(tmp_path))["emg"]
    assert emg["unit"] == "V"
    assert emg["sites"] == {
        "R VAST LAT: EMG 1": "vastus_lateralis_r",
        "L med gastroc: EMG 2": "gastrocnemius_medialis_l",
    }


@pytest.mark.parametrize(("asis", "said"), [("{}.ASIS", "{}.ASIS"), ("ASIS_{}", "ASIS_{}"), ("pelvis{}", "{}ASI")])
def test_markers_whose_names_say_their_role(tmp_path, asis, said):
    names = [asis.format(side) for side in "RL"] + ["R_TOE", "L_TOE"]
    rows = [f"{k}\t{k / 100}\t" + "\t".join(["1"] * 12) for k in range(1, 4)]
    head = ["PathFileType\t4\t(X/Y/Z)\ta.trc", "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
            "OrigDataStartFrame\tOrigNumFrames", "100\t100\t3\t4\tmm\t100\t1\t3", "Frame#\tTime\t"
            + "\t\t\t".join(names), "\t\t" + "\t".join(f"{a}{k}" for k in "1234" for a in "XYZ"), ""]  # fmt: skip
    (tmp_path / "a.trc").write_text("\n".join([*head, *rows]) + "\n")
    legs = yaml.safe_load(draft(tmp_path))["markers"]["legs"]
    assert (legs["asis"], legs["toe"], legs["knee"]) == (said, "{}_TOE", "{}KNE")


def test_what_channels_mean_is_put_together_from_their_names_and_the_sidecar(tmp_path):
    rows = {"L_TA": ENDS["EMG0"].replace("uV", "V"), "R_x": ENDS["EMG1"], "ACC": ENDS["ACC"]}
    found = [signal(0, label="L_TA"), signal(1, label="R_x"), signals()[2]]
    write_emg(tmp_path, rows=rows, found=found, files={f"sub-01/ses-a/emg/{STEM}_events.tsv": None})
    said = yaml.safe_load(draft(tmp_path))
    assert said["files"]["emg"]["units"] == "???"  # the file says uV, the sidecar V
    assert said["emg"]["sites"] == {"L_TA": "tibialis_anterior_l", "R_x": "soleus_r"}


def test_columns_that_are_no_coordinates_but_say_joint_and_side(tmp_path):
    (tmp_path / "a.csv").write_text("time,right knee flexion,Left_Ankle_Dorsiflexion,knee\n0,1,2,3\n0.1,2,2,3\n")
    columns = yaml.safe_load(draft(tmp_path))["motion"]["columns"]
    assert columns == {
        "right knee flexion": "knee_angle_r",
        "Left_Ankle_Dorsiflexion": "ankle_angle_l",
        "knee": "???",
    }
