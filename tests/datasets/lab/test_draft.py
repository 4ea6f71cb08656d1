from __future__ import annotations

import numpy as np
import pytest
import yaml

from conftest import make_walk
from datasets.lab.lab_files import laboratory, trial_files
from formats.c3d_writer import c3d_bytes
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


@pytest.mark.parametrize(("asis", "said"), [("{}.ASIS", "{}.ASIS"), ("ASIS_{}", "ASIS_{}"), ("pelvis{}", "???")])
def test_markers_whose_names_say_their_role(tmp_path, asis, said):
    names = [asis.format(side) for side in "RL"] + ["R_TOE", "L_TOE"]
    rows = [f"{k}\t{k / 100}\t" + "\t".join(["1"] * 12) for k in range(1, 4)]
    head = ["PathFileType\t4\t(X/Y/Z)\ta.trc", "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
            "OrigDataStartFrame\tOrigNumFrames", "100\t100\t3\t4\tmm\t100\t1\t3", "Frame#\tTime\t"
            + "\t\t\t".join(names), "\t\t" + "\t".join(f"{a}{k}" for k in "1234" for a in "XYZ"), ""]  # fmt: skip
    (tmp_path / "a.trc").write_text("\n".join([*head, *rows]) + "\n")
    legs = yaml.safe_load(draft(tmp_path))["markers"]["legs"]
    assert (legs["asis"], legs["toe"], legs["knee"]) == (said, "{}_TOE", "???")


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


def test_a_label_cannot_end_the_comment_in_which_it_stands(tmp_path):
    c3d(tmp_path / "a.c3d", ["RHipAngles\nname: other", "RKNE"], ["SOL\nname: other"])
    assert yaml.safe_load(draft(tmp_path))["name"] == tmp_path.name


def test_of_several_tables_of_muscles_the_one_called_emg_is_the_emg(tmp_path):
    for name in ("activation", "envelopes_emg"):
        (tmp_path / f"{name}.csv").write_text(f"time,soleus_r,{name}\n0,1,2\n0.1,2,2\n")
    assert yaml.safe_load(draft(tmp_path))["files"]["emg"]["path"] == "envelopes_emg.csv"
