"""`myoshift check`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from conftest import make_walk
from datasets.test_inspection import WAVE, write
from myoshift import store
from myoshift.cli.main import app
from myoshift.errors import DataRefused


def run(*arguments):
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def test_flags_are_0_and_refusals_3(tmp_path):
    write(tmp_path / "a.mot", {"hip_flexion_r": 60 * WAVE})
    done = run(tmp_path)
    assert done.exit_code == 0, done.output
    assert "1 flag" in done.output
    (tmp_path / "b.sto").write_bytes(b"")
    done = run(tmp_path)
    assert done.exit_code == 3
    assert "1 refused, 1 flag" in done.output
    assert "0 bytes" in done.output


def test_json_holds_verdicts_and_thresholds(tmp_path):
    store.write(tmp_path / "domain", [make_walk()], "key")
    done = run(tmp_path / "domain", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert found["counts"]["pass"] > 0
    assert found["thresholds"]["lag"] == 0.06
    assert found["thresholds"]["emg"]["mains"] == 10
    assert {"rule", "where", "verdict", "why", "mend", "numbers"} == set(found["judgements"][0])


def test_a_page_and_options_of_tables(tmp_path):
    (tmp_path / "a.csv").write_text("emg\n" + "".join(f"{k % 7}\n" for k in range(500)))
    done = run(tmp_path / "a.csv", "--rate", "1000", "--emg", "raw", "--page", tmp_path / "page.html")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "page.html").stat().st_size > 1000


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    write(tmp_path / "a.mot", {"hip_flexion_r": 60 * WAVE, "\x1b[31mred_r": 60 * WAVE})
    assert "\x1b" not in run(tmp_path).output


def test_nothing_to_check():
    with pytest.raises(DataRefused):
        raise run("nowhere/at/all").exception
