"""`myoshift datasets`."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from myoshift.cli.datasets import app
from myoshift.datasets.base import Origin, load
from myoshift.datasets.check import Finding
from myoshift.errors import ConfigError, DataRefused, UnknownNameError

PROGRAM = Path(sys.executable).with_name("myoshift")
REAL = ("mcgill-biomechzoo", "ceinmsrt-lowerlimb", "stanford-matlabso", "kul-3dpredictsim", "opensim-core-moco")


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")


def test_list_names_every_set_and_what_is_here(tmp_path):
    rows = {row["name"]: row for row in json.loads(run("list", "--json", "--data", tmp_path).stdout)}
    assert set(rows) >= {*REAL, "toy"}
    assert rows["mcgill-biomechzoo"]["here"] == "0/24 files"
    assert rows["mcgill-biomechzoo"]["people"] == 12
    assert "no separate data statement" in rows["mcgill-biomechzoo"]["licence"]
    assert rows["toy"]["here"] == "built in"


def test_list_as_a_table(tmp_path):
    done = run("list", "--data", tmp_path)
    assert done.exit_code == 0
    assert "stanford-matlabso" in done.stdout
    assert "Apache-2.0" in done.stdout


def test_check_of_toy_holds():
    done = run("check", "toy")
    assert done.exit_code == 0
    assert "14 of 14 facts hold" in done.stdout


def test_check_as_json():
    found = json.loads(run("check", "toy", "--json").stdout)
    assert {"fact", "expected", "found", "ok"} == set(found["toy"][0])
    assert all(finding["ok"] for finding in found["toy"])


def test_check_of_the_recordings_holds(data_root):
    few = ("kul-3dpredictsim", "toy")  # the commands of the documents check all of them
    done = run("check", *few, "--data", data_root, "--json")
    assert done.exit_code == 0
    assert set(json.loads(done.stdout)) == set(few)


def test_a_fact_that_does_not_hold_is_exit_code_1(monkeypatch):
    checking = importlib.import_module("myoshift.datasets.check")
    monkeypatch.setattr(checking, "check", lambda name, root: [Finding("people [12]", "12", "11", False)])
    done = run("check", "toy")
    assert done.exit_code == 1
    assert "differs" in done.stdout
    assert "people [12]" in done.stdout


def test_missing_data_are_exit_code_3(tmp_path):
    for verb in ("check", "prepare"):
        command = [PROGRAM, "datasets", verb, "kul-3dpredictsim", "--data", tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 3
        assert "myoshift datasets get kul-3dpredictsim" in done.stderr


def test_prepare_of_toy():
    rows = json.loads(run("prepare", "toy", "--json").stdout)
    assert [(row["domain"], row["people"], row["recordings"]) for row in rows] == [
        ("toy/healthy-walk", 12, 12),
        ("toy/healthy-run", 12, 12),
    ]


def test_prepare_fills_the_store(data_root, tmp_path):
    done = run("prepare", "kul-3dpredictsim", "--data", data_root)
    assert done.exit_code == 0
    assert "kul-3dpredictsim/healthy-walk" in done.stdout
    assert list((tmp_path / "cache" / "store").glob("kul-*/index.json"))


def test_prepare_all_leaves_out_a_fixture_and_says_so(monkeypatch):
    monkeypatch.setattr("myoshift.registry.names", lambda group: ("toy", "emg2pose-omen"))
    done = run("prepare", "--all")
    assert done.exit_code == 0
    assert "emg2pose-omen is a fixture of a file format" in done.stderr
    assert "toy/healthy-walk" in done.stdout


@pytest.mark.parametrize("verb", ["get", "prepare", "check"])
def test_sets_must_be_named_once(verb):
    with pytest.raises(ConfigError, match="--all"):
        run(verb)
    with pytest.raises(ConfigError, match="--all"):
        run(verb, "toy", "--all")
    with pytest.raises(UnknownNameError, match="toy"):
        run(verb, "toi")


def test_get_asks_the_mirror_and_refuses_an_unsafe_one(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOSHIFT_MIRROR", "http://example.org")
    with pytest.raises(ConfigError, match="https"):
        run("get", "kul-3dpredictsim", "--data", tmp_path)
    monkeypatch.setenv("MYOSHIFT_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(DataRefused, match="check the connection"):
        run("get", "kul-3dpredictsim", "--data", tmp_path)


def test_get_finds_everything_here(data_root):
    rows = json.loads(run("get", *REAL, "--data", data_root, "--json").stdout)
    assert [row["downloaded"] for row in rows] == [0] * 5
    assert [row["files"] for row in rows] == [24, 9, 5, 1, 7]


def test_check_draws_a_page_for_each_set(tmp_path):
    done = run("check", "toy", "--page", tmp_path / "pages")
    assert done.exit_code == 0
    text = (tmp_path / "pages" / "toy.html").read_text()
    assert "The first trial of each person and task, 24 at most" in text
    assert "knee_angle_r" in text


@pytest.fixture
def far(monkeypatch):
    """The set `toy`, published elsewhere under terms; what `get` was told."""
    info = replace(load("toy").info, origin=Origin(page="https://page.example.org", terms="research only"))
    for module in ("myoshift.datasets.base", "myoshift.datasets.get"):
        monkeypatch.setattr(f"{module}.load", lambda name: SimpleNamespace(info=info))
    told = []

    def get(name, root, *, accepted, progress):
        told.append(accepted)
        return 1

    monkeypatch.setattr("myoshift.datasets.get.get", get)
    return told


def test_get_prints_the_terms_and_passes_consent_on(far, tmp_path):
    done = run("get", "toy", "--data", tmp_path)
    assert "research only" in done.stderr
    assert "https://page.example.org" in done.stderr
    run("get", "toy", "--data", tmp_path, "--accept-terms")
    assert far == [False, True]


def test_get_asks_at_a_terminal(far, tmp_path, monkeypatch):
    monkeypatch.setattr("myoshift.cli.datasets.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    for answer in ("y\n", "n\n"):
        CliRunner().invoke(app, ["get", "toy", "--data", str(tmp_path)], input=answer, catch_exceptions=False)
    assert far == [True, False]


def test_get_all_accepts_no_terms(far, tmp_path, monkeypatch):
    monkeypatch.setattr("myoshift.registry.names", lambda group: ("toy",))
    (tmp_path / "toy").mkdir()
    done = run("get", "--all", "--data", tmp_path)
    assert "toy is left out: name it to get it" in done.stderr
    assert far == []


def test_get_unpacks_an_archive_of_ones_own(far, tmp_path):
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as packed:
        packed.writestr("x/one.csv", "1")
    done = run("get", "toy", "--data", tmp_path, "--archive", tmp_path / "mine.zip")
    assert done.exit_code == 0
    assert (tmp_path / "toy" / "x" / "one.csv").read_text() == "1"
    with pytest.raises(ConfigError, match="one data set"):
        run("get", "toy", "kul-3dpredictsim", "--archive", tmp_path / "mine.zip")
