"""`myoshift virtual-lab`."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from myoshift import store
from myoshift.cli.main import app
from myoshift.errors import ConfigError
from myoshift.simulate import labs
from simulate.worlds import solve, world

SHORT = "seconds: 2\nlabs: 2\nmovements: [walk]\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setattr(labs, "embedded", world)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "labs.yaml").write_text(SHORT)
    return tmp_path


def run(desk, *arguments):
    given = ["virtual-lab", "-o", desk / "labs", "--config", desk / "labs.yaml", *arguments]
    return CliRunner().invoke(app, [str(each) for each in given], catch_exceptions=False)


def test_what_was_drawn_is_printed_and_stored(desk):
    done = run(desk, "--subjects", 3)
    assert done.exit_code == 0
    assert "3 people, 0.00 h" in done.stdout
    assert "virtual-1" in done.stdout
    assert len(store.read(desk / "labs" / "virtual-0")) == 2


def test_json_names_every_person(desk):
    people = json.loads(run(desk, "--subjects", 3, "--seed", 4, "--json").stdout)
    assert [person["subject"] for person in people] == ["p0000", "p0002", "p0001"]
    assert all(person["seconds"] == 2.0 and person["mass"] > 10 for person in people)


def test_rejected_draws_are_said_and_why(desk):
    (desk / "labs.yaml").write_text(SHORT + "control: {moment_noise: {low: 20, high: 30}}\n")
    done = run(desk, "--subjects", 4)
    assert "rejected and drawn again" in done.stdout
    assert "walk: the muscles do not explain the motion" in done.stdout


def test_when_nobody_is_left_the_exit_code_is_1(desk, monkeypatch):
    def never(*arguments):
        found = solve(*arguments)
        found.feasible[:] = False
        return found

    monkeypatch.setattr(labs, "embedded", lambda: world(solve=never))
    done = run(desk, "--subjects", 1)
    assert done.exit_code == 1
    assert "left out: p0000 of virtual-0, 20 draws rejected" in done.stdout
    assert not (desk / "labs").exists()


def test_an_unknown_key_is_refused_before_anything_is_drawn(desk):
    (desk / "labs.yaml").write_text("sensor: {dealy: {low: 0, high: 0}}")
    with pytest.raises(ConfigError, match=r"unknown key 'sensor\.dealy'.*nearest known key: delay"):
        run(desk)
    assert not (desk / "labs").exists()


def test_a_configuration_reaches_the_recordings(desk):
    (desk / "labs.yaml").write_text(SHORT + "sites: [soleus]\nrate: 50\n")
    run(desk, "--subjects", 1)
    (recording,) = store.read(desk / "labs" / "virtual-0")
    assert recording.activation_names == ("soleus_r", "soleus_l")
    assert recording.rate == 50
    assert np.isfinite(recording.activation).all()
