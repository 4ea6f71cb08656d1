"""`myoshift predict`."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from conftest import make_walk, write_walk
from myoshift import anatomy, formats
from myoshift.calibration.intervals import fit_intervals, with_intervals
from myoshift.cli.main import app
from myoshift.errors import ConfigError, DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    problem = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
    source = tuple(make_walk(subject=f"s{i}", seed=i) for i in range(2))
    predictor = Ridge(problem).fit(Split(name="all", source=source))
    predictor.save(folder / "model")
    errors = [np.full((5, 2), 0.1)] * 9
    with_intervals(predictor, fit_intervals(errors, problem.outputs, level=0.5)).save(folder / "wide-model")
    write_walk(folder / "walk.mot")
    write_walk(folder / "run.mot")
    write_walk(folder / "sub-01_task-walk_motion.mot")
    write_walk(folder / "backwards.mot", knee=-1.0)
    (folder / "b").mkdir()
    write_walk(folder / "b" / "walk.mot")
    return folder


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.chdir(desk)
    return lambda line: CliRunner().invoke(app, ["predict", *line.split()])


def test_the_shipped_model_is_used_and_named(run, desk):
    result = run("walk.mot -o shipped.sto")
    assert result.exit_code == 0, result.output
    assert "predicting with the shipped model, trained on simulation only" in result.stderr
    assert "shipped.sto: 80 columns, 600 rows, 12.00 s" in result.stdout
    table = formats.read_sto(desk / "shipped.sto")
    assert all(anatomy.muscle(name).name == name for name in table.names)
    assert np.isfinite(table.values).all()
    assert "trained on simulation only" in (desk / "shipped.sto").read_text().splitlines()[0]


@pytest.mark.parametrize(
    ("line", "path", "read"),
    [
        ("-o a.csv", "a.csv", pd.read_csv),
        ("-o a.parquet", "a.parquet", pd.read_parquet),
        ("-o folder --format csv", "folder/walk_activation.csv", pd.read_csv),
        (
            "-o bids --format bids --subject 01 --task walk",
            "bids/sub-01/emg/sub-01_task-walk_desc-activation_emg.tsv",
            lambda path: pd.read_csv(path, sep="\t"),
        ),
    ],
)
def test_every_form_holds_the_same(run, desk, line, path, read):
    assert run("walk.mot --model model -o a.sto").exit_code == 0
    expected = formats.read_sto(desk / "a.sto")
    result = run(f"walk.mot --model model {line}")
    assert result.exit_code == 0, result.output
    found = read(desk / path)
    assert tuple(found.columns) == ("time", *expected.names)
    np.testing.assert_allclose(found.to_numpy(), np.column_stack([expected.time, expected.values]), rtol=1e-15)


def test_json_says_what_was_written_with_what_and_what_was_found(run, desk):
    result = run("walk.mot --model wide-model --sites --intervals -o wide.csv --json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["model"]["sha256"] == formats.hash_file(desk / "wide-model" / "model.json")
    assert (found["rate"], found["columns"]) == (50.0, "sites")
    (row,) = found["files"]
    assert row["columns"][:3] == ["tibialis_anterior_r", "tibialis_anterior_r_low", "tibialis_anterior_r_high"]
    assert (row["rows"], row["start"], row["seconds"]) == (600, 2.0, 12.0)
    assert result.stderr == ""


def test_a_bad_file_does_not_stop_the_others(run, desk):
    result = run("walk.mot backwards.mot run.mot --model model -o several")
    assert result.exit_code == 3
    assert "error: backwards.mot: knee_angle_r fits" in result.stderr
    assert "1 of 3 files were refused" in result.stderr
    assert {path.name for path in (desk / "several").iterdir()} == {"walk_activation.sto", "run_activation.sto"}
    found = json.loads(run("walk.mot backwards.mot --model model -o several --json").stdout)
    assert [("error" in row) for row in found["files"]] == [False, True]
    assert "--convention" in found["files"][1]["error"]["mend"]


def test_entities_of_bids_come_from_the_name(run, desk):
    result = run("sub-01_task-walk_motion.mot --model model -o named --format bids")
    assert result.exit_code == 0, result.output
    assert (desk / "named/sub-01/emg/sub-01_task-walk_desc-activation_emg.json").exists()


def test_a_long_list_of_columns_is_cut(run, desk):
    table = formats.read_sto(desk / "walk.mot")
    names = (*table.names, *(f"speed_{k}" for k in range(30)))
    values = np.column_stack([table.values, np.ones((len(table.time), 30))])
    wide = type(table)(values=values, names=names, units=("deg",) * len(names), rate=100.0, time=table.time)
    formats.write_sto(desk / "states.mot", wide, in_degrees=True)
    result = run("states.mot --model model -o states.sto")
    assert "note: unknown coordinate: speed_0, speed_1, speed_2, speed_3 and 26 more columns: left" in result.stderr


@pytest.mark.parametrize(
    ("line", "error", "why"),
    [
        ("walk.mot -o a.xlsx", ConfigError, "cannot write '.xlsx'.*.sto, .csv or .parquet"),
        ("walk.mot -o a.csv --format sto", ConfigError, "--format sto, but 'a.csv' ends in .csv"),
        ("walk.mot run.mot -o a.csv", ConfigError, "a folder for several"),
        ("walk.mot b/walk.mot -o out", ConfigError, "two files have the same name.*b/walk.mot"),
        ("walk.mot -o out --subject 1", ConfigError, "--subject and --task are for BIDS"),
        ("walk.mot -o out.sto --format bids", ConfigError, "cannot write 'out.sto' as BIDS"),
        ("walk.mot -o out --format bids", DataRefused, "the subject is not known"),
        ("walk.mot run.mot -o out --format bids --subject 1 --task a", ConfigError, "two files have the same name"),
        ("walk.mot -o a.csv --sites --intervals", DataRefused, "no predictive intervals"),
        ("walk.mot -o a.csv --model wide-model --intervals", DataRefused, "intervals are known of sites"),
        ("backwards.mot -o a.csv", DataRefused, "only with its sign turned"),
        ("none.mot -o a.csv", DataRefused, "the file cannot be read"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_written(run, desk, line, error, why):
    before = sorted(desk.rglob("*"))
    result = run(line)
    assert isinstance(result.exception, error)
    assert re.search(why, str(result.exception))
    assert sorted(desk.rglob("*")) == before
