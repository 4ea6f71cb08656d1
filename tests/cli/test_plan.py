"""`myoshift plan`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from conftest import make_walk, write_walk
from myoshift.cli.main import app
from myoshift.errors import ConfigError
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    problem = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
    Ridge(problem).fit(Split(name="all", source=(make_walk(), make_walk(subject="s2", seed=2)))).save(
        folder / "model"
    )
    write_walk(folder / "walk.mot")
    return folder


@pytest.fixture
def run(desk, monkeypatch):
    monkeypatch.chdir(desk)
    return lambda line: CliRunner().invoke(app, line.split())


def test_words(run):
    result = run("plan --model model --electrodes 1")
    assert result.exit_code == 0, result.output
    for said in ("best first", "variance gone", "strides", "Expected under the priors, not measured"):
        assert said in result.output


def test_json_of_a_motion_of_ones_own(run):
    result = run("plan --model model --motion walk.mot --seconds 5 --json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["seconds"] == 5.0
    assert {each["muscle"] for each in found["electrodes"]} == {"tibialis_anterior", "soleus"}
    assert [s for s, _ in found["by_seconds"]] == [1.0, 2.0, 5.0, 10.0, 30.0]


def test_more_electrodes_than_muscles(run):
    assert isinstance(run("plan --model model --electrodes 3").exception, ConfigError)
