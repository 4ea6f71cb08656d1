from __future__ import annotations

import json

import pytest

from myoshift.bench.runs import MODES, run_folder, wanted


def finished(tmp_path):
    folder = run_folder(tmp_path, "abc")
    folder.begin({"seed": 1})
    folder.scores.write_bytes(b"scores")
    folder.finish()
    return folder


def test_a_finished_run_is_done(tmp_path):
    folder = finished(tmp_path)
    assert folder.state() == "done"
    assert json.loads((folder.path / "config.json").read_text()) == {"seed": 1}


def test_a_run_without_done_does_not_count(tmp_path):
    folder = run_folder(tmp_path, "abc")
    assert folder.state() == "absent"
    folder.begin({})
    folder.scores.write_bytes(b"scores")
    assert folder.state() == "absent"


def test_altered_scores_do_not_count(tmp_path):
    folder = finished(tmp_path)
    folder.scores.write_bytes(b"better scores")
    assert folder.state() == "absent"


def test_a_failed_run_keeps_its_traceback(tmp_path):
    folder = run_folder(tmp_path, "abc")
    folder.begin({})
    folder.fail("Traceback: it broke")
    assert folder.state() == "error"
    assert "it broke" in folder.error()


def test_beginning_again_leaves_nothing_but_the_log(tmp_path):
    folder = finished(tmp_path)
    folder.begin({"seed": 1})
    assert sorted(f.name for f in folder.path.iterdir()) == ["config.json", "log.jsonl"]
    events = [json.loads(line)["event"] for line in (folder.path / "log.jsonl").read_text().splitlines()]
    assert events == ["begin", "done", "begin"]


def test_times_and_hosts_are_in_the_log_alone(tmp_path):
    folder = finished(tmp_path)
    lines = [json.loads(line) for line in (folder.path / "log.jsonl").read_text().splitlines()]
    assert all("time" in line for line in lines)
    assert "host" in lines[0]
    assert "time" not in (folder.path / "config.json").read_text()


def test_a_model_is_adopted_whole(tmp_path):
    model = tmp_path / "models" / "k"
    model.mkdir(parents=True)
    (model / "model.json").write_text("{}")
    folder = run_folder(tmp_path, "abc")
    folder.begin({})
    folder.adopt(model)
    assert (folder.path / "model.json").read_text() == "{}"


@pytest.mark.parametrize(
    ("mode", "states"),
    [
        ("cached", {"absent"}),
        ("retry", {"absent", "error"}),
        ("force", {"absent", "error", "done"}),
        ("read-only", set()),
    ],
)
def test_modes(mode, states):
    assert mode in MODES
    assert {state for state in ("absent", "error", "done") if wanted(state, mode)} == states
