"""A sample of what `make fuzz` does at length, and that the fuzz itself would see a reader that is careless."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.harness import VERDICTS, alike, judge, run
from fuzz.mutant import mutant
from fuzz.targets import TARGETS, facts
from myoshift import formats
from myoshift.errors import DataRefused

SAMPLE = 200


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    """Cells of the printed table by reader, from a process of its own: the harness counts all memory that it has."""
    command = [sys.executable, "-m", "fuzz", "--number", str(SAMPLE)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    _, *lines = done.stdout.splitlines()
    return {line[:11].strip(): line[11:].split() for line in lines if line}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_reader_crashes_or_is_silently_wrong(target, rows):
    number, *cells = rows[target.name]
    counts = dict(zip(VERDICTS, map(int, cells[: len(VERDICTS)]), strict=True))
    assert sum(counts.values()) == int(number) == SAMPLE
    assert counts["silent"] == counts["crashed"] == 0
    assert counts["same"] > SAMPLE // 20
    assert counts["refused"] > SAMPLE // 20
    assert int(cells[-1]) < 500


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_originals_are_read_as_they_are_said_to_be(target, tmp_path, monkeypatch):
    monkeypatch.setattr("myoshift.formats.mat_child.limit_memory", lambda gigabytes: None)  # this process lives on
    path = tmp_path / f"whole{target.suffix}"
    for original in target.originals:
        path.write_bytes(original.data)
        found = target.read(path)
        assert alike(facts(found), original.facts)
        assert getattr(found, "flags", ()) == ()


def test_a_mutant_of_a_number_is_always_the_same():
    for target in TARGETS:
        assert mutant(target, 17)[1] == mutant(target, 17)[1]


def test_a_careless_reader_is_seen(tmp_path):
    """One that forgets flags, one that stumbles, one that dies."""
    sto = next(target for target in TARGETS if target.name == "sto")
    silent = replace(sto, read=lambda path: replace(formats.read_sto(path), flags=()))
    assert run(silent, range(300)).counts["silent"] > 5
    stumbling = replace(sto, read=lambda path: float(path.read_bytes().split()[-1]))
    assert run(stumbling, range(50)).counts["crashed"] == 50
    dying = replace(sto, read=lambda path: os.kill(os.getpid(), signal.SIGKILL))
    assert run(dying, range(3)).counts["crashed"] == 3
    assert run(replace(dying, dies=True), range(3)).counts["refused"] == 3


def test_a_refusal_that_does_not_name_the_file_counts_as_a_crash(tmp_path):
    def read(path):
        raise formats.DataFormatError("bad", where="somewhere")

    nameless = replace(TARGETS[0], read=read)
    assert judge(nameless, 0, tmp_path / "a.c3d")[0] == "crashed"


CORPUS = sorted((Path(__file__).parent / "fuzz" / "corpus").glob("*.*"))


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_a_case_that_was_found_is_refused_now(case, tmp_path):
    target = next(each for each in TARGETS if each.name.replace(" ", "_") == case.name.partition(".")[0])
    path = tmp_path / f"case{target.suffix}"
    path.write_bytes(case.read_bytes())
    with pytest.raises(DataRefused, match=re.escape(str(path))):
        target.read(path)


def test_every_reader_of_the_registry_is_fuzzed():
    """A reader that is registered must be a target, by itself or under the name of its format."""
    fuzzed = {target.name.partition(" ")[0] for target in TARGETS} | {"mat5", "mat7.3", "text", "pickle", "hdf5"}
    assert set(formats.READERS) <= fuzzed


def test_guided_fuzzing_runs_where_it_installs(tmp_path):
    pytest.importorskip("atheris")
    command = [sys.executable, "-m", "fuzz.coverage", "--reader", "npy", "--seconds", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cases were kept of: no reader" in done.stdout
