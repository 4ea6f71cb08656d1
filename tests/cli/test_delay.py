"""`myoshift delay`."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from conftest import make_walk
from myoshift.cli.main import app
from myoshift.errors import ConfigError, DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split
from simulate.laboratories import write_emg, write_motion

KEYS = ["recording", "muscle", "delay", "low", "high", "against", "verdict"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    write_motion(folder / "gait.mot")
    write_emg(folder / "emg.sto", 0.06)
    problem = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
    source = tuple(make_walk(subject=f"s{i}", seed=i) for i in range(2))
    Ridge(problem).fit(Split(name="all", source=source)).save(folder / "model")
    return folder


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.chdir(desk)
    return lambda line: CliRunner().invoke(app, ["delay", *line.split()])


def test_a_motion_and_an_emg_file(run):
    result = run("gait.mot emg.sto --emg-kind envelope --mass 70 --height 1.75 --json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    assert all(list(row) == KEYS for row in rows)
    known = [row for row in rows if row["verdict"] == "identifiable"]
    assert known
    assert all(abs(row["delay"] - 0.06) < 0.02 for row in known)
    assert all(row["delay"] is None for row in rows if row["verdict"].startswith("not"))
    assert rows[-1]["muscle"] == "common"


def test_words_and_a_drawing(run, desk):
    result = run("gait.mot emg.sto --emg-kind envelope --against torque --plot out/delays.svg")
    assert result.exit_code == 0, result.output
    assert "comes after the EMG" in result.output
    assert (desk / "out/delays.svg").is_file()
    assert (desk / "out/delays.csv").is_file()


def test_a_model(run):
    result = run("gait.mot emg.sto --emg-kind envelope --against model --model model --json")
    assert result.exit_code == 0, result.output
    assert {row["against"] for row in json.loads(result.stdout)["rows"]} == {"model"}


def test_a_data_set(run, data_root):
    result = run(f"--dataset opensim-core-moco --data {data_root} --json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    soleus = next(row for row in rows if row["muscle"] == "soleus_r")
    assert soleus["verdict"] == "identifiable"
    assert 0.02 < soleus["delay"] < 0.06


def test_a_model_that_learned_from_a_person_of_the_data_set_is_refused(run, data_root, desk):
    problem = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus",), 50.0)
    walk = make_walk(subject="walk_subject", institution="opensim-core-moco")
    Ridge(problem).fit(Split(name="all", source=(walk,))).save(desk / "leaky")
    result = run(f"--dataset opensim-core-moco --data {data_root} --against model --model leaky")
    assert isinstance(result.exception, DataRefused)
    assert "opensim-core-moco/walk_subject is on the card" in str(result.exception)


@pytest.mark.parametrize(
    ("line", "error", "why"),
    [
        ("", ConfigError, "nothing to time"),
        ("gait.mot emg.sto --dataset toy", ConfigError, "both given"),
        ("gait.mot emg.sto --emg-kind envelope --against model", ConfigError, "needs --model"),
        ("gait.mot emg.sto --emg-kind envelope --model model", ConfigError, "needs --against model"),
        ("gait.mot emg.sto --emg-kind envelope --plot a.png", ConfigError, "ends in .svg"),
        ("gait.mot", DataRefused, "needs motion and EMG"),
        ("gait.mot emg.sto", DataRefused, "--emg-kind"),
        ("--dataset emg2pose-omen", DataRefused, "."),
        ("--dataset nothing", DataRefused, "nothing"),
    ],
)
def test_what_cannot_be_done_is_said(run, line, error, why):
    result = run(line)
    assert isinstance(result.exception, error), result.output
    assert re.search(why, str(result.exception)), str(result.exception)
