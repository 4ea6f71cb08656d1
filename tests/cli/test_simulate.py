"""`myoshift simulate`."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from conftest import write_walk
from myoshift import anatomy, formats
from myoshift.cli.main import app
from myoshift.errors import ConfigError, DataRefused
from simulate.laboratories import MASS, write_forces, write_loads, write_motion


@pytest.fixture
def desk(tmp_path):
    write_motion(tmp_path / "motion.mot")
    write_forces(tmp_path / "forces.mot")
    write_loads(tmp_path / "loads.xml")
    write_walk(tmp_path / "walk.mot")
    return tmp_path


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.chdir(desk)
    return lambda line: CliRunner().invoke(app, ["simulate", *line.split()])


MEASURED = f"motion.mot --grf forces.mot --mass {MASS:g} --height 1.75 -o out.sto"


def test_a_walk_gets_the_activation_of_every_muscle(run, desk):
    result = run("walk.mot -o out.sto --reserves moments.sto")
    assert result.exit_code == 0, result.output
    table = formats.read_sto(desk / "out.sto")
    assert set(table.names) == {f"{name}_{side}" for name in anatomy.IPSILATERAL for side in "rl"}
    assert table.time[0] == pytest.approx(2.0)
    assert 0.0 <= np.nanmin(table.values) <= np.nanmax(table.values) <= 1.0
    moments = formats.read_sto(desk / "moments.sto")
    assert len(moments.names) == 20
    assert {"ankle_angle_l_moment", "ankle_angle_l_reserve"} < set(moments.names)
    assert "mass is not stated: 75.0 kg assumed" in result.output


@pytest.mark.parametrize(
    "how",
    ["", " --loads loads.xml", " --grf-side ground_force_r=r,ground_force_l=l"],
    ids=["names", "loads", "stated"],
)
def test_measured_forces(run, how):
    result = run(MEASURED + how + " --json")
    assert result.exit_code == 0, result.output
    (summary,) = json.loads(result.stdout)
    assert summary["ground reaction"] == "measured"
    assert summary["feasible"] > 0.9
    assert summary["mean vertical force"] == pytest.approx(MASS * 9.81, rel=0.05)
    assert summary["filled in"] == []


def test_several_files_become_a_folder(run, desk):
    result = run("walk.mot motion.mot -o out")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (desk / "out").iterdir()} == {"motion_activation.sto", "walk_activation.sto"}


@pytest.mark.parametrize(
    ("line", "error", "why"),
    [
        ("motion.mot --grf forces.mot -o out.sto", ConfigError, "--grf needs --mass"),
        ("motion.mot --loads loads.xml -o out.sto", ConfigError, "forces are described, but none are given"),
        (MEASURED + " --loads loads.xml --grf-side a=r", ConfigError, "both say which foot"),
        (MEASURED + " --grf-side ground_force_r", ConfigError, "is not understood"),
        (MEASURED + " --grf-side wrong=r", ConfigError, "fits 0 plates"),
        ("motion.mot walk.mot --grf forces.mot --mass 70 -o out", ConfigError, "one file of forces for several"),
        ("motion.mot walk.mot -o out.sto", ConfigError, "a folder for several"),
        ("motion.mot -o out.csv", ConfigError, "cannot write '.csv'"),
        ("motion.mot -o out.sto --exponent 1", ConfigError, "more than 1"),
        ("motion.mot -o out.sto --mass 70000", DataRefused, "no person is 70000 kg"),
        (
            MEASURED + " --grf-side ground_force_r=l,ground_force_l=r",
            DataRefused,
            "name the left foot|name the right foot",
        ),
        ("motion.mot --grf walk.mot --mass 70 -o out.sto", DataRefused, "no column is a ground reaction force"),
        ("motion.mot --table loads.xml -o out.sto", DataRefused, "not a model table"),
        ("none.mot -o out.sto", DataRefused, "none.mot: the file cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(run, desk, line, error, why):
    result = run(line)
    assert isinstance(result.exception, error), result.output
    assert re.search(why, str(result.exception)), str(result.exception)
    assert not (desk / "out.sto").exists()
    assert not (desk / "out").exists()


def test_forces_of_another_person_are_not_explained(run, desk):
    result = run(f"motion.mot --grf forces.mot --mass {2 * MASS:g} -o out.sto")
    assert isinstance(result.exception, DataRefused)
    assert "motion.mot: the muscles cannot explain the motion" in str(result.exception)
    assert "another mass" in str(result.exception)
    assert not (desk / "out.sto").exists()


def test_knees_of_gait2392_are_stated(run, desk):
    write_motion(desk / "motion.mot", sign=-1.0)
    result = run("motion.mot -o out.sto")
    assert "--convention" in str(result.exception)
    assert run("motion.mot --convention gait2392 -o out.sto").exit_code == 0


def test_opensim_opens_the_result(run, desk):
    opensim = pytest.importorskip("opensim")
    assert run("walk.mot -o out.sto").exit_code == 0
    table = opensim.TimeSeriesTable(str(desk / "out.sto"))
    ours = formats.read_sto(desk / "out.sto")
    assert table.getNumRows() == len(ours.time)
    assert tuple(table.getColumnLabels()) == ours.names
    column = table.getDependentColumn("soleus_r").to_numpy()
    np.testing.assert_allclose(column, ours.column("soleus_r"))
