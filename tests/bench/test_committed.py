from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bench.toys import benchmark, cohort, finish, recordings, with_activation
from myoshift.bench import committed, results
from myoshift.bench.runs import run_folder
from myoshift.errors import DataFormatError, DataRefused

CONTENT = {
    "methods": [{"name": "constant"}, {"name": "template"}, {"name": "source_only"}],
    "protocols": [{"name": "leave_one_domain_out"}, {"name": "few_shot", "settings": {"seconds": 2.0}}],
    "seeds": 2,
}
SPEC = benchmark(**CONTENT)
ANEW = {("leave_one_domain_out", method, 0) for method in ("template", "source_only")}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A benchmark that was run, and its committed scores."""
    out = finish(SPEC, tmp_path_factory.mktemp("made"))
    return out, committed.publish(out, tmp_path_factory.mktemp("docs") / "small.parquet")


def planned(out):
    return json.loads((out / "benchmark.json").read_text())["runs"]


def events(out, run):
    lines = (run_folder(out, run["run"]).path / "log.jsonl").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]


def test_committed_scores_are_six_metrics_with_four_decimals_and_say_what_they_are_of(made):
    out, file = made
    table, about = committed.read(file).table, committed.read(file).about
    whole = results.read(out)
    signs = {metric for metric in whole["metric"] if metric.startswith("sign_")}
    assert set(table["metric"]) == {*committed.METRICS, *signs}
    np.testing.assert_array_equal(table["value"], table["value"].round(4))
    assert len(table) == whole["metric"].isin({*committed.METRICS, *signs}).sum()
    pd.testing.assert_frame_equal(table, table.sort_values(results.ORDER, kind="stable", ignore_index=True))
    plan = json.loads((out / "benchmark.json").read_text())
    assert about == {**{name: plan[name] for name in ("digest", "data", "code", "version")}, "adopted": {}}
    assert about["digest"] == SPEC.digest
    assert committed.publish(out, file.with_name("again.parquet")).read_bytes() == file.read_bytes()


def test_a_benchmark_takes_over_what_is_committed_and_makes_anew_what_is_drawn(made, tmp_path, run_small):
    out, file = made
    outcome = run_small(tmp_path, SPEC, resume=file, page=True)
    assert outcome.failed == ()
    assert outcome.done == outcome.planned == len(planned(out))
    assert "runs taken over from" in outcome.resumed
    sources = {run["run"]: run["source"] for run in planned(tmp_path)}
    for run in planned(tmp_path):
        anew = (run["protocol"], run["method"], run["seed"]) in ANEW
        held = {path.name for path in run_folder(tmp_path, run["run"]).path.iterdir()}
        assert ("curves.parquet" in held) == anew
        assert ("adopted" in events(tmp_path, run)) == (not anew)
        assert (sources[run["run"]] == committed.MADE_HERE) == anew
    told = committed.told(tmp_path)
    assert told["made_anew"] == 6
    assert told["largest"] <= 5.1e-5  # half a unit of the fourth decimal
    assert {run["unlike"] for run in told["reproduced"]} == {0}
    assert sum(told["sources"].values()) == outcome.planned
    page = outcome.report.read_text()
    assert "Of the committed ones 6 were made anew here" in page
    assert "committed scores (code" in page


def test_the_scores_are_those_that_were_committed(made, tmp_path, run_small):
    out, file = made
    run_small(tmp_path, SPEC, resume=file)
    one, two = (results.read(place).set_index([*committed.ROW, "metric"])["value"] for place in (out, tmp_path))
    both = pd.concat([one, two], axis=1, keys=["one", "two"], join="inner").dropna()
    assert len(two) < len(one)  # committed are six metrics
    assert (both["one"] - both["two"]).abs().max() <= 5.1e-5


def test_what_was_taken_over_is_published_under_its_own_name(made, tmp_path, run_small):
    _, file = made
    run_small(tmp_path / "out", SPEC, resume=file)
    again = committed.read(committed.publish(tmp_path / "out", tmp_path / "again.parquet"))
    pd.testing.assert_frame_equal(again.table, committed.read(file).table)
    assert sum(again.about["adopted"].values()) == len(planned(tmp_path / "out")) - 6


def test_a_second_time_nothing_is_done_and_force_makes_everything_anew(made, tmp_path, run_small):
    _, file = made
    once = run_small(tmp_path, SPEC, resume=file).results.read_bytes()
    again = run_small(tmp_path, SPEC, resume=file)
    assert again.results.read_bytes() == once
    assert all(events(tmp_path, run).count("begin") == 1 for run in planned(tmp_path))
    forced = run_small(tmp_path, SPEC, resume=file, mode="force")
    assert {run["source"] for run in planned(tmp_path)} == {committed.MADE_HERE}
    assert forced.done == forced.planned
    assert committed.told(tmp_path)["sources"] == {committed.MADE_HERE: forced.planned}


def test_runs_that_are_done_are_kept(made, tmp_path, run_small):
    _, file = made
    run_small(tmp_path, SPEC)
    run_small(tmp_path, SPEC, resume=file)
    assert {run["source"] for run in planned(tmp_path)} == {committed.MADE_HERE}
    assert committed.told(tmp_path)["made_anew"] == len(planned(tmp_path))


def test_protocols_that_are_said_to_be_stale_are_done_anew(made, tmp_path, run_small):
    _, file = made
    found = committed.read(file)
    stale = committed.write(
        tmp_path / "stale.parquet", found.table, {**found.about, "stale": ["few_shot(seconds=2.0)"]}
    )
    run_small(tmp_path / "out", SPEC, resume=stale)
    anew = {run["protocol"] for run in planned(tmp_path / "out") if run["source"] != committed.MADE_HERE}
    assert anew == {"leave_one_domain_out"}
    assert committed.told(tmp_path / "out")["made_anew"] == 6


def louder():
    first, *others = recordings()
    return (with_activation(first, 2 * first.activation), *others)


@pytest.mark.parametrize(
    ("spec", "found", "why"),
    [
        (benchmark(**CONTENT | {"seeds": 1}), None, "of other benchmark"),
        (SPEC, louder(), "of other recordings"),
    ],
)
def test_scores_of_another_benchmark_or_of_other_data_are_not_taken_over(made, tmp_path, run_small, spec, found, why):
    outcome = run_small(tmp_path, spec, found, resume=made[1])
    assert outcome.resumed.startswith("nothing taken over from")
    assert why in outcome.resumed
    assert {run["source"] for run in planned(tmp_path)} == {committed.MADE_HERE}
    assert committed.told(tmp_path)["refused"] == outcome.resumed


def test_scores_that_do_not_say_what_they_are_of_are_not_taken_over(made, tmp_path, run_small):
    bare = committed.write(tmp_path / "bare.parquet", committed.read(made[1]).table, {})
    outcome = run_small(tmp_path / "out", SPEC, resume=bare)
    assert "does not say of which benchmark" in outcome.resumed


def test_a_changed_score_is_seen(made, tmp_path, run_small):
    found = committed.read(made[1])
    worse = found.table.assign(value=found.table["value"] - 0.25)
    file = committed.write(tmp_path / "worse.parquet", worse, found.about)
    run_small(tmp_path / "out", SPEC, resume=file)
    assert committed.told(tmp_path / "out")["largest"] == pytest.approx(0.25, abs=1e-4)


def test_the_hash_of_the_data_knows_units_and_people_but_not_the_last_bits():
    own = cohort().recordings
    plain = committed.data_digest(own)
    assert committed.data_digest(own[::-1]) == plain
    jitter = tuple(with_activation(r, r.activation * np.float32(1 + 2e-7)) for r in own)
    assert committed.data_digest(jitter) == plain
    simulated = (*own, replace(own[0], kind="simulated", trial="twin"))
    assert committed.data_digest(simulated) == plain
    assert committed.data_digest(louder()) != plain
    assert committed.data_digest(own[1:]) != plain
    assert committed.data_digest((replace(own[0], trial="other"), *own[1:])) != plain


def test_scores_are_found_beside_the_benchmark_of_a_checkout(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "docs" / "results").mkdir(parents=True)
    file = tmp_path / "docs" / "results" / "small.parquet"
    assert committed.beside(tmp_path / "benchmarks" / "small.yaml", "small") is None
    file.touch()
    assert committed.beside(tmp_path / "benchmarks" / "small.yaml", "small") == file
    assert committed.beside(tmp_path / "benchmarks" / "small.yaml", "small-quick") is None


def test_what_is_no_table_of_scores_is_refused(tmp_path):
    with pytest.raises(DataFormatError):
        committed.read(tmp_path / "nothing.parquet")


def test_a_file_that_is_too_large_is_not_written(made, tmp_path, monkeypatch):
    monkeypatch.setattr(committed, "LARGEST", 100)
    with pytest.raises(DataRefused, match="too large"):
        committed.publish(made[0], tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []
