"""`myoshift synergies`: tables, JSON, files, and what is refused."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import make_walk
from deploy.test_synergies import NAMES, envelopes, write
from myoshift import formats
from myoshift.cli.main import app

PROGRAM = Path(sys.executable).with_name("myoshift")


def run(folder, *arguments):
    command = [PROGRAM, "synergies", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_tables_and_every_file(tmp_path):
    write(tmp_path / "a.sto", envelopes())
    done = run(tmp_path, "a.sto", "-o", "w.csv", "-o", "h.sto", "--plot", "p.svg")
    assert done.returncode == 0, done.stderr
    assert "synergies of 8 muscles, 6 s: fewest that predict hidden" in done.stdout
    assert "soleus_r" in done.stdout
    rows = list(csv.DictReader((tmp_path / "w.csv").read_text().splitlines()))
    assert [row["muscle"] for row in rows] == list(NAMES)
    table = formats.read(tmp_path / "h.sto")
    assert table.names[0] == "synergy_1"
    assert len(table.values) == 300
    assert (tmp_path / "p.svg").read_text().count("<svg") == 1


def test_json(tmp_path):
    write(tmp_path / "a.sto", envelopes())
    done = run(tmp_path, "a.sto", "--rank", 2, "--json")
    found = json.loads(done.stdout)
    assert (found["rank"], found["why"]) == (2, "as asked")
    assert len(found["weights"]) == 8
    assert len(found["weights"][0]) == 2
    assert len(found["activations"]) == 300
    assert {"rank", "vaf", "least", "hidden"} == set(found["curve"][0])


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_data_set_is_a_line_for_each_person(monkeypatch, options):
    walks = tuple(make_walk(subject=f"s{i}", institution="lab", seed=i, seconds=3) for i in range(2))
    monkeypatch.setattr("myoshift.datasets.recordings", lambda names, data: walks if names == ["toy"] else ())
    done = CliRunner().invoke(app, ["synergies", "--dataset", "toy", "--rank", "2", *options])
    assert done.exit_code == 0, done.output
    for walk in walks:
        assert walk.person in done.output


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        ((), 2, "nothing to look at"),
        (("a.sto", "--dataset", "toy"), 2, "give one of them"),
        (("a.sto", "-o", "x.pdf"), 2, "cannot write"),
        (("--dataset", "toy", "--plot", "x.svg"), 2, "no one plot"),
        (("a.sto", "--rank", "99"), 3, "99 synergies"),
        (("a.sto", "--columns", "nobody"), 3, "nobody"),
    ],
)
def test_what_makes_no_sense_is_one_message(tmp_path, arguments, code, word):
    write(tmp_path / "a.sto", envelopes())
    done = run(tmp_path, *arguments)
    assert done.returncode == code
    assert word in done.stderr
    assert "To mend" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.sto"]
