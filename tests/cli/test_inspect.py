from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from datasets.test_inspection import WAVE, write
from formats.c3d_writer import c3d_bytes
from formats.test_npz import Trap
from formats.test_sto import text
from miniatures.edf import edf_bytes, signal

PROGRAM = Path(sys.executable).with_name("myoshift")


def run(path, *options):
    return subprocess.run(
        [PROGRAM, "inspect", str(path), *options], capture_output=True, text=True, check=False, cwd=path.parent
    )


def test_json(tmp_path):
    partly = np.where(np.arange(200) < 50, np.nan, 1.0)
    done = run(write(tmp_path / "a.mot", {"hip_flexion_r": WAVE, "partly": partly}), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["format"], found["duration"]) == ("sto", pytest.approx(1.99))
    hip, holes = found["channels"]
    assert (hip["name"], hip["unit"], hip["verdict"]) == ("hip_flexion_r", "rad", "pass")
    assert (holes["low"], holes["missing"], holes["verdict"]) == (1, 0.25, "flag")


def test_table_for_people(tmp_path):
    time = np.delete(np.arange(210) / 100, range(50, 60))
    done = run(write(tmp_path / "a.mot", {"knee_angle_r": 60 * WAVE, "bold [b]": WAVE}, time=time))
    assert done.returncode == 0, done.stderr
    for token in ("sto, 2.090 s", "knee_angle_r", "flag", "bold [b]", "gap: no sample between 0.4900 and 0.6000 s"):
        assert token in done.stdout


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    path = tmp_path / "a.c3d"
    path.write_bytes(c3d_bytes(np.ones((3, 1, 3)), POINT={"LABELS": ["\x1b[31mred"]}))
    done = run(path)
    assert "\x1b" not in done.stdout
    assert "?[31mred" in done.stdout


def test_an_option_reaches_the_verdicts(tmp_path):
    path = write(tmp_path / "a.sto", {"soleus": np.zeros(2000)})
    assert "flat" in run(path, "--emg", "envelope").stdout


ROWS = ["0\t1\t2", "0.01\t3\t4", "0.02\t5\t6"]
BAD = {
    "bad_01.sto": (b"", ["empty", "0 bytes"]),
    "bad_02.c3d": (c3d_bytes(np.ones((9, 4, 3)))[:-100], ["truncated", "bytes promised"]),
    "bad_03.sto": (b"<!DOCTYPE html><html>", ["html", "sto"]),
    "bad_03.html": (b"<!DOCTYPE html><html>", ["html", "download"]),
    "bad_03.csv": (b"time,a\n0,1\n", ["no sampling rate", "--time"]),
    "bad_09.sto": (text(rows=[ROWS[0], "0.01\t3", ROWS[2]]).encode(), ["line 9", "ragged"]),
    "bad_10.mot": (text(rows=[ROWS[0], "0.01\t3,5\t4"]).encode(), ["line 9, column 2", "'3,5'", "decimal"]),
    "bad_12.sto": (text(labels="time\ta\ta").encode(), ["duplicate", "'a'"]),
    "bad_17.sto": (text(rows=ROWS[:1]).encode(), ["no sampling rate"]),
    "bad_18.sto": (text(rows=ROWS[::-1]).encode(), ["row 2", "does not increase"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_give_one_message_and_exit_3(tmp_path, name):
    content, tokens = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    refused(path, tokens)


@pytest.mark.parametrize("name", ["bad_04.pkl", "bad_05.npz", "bad_05.npy"])
def test_pickles_are_refused_and_not_run(tmp_path, name):
    path, trap = tmp_path / name, Trap(tmp_path / "sprung")
    if name.endswith("pkl"):
        path.write_bytes(pickle.dumps(trap))
    elif name.endswith("npz"):
        np.savez(path, emg=np.array([trap], object))
    else:
        np.save(path, np.array([trap], object), allow_pickle=True)
    refused(path, ["pickle", "numpy.savez"])


def refused(path, tokens):
    done = run(path, "--json")
    assert (done.returncode, done.stdout) == (3, "")
    message = " ".join(done.stderr.split())
    for token in [path.name, *tokens, "error:", "To mend:"]:
        assert token in message
    assert "Traceback" not in message
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_page(tmp_path):
    path = write(tmp_path / "a.mot", {"knee_angle_r": WAVE})
    done = run(path, "--page", "deep/qc.html", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["channels"][0]["name"] == "knee_angle_r"
    assert done.stderr.strip() == "deep/qc.html"
    assert "knee_angle_r" in (tmp_path / "deep" / "qc.html").read_text()


def test_no_page_of_refused_data(tmp_path):
    path = tmp_path / "a.sto"
    path.write_bytes(b"")
    assert run(path, "--page", "qc.html").returncode == 3
    assert not (tmp_path / "qc.html").exists()


def test_units_and_rates_are_stated_where_a_reader_takes_them(tmp_path):
    path = tmp_path / "a.edf"
    path.write_bytes(edf_bytes([signal(0, unit="")]))
    assert run(path).returncode == 3
    assert "no unit" in run(path).stderr
    assert json.loads(run(path, "--unit", "uV", "--json").stdout)["channels"][0]["unit"] == "uV"
    refused = run(path, "--rate", "100")
    assert (refused.returncode, "--rate is not for edf files" in refused.stderr) == (2, True)
