"""`myoshift train`."""

from __future__ import annotations

import pytest
import yaml
from typer.testing import CliRunner

from bench.toys import benchmark, holding, recordings
from myoshift.calibration.intervals import INTERVALS, Intervals
from myoshift.cli.main import app
from myoshift.errors import ConfigError
from myoshift.predictor import Predictor


@pytest.fixture
def run(tmp_path):
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(benchmark().model_dump(mode="json")), encoding="utf-8")

    def invoke(*arguments):
        call = [
            "train",
            str(tmp_path / "toy.yaml"),
            "--method",
            "template",
            "-o",
            str(tmp_path / "model"),
            *arguments,
        ]
        with holding(recordings(seconds=6.0)):
            return CliRunner().invoke(app, call)

    return invoke


def test_a_model_folder_without_intervals_unless_asked_for(run, tmp_path):
    result = run()
    assert (result.exit_code, result.stdout.strip()) == (0, str(tmp_path / "model"))
    assert INTERVALS not in Predictor.load(tmp_path / "model").card


def test_intervals_come_from_people_of_institutions_left_out(run, tmp_path):
    assert run("--intervals", "0.8").exit_code == 0
    found = Intervals.restore(Predictor.load(tmp_path / "model").card[INTERVALS])
    assert (found.level, found.people) == (0.8, (6, 6, 6))
    assert (found.half_width < 1.0).all()


def test_too_few_people_are_named(run, tmp_path):
    result = run("--intervals", "0.9")
    assert result.exit_code == 0
    assert "note: interval of soleus: not enough people (6 of 9) for a level of 0.9" in result.stderr


def test_a_level_is_a_share(run, tmp_path):
    assert isinstance(run("--intervals", "90").exception, ConfigError)
    assert not (tmp_path / "model").exists()
