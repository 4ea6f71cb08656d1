from __future__ import annotations

import json

import pytest
import typer
import yaml
from typer.testing import CliRunner

from bench.toys import benchmark
from myoshift.bench.runs import run_folder
from myoshift.cli import bench
from myoshift.errors import ConfigError

TOY = {
    "outputs": ["tibialis_anterior", "gastrocnemius"],
    "methods": [{"name": "constant"}, {"name": "template"}],
}

app = typer.Typer()
app.command()(bench.command)


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(benchmark(**TOY).model_dump(mode="json")), encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)


def test_a_benchmark_end_to_end_in_processes(spec, tmp_path):
    result = run(spec, "--out", tmp_path / "out", "--workers", "2")
    assert result.exit_code == 0, result.output
    for file in ("results.parquet", "leaderboard.csv", "report.html"):
        assert (tmp_path / "out" / file).is_file()
        assert file in result.output.replace("\n", "")
    assert (tmp_path / "out" / "cards" / "method-template.html").is_file()
    assert "template" in result.output
    assert "runs done: 8 of 8, failed: 0" in result.output


def test_json_for_programs(spec, tmp_path):
    run(spec, "--out", tmp_path / "out", "--workers", "1")
    result = run(spec, "--out", tmp_path / "out", "--mode", "read-only", "--json")
    summary = json.loads(result.stdout)
    assert (summary["planned"], summary["done"], summary["failed"]) == (8, 8, [])
    assert {row["method"] for row in summary["rows"]} == {"constant", "template"}


def test_failed_runs_are_shown_and_give_exit_code_1(spec, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run(spec, "--out", out, "--mode", "read-only")
    first = json.loads((out / "benchmark.json").read_text())["runs"][0]["run"]
    run_folder(out, first).fail("ValueError: no luck")
    result = run(spec, "--out", out, "--mode", "read-only")
    assert result.exit_code == 1
    assert "ERROR" in result.output.replace("\n", "")


def test_a_bad_benchmark_is_refused(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("nam: x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"unknown key .nam") as caught:
        run(path)
    assert caught.value.exit_code == 2


def test_an_unknown_mode_is_a_usage_error(spec):
    result = run(spec, "--mode", "fast")
    assert result.exit_code == 2


def test_fewer_hours_are_another_benchmark(spec, tmp_path):
    result = run(spec, "--hours", "0.01", "--out", tmp_path / "out", "--mode", "read-only", "--json")
    assert result.exit_code == 0, result.output
    written = json.loads((tmp_path / "out" / "benchmark.json").read_text())["spec"]
    assert (written["name"], written["hours"]) == ("small-0.01h", 0.01)
    with pytest.raises(ConfigError, match="some time"):
        run(spec, "--hours", "0", "--out", tmp_path / "none")


def test_quick_is_another_benchmark(spec, tmp_path):
    result = run(spec, "--quick", "--out", tmp_path / "out", "--mode", "read-only", "--json")
    assert json.loads(result.stdout)["planned"] == 8
    assert json.loads((tmp_path / "out" / "benchmark.json").read_text())["spec"]["name"] == "small-quick"


def test_an_open_cluster_elsewhere_is_refused_before_anything_is_written(spec, tmp_path):
    with pytest.raises(ConfigError, match="--insecure-cluster") as caught:
        run(spec, "--out", tmp_path / "out", "--cluster", "tcp://192.0.2.7:8786")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_there_is_at_least_one_core():
    assert bench.cores() >= 1
