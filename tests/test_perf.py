"""The contests of `make perf` run at a tiny size, with whatever peers are installed; nothing here is about time."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from perf import report
from perf.cases import CASES, losses, steps
from perf.contest import FEWEST, OURS, Contest, Entrant, installed, rows, run

from myoshift import registry
from myoshift.losses import DISTANCES

PEERS = {name: name for name in ("ezc3d", "opensim", "neurokit2", "h5py", "lightning", "skada")}
PEERS |= {"pytorch-adapt": "pytorch_adapt", "POT": "ot"}
"""What is imported of each peer, by the first word of its entrants."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_runs_and_all_give_the_same_answer(case, tmp_path):
    with case.enter(tmp_path, case.tiny) as contest:
        assert next(iter(contest.entrants)) == OURS
        found = list(rows(case, case.tiny, contest, budget=0.0))
    assert [row.entrant for row in found] == list(contest.entrants)
    assert found[0].ratio == 1
    assert all(row.seconds > 0 and row.rounds >= FEWEST for row in found)
    assert {name.split()[0] for name in case.marks} <= {row.entrant.split()[0] for row in found} | set(PEERS)


@pytest.mark.parametrize("peer", sorted(PEERS))
def test_a_peer_that_is_installed_takes_part(peer, tmp_path):
    if not installed(PEERS[peer]):
        pytest.skip(f"{peer} is not installed here; `make perf` installs it")
    entrants = set()
    for case in CASES:
        (tmp_path / case.name).mkdir()
        with case.enter(tmp_path / case.name, case.tiny) as contest:
            entrants |= {name.split()[0] for name in contest.entrants}
    assert peer in entrants


def test_every_distance_and_every_method_has_a_contest(tmp_path):
    assert {case.name.removeprefix("loss ") for case in losses.CASES} == set(DISTANCES)
    with steps.ALL.enter(tmp_path, 2) as contest:
        assert set(contest.entrants) == {OURS, *registry.names("methods")} - {"source_only"}
    with steps.BOTH.enter(tmp_path, 2) as contest:
        assert "coral" in contest.entrants
        assert not {"vrex", "quantile_map", "adabn"} & set(contest.entrants)


def test_a_cost_above_what_is_promised_is_said_to_be_missed(tmp_path):
    contest = Contest({OURS: Entrant(list), "method": Entrant(lambda: sum(range(10**5)), same=False, most=1.1)})
    found = list(rows(steps.ALL, steps.ALL.marked, contest, 0.0))
    assert "missed (at most 1.1)" in report.line(found[1])


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
    case = next(case for case in CASES if case.name == "read .sto")
    with case.enter(tmp_path, 10) as contest:
        found = list(rows(case, 10, contest, 0.0))
    report.write(tmp_path, found)
    with (tmp_path / "perf.csv").open() as file:
        assert [row["entrant"] for row in csv.DictReader(file)] == [row.entrant for row in found]
    assert "| read .sto | 10 rows | myoshift |" in (tmp_path / "perf.md").read_text()
    assert report.machine() in (tmp_path / "perf.md").read_text()
    assert (tmp_path / "perf.svg").read_text().count("read .sto") >= 1
