"""`myoshift calibrate`."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from scipy.signal import butter, sosfilt
from typer.testing import CliRunner

from conftest import make_walk
from myoshift import formats
from myoshift.cli.main import app
from myoshift.errors import ConfigError, DataRefused, UnknownNameError
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split, Table


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    problem = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
    source = tuple(make_walk(subject=f"s{i}", seed=i) for i in range(2))
    Ridge(problem).fit(Split(name="all", source=source)).save(folder / "model")
    walk = make_walk(seed=5, seconds=6.0, rate=100.0)
    write(folder / "walk.mot", walk.motion, walk.motion_names, "rad")
    write(folder / "emg.sto", walk.activation, walk.activation_names)
    write(folder / "flat.sto", 0.0 * walk.activation + 1.0, walk.activation_names)
    longer = make_walk(seed=5, seconds=7.0, rate=100.0)
    write(folder / "long.sto", longer.activation, walk.activation_names)
    write(folder / "slow.sto", walk.activation, walk.activation_names, rate=80.0)
    half = walk.activation.max(axis=0) / 2
    write(folder / "clipped.sto", walk.activation.clip(max=half), walk.activation_names)
    return folder


def write(path, values, names, unit="", rate=100.0):
    time = [i / rate for i in range(len(values))]
    table = Table(values=values.astype(float), names=names, units=(unit,) * len(names), rate=rate, time=time)
    formats.write_sto(path, table, in_degrees=False if unit else None)


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.chdir(desk)
    return lambda line: CliRunner().invoke(app, line.split())


GIVEN = "calibrate --model model --emg-kind envelope --data walk.mot"


def test_a_personal_model_predicts(run, desk):
    result = run(f"{GIVEN} emg.sto -o own")
    assert result.exit_code == 0, result.output
    for said in (
        "channels",
        "what changed",
        "identifiable",
        "on the calibration itself, not a test",
        "calibrated by",
    ):
        assert said in result.output
    assert run("predict walk.mot --model own -o out.sto").exit_code == 0
    assert (desk / "out.sto").is_file()


def test_json(run):
    result = run(f"{GIVEN} --data emg.sto -o own-json --calibrators delay+gain --seconds 2 --json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["calibrators"] == ["delay", "gain"]
    assert found["seconds"] == 4.0
    assert {each["status"] for each in found["channels"]} == {"pass"}
    assert {"output", "parameter", "value", "low", "high", "verdict"} == set(found["changes"][0])
    assert found["fit"]["on"] == "on the calibration itself, not a test"
    assert found["unused"] == ["gastrocnemius_medialis_r", "gastrocnemius_medialis_l"]


def test_emg_of_another_length_is_flagged(run):
    result = run(f"{GIVEN} long.sto -o own-long --json")
    assert {each["status"] for each in json.loads(result.stdout)["channels"]} == {"flag"}
    assert "the EMG lasts 6.99 s and the motion 5.99 s" in result.stdout


@pytest.mark.parametrize(
    ("line", "error", "why"),
    [
        (f"{GIVEN} emg.sto -o walk.mot", ConfigError, "something else is in the way"),
        (f"{GIVEN} emg.sto -o own --calibrators nothing", UnknownNameError, "nothing"),
        (f"{GIVEN} emg.sto -o own --seconds 0", ConfigError, "0 s"),
        (f"{GIVEN} flat.sto -o bad", DataRefused, "flat"),
        (
            f"{GIVEN} slow.sto -o bad",
            DataRefused,
            "wrong rate.* 0.8 times as long.* lasts 7.49 s and the motion 5.99",
        ),
        (f"{GIVEN} clipped.sto -o bad", DataRefused, "clipped"),
        (f"{GIVEN} -o bad", DataRefused, "needs motion and EMG"),
        ("calibrate --model model --data walk.mot emg.sto -o bad", DataRefused, "--emg-kind"),
        ("calibrate --model none --data walk.mot emg.sto -o bad", DataRefused, "none"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(run, desk, line, error, why):
    result = run(line)
    assert isinstance(result.exception, error), result.output
    assert re.search(why, str(result.exception)), str(result.exception)
    assert not (desk / "bad").exists()


def test_raw_emg_and_a_channel_that_the_amplifier_clipped(run, desk):
    walk, random = make_walk(seed=5, seconds=6.0, rate=1000.0), np.random.default_rng(0)
    band = butter(2, (30.0, 120.0), "bandpass", fs=1000.0, output="sos")
    noise = sosfilt(band, random.standard_normal(walk.activation.shape), axis=0)
    raw = walk.activation * noise / noise.std(axis=0)
    soleus = walk.activation_names.index("soleus_r")
    raw[:, soleus] = raw[:, soleus].clip(-0.3, 0.3)
    write(desk / "raw.sto", raw, walk.activation_names, rate=1000.0)
    line = "calibrate --model model --emg-kind raw --data walk.mot raw.sto -o own-raw --calibrators gain --json"
    result = run(line)
    assert result.exit_code == 0, result.output
    channels = {each["channel"]: each for each in json.loads(result.stdout)["channels"]}
    assert [name for name, each in channels.items() if each["status"] == "refuse"] == ["soleus_r"]
    assert "clipped" in channels["soleus_r"]["reasons"][0]
