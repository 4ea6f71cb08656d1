"""The contests of `make perf` run at a tiny size, with whatever peers are installed; nothing here is about time."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from perf import report
from perf.cases import CASES
from perf.contest import FEWEST, OURS, Contest, Entrant, installed, rows, run

PEERS = {"ezc3d", "opensim", "neurokit2", "h5py", "lightning"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_runs_and_all_give_the_same_answer(case, tmp_path):
    with case.enter(tmp_path, case.tiny) as contest:
        assert next(iter(contest.entrants)) == OURS
        found = list(rows(case, case.tiny, contest, budget=0.0))
    assert [row.entrant for row in found] == list(contest.entrants)
    assert found[0].ratio == 1
    assert all(row.seconds > 0 and row.rounds >= FEWEST for row in found)
    assert set(case.marks) <= {row.entrant for row in found} | PEERS


@pytest.mark.parametrize("peer", sorted(PEERS))
def test_a_peer_that_is_installed_takes_part(peer, tmp_path):
    if not installed(peer):
        pytest.skip(f"{peer} is not installed here; `make perf` installs it")
    entrants = set()
    for case in CASES:
        (tmp_path / case.name).mkdir()
        with case.enter(tmp_path / case.name, case.tiny) as contest:
            entrants |= {name.split()[0] for name in contest.entrants}
    assert peer in entrants


def test_another_answer_than_ours_is_no_contest():
    contest = Contest({OURS: Entrant(lambda: [np.ones(3)]), "wrong": Entrant(lambda: [np.zeros(3)])})
    with pytest.raises(AssertionError, match="wrong differs from ours"):
        run(contest, 0.0)


def test_a_share_of_the_job_counts_as_the_whole(monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr("time.process_time", lambda: next(clock))
    contest = Contest({OURS: Entrant(list), "peer": Entrant(list, share=0.25)})
    assert run(contest, 0.0) == {OURS: [1.0] * FEWEST, "peer": [4.0] * FEWEST}


def test_table_and_plot_are_written(tmp_path):
    case = CASES[1]
    with case.enter(tmp_path, 10) as contest:
        found = list(rows(case, 10, contest, 0.0))
    report.write(tmp_path, found)
    with (tmp_path / "perf.csv").open() as file:
        assert [row["entrant"] for row in csv.DictReader(file)] == [row.entrant for row in found]
    assert "| read .sto | 10 rows | myoshift |" in (tmp_path / "perf.md").read_text()
    assert report.machine() in (tmp_path / "perf.md").read_text()
    assert (tmp_path / "perf.svg").read_text().count("read .sto") >= 1
