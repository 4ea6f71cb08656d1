"""`myoshift stream`."""

from __future__ import annotations

import json
import signal
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from conftest import make_walk, write_walk
from deploy.lsl_network import alone, outlet, sending
from models.networks import INPUTS, OUTPUTS, network
from myoshift import formats
from myoshift.cli.main import app
from myoshift.deploy.files import predict_file
from myoshift.deploy.personal import calibrate
from myoshift.deploy.replay import Replay
from myoshift.errors import ConfigError, DataRefused, MyoshiftError
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.predictor import Predictor, Problem

pytestmark = pytest.mark.xdist_group("lsl")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    for name, causal in (("causal", True), ("whole", False)):
        model = SavedTCN(network(TCN, causal=causal))
        Predictor(Problem(INPUTS, OUTPUTS, 50.0), model, {"institutions": ["toy"]}).save(folder / name)
    source = make_walk(seed=3)
    names = [f"{site}_{side}" for side in "rl" for site in ("tibialis_anterior", "gastrocnemius")]
    columns = [0, 1, 3, 4]
    shifted = np.roll(source.activation[:, columns], -2, axis=0)
    emg = replace(source, activation=shifted, activation_names=tuple(names))
    calibrate(Predictor.load(folder / "causal"), [emg], "delay").predictor.save(folder / "own")
    write_walk(folder / "slow.mot", rate=50.0)
    write_walk(folder / "walk.mot", rate=100.0)
    write_walk(folder / "turned.mot", knee=-1.0)
    alone(folder)
    return folder


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.chdir(desk)
    return lambda line: CliRunner().invoke(app, ["stream", *line.split()])


@pytest.mark.parametrize("model", ["causal", "own"])
def test_a_file_replayed_is_what_predict_says(run, desk, model):
    result = run(f"--model {model} --file slow.mot -o out.sto --json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    table = formats.read_sto(desk / "out.sto")
    expected = predict_file(Predictor.load(desk / model), desk / "slow.mot")
    assert table.names == expected.names == tuple(report["muscles"])
    np.testing.assert_allclose(table.time, expected.time, atol=1e-9)
    np.testing.assert_allclose(table.values, expected.values, atol=1e-5)
    assert report["rows"] == report["counts"]["frames"] == len(table.time)
    assert report["step_p50"] > 0
    assert (report["look_ahead"] > 0) == (model == "own")


def test_without_look_ahead_the_delay_is_left_and_told(run, desk):
    result = run("--model own --file slow.mot --no-look-ahead -o late.sto")
    assert result.exit_code == 0, result.output
    assert "left uncorrected without look-ahead: " in result.stdout
    plain = predict_file(Predictor.load(desk / "own"), desk / "slow.mot")
    late = formats.read_sto(desk / "late.sto")
    assert late.time[0] == pytest.approx(plain.time[0])
    assert np.abs(late.values - plain.values).max() > 1e-3


def test_what_a_live_stream_would_have_given(run, desk):
    result = run("--model causal --file walk.mot --cutoff 6 -o raw.sto")
    assert result.exit_code == 0, result.output
    assert "a row describes an earlier instant: low-pass 40 ms" in result.stdout
    assert "600 rows of" in result.stdout
    assert formats.read_sto(desk / "raw.sto").time[0] == pytest.approx(2.0 - 0.0398, abs=1e-4)


def test_the_shipped_model_needs_no_folder(run, desk):
    result = run("--file walk.mot --seconds 1")
    assert result.exit_code == 0, result.output
    assert "51 rows of 80 muscles at 50 Hz" in result.stdout
    assert "trained on simulation only" in result.stderr


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("", ConfigError, "not said where the motion comes from"),
        ("--file walk.mot --lsl mocap", ConfigError, "two sources of motion"),
        ("--lsl mocap --speed 1", ConfigError, "LSL has its own pace"),
        ("--file walk.mot --speed -1", ConfigError, "--speed -1"),
        ("--file walk.mot --speed 0 --out-lsl x", ConfigError, "not be those of a clock"),
        ("--lsl x --out-lsl x", ConfigError, "a name of its own"),
        ("--file walk.mot --seconds 0", ConfigError, "--seconds 0"),
        ("--lsl x --timeout nan", ConfigError, "--timeout nan"),
        ("--file walk.mot --cutoff -1", ConfigError, "--cutoff -1"),
        ("--file walk.mot --cutoff 60", DataRefused, "a low-pass of 60 Hz"),
        ("--file walk.mot -o out.csv", ConfigError, "cannot write '.csv'"),
        ("--file walk.mot --model whole", ConfigError, "causal"),
        ("--lsl x --model whole", ConfigError, "causal"),
        ("--file turned.mot", DataRefused, "--convention"),
        ("--file none.mot", DataRefused, "none.mot"),
        ("--lsl nobody --timeout 0.5", MyoshiftError, "no stream is called 'nobody'"),
    ],
)
def test_what_makes_no_sense_is_said(run, line, error, message):
    model = "" if "--model" in line else "--model causal "
    result = run(model + line)
    assert isinstance(result.exception, error), result.output
    assert message in str(result.exception)


def test_from_lsl_to_lsl_and_into_a_file(run, desk):
    pytest.importorskip("pylsl", reason="the extra `stream` is not installed")
    labels = [f"{name}_r" for name in INPUTS]
    with sending(outlet("mocap", labels), 4.0):
        result = run("--model causal --lsl mocap --out-lsl muscles --seconds 2 -o lsl.sto --json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["ended"] == "2 s, as asked"
    assert report["rows"] == pytest.approx(101, abs=2)
    assert report["age_p50"] > 0
    assert report["filter_delay"] > 0
    table = formats.read_sto(desk / "lsl.sto")
    assert (len(table.time), table.names) == (report["rows"], tuple(report["muscles"]))
    assert "no row" not in result.stderr


def test_who_stops_it_gets_what_there_is(run, desk, monkeypatch):
    whole = Replay.samples

    def stopped(self):
        for count, sample in enumerate(whole(self)):
            if count == 200:
                signal.raise_signal(signal.SIGTERM)  # Ctrl-C is SIGINT, and handled alike
            yield sample

    monkeypatch.setattr(Replay, "samples", stopped)
    before = signal.getsignal(signal.SIGTERM)
    result = run("--model causal --file walk.mot -o stopped.sto")
    assert result.exit_code == 0, result.output
    assert "100 rows" in result.stdout
    assert "ended: Ctrl-C" in result.stdout
    assert len(formats.read_sto(desk / "stopped.sto").time) == 100
    assert signal.getsignal(signal.SIGTERM) == before
