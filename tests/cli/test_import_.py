from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from datasets.lab.lab_files import laboratory
from myoshift import datasets
from myoshift.cli.main import app
from myoshift.errors import ConfigError, DataRefused

run = CliRunner()


@pytest.fixture
def place(tmp_path, monkeypatch):
    (tmp_path / "lab.yaml").write_text(laboratory(tmp_path / "files"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_import_writes_a_domain_and_says_what_is_in_it(place):
    done = run.invoke(app, ["import", "files", "--spec", "lab.yaml", "-o", "domain", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["people"], said["trials"], said["written"], said["tasks"]) == (2, 4, True, ["run", "walk"])
    assert len(said["sites"]) == 6
    assert len(datasets.domain("domain")) == 4
    again = run.invoke(app, ["import", "files", "--spec", "lab.yaml", "-o", "domain"])
    assert "there already" in again.stdout


def test_init_prints_a_draft_or_writes_it_once(place):
    printed = run.invoke(app, ["import", "--init", "files"])
    assert printed.exit_code == 0
    assert "???" in printed.stdout
    assert run.invoke(app, ["import", "--init", "files", "-o", "draft.yaml"]).exit_code == 0
    assert (place / "draft.yaml").read_text() == printed.stdout
    assert isinstance(run.invoke(app, ["import", "--init", "files", "-o", "draft.yaml"]).exception, ConfigError)


@pytest.mark.parametrize("options", [[], ["--spec", "lab.yaml"], ["-o", "x"], ["--init", "--spec", "lab.yaml"]])
def test_what_is_not_said_is_asked_for(place, options):
    assert isinstance(run.invoke(app, ["import", "files", *options]).exception, ConfigError)


def test_refused_files_leave_nothing(place):
    (place / "files" / "s1" / "slow_1_ik.sto").write_text("")
    done = run.invoke(app, ["import", "files", "--spec", "lab.yaml", "-o", "domain"])
    assert isinstance(done.exception, DataRefused)
    assert not (place / "domain").exists()
