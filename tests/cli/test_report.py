from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from bench.toys import Inline, benchmark
from myoshift.bench import campaign, committed
from myoshift.cli import report
from myoshift.errors import ConfigError, DataFormatError

app = typer.Typer()
app.command()(report.command)


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)


def test_the_page_is_written_again(tmp_path):
    outcome = campaign.run(benchmark(methods=[{"name": "template"}]), tmp_path / "out", pool=Inline)
    before = outcome.report.read_bytes()
    outcome.report.unlink()
    result = run(tmp_path / "out")
    assert result.exit_code == 0
    assert outcome.report.read_bytes() == before
    assert str(outcome.report) in result.output.replace("\n", "")

    other = tmp_path / "both.html"
    assert run(tmp_path / "out", tmp_path / "out", "--page", other).exit_code == 0
    assert other.read_text(encoding="utf-8").count("<h1>") == 2

    assert run(tmp_path / "out", tmp_path / "out", "--compare").exit_code == 0
    assert "small beside small" in (tmp_path / "out" / "compared.html").read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="two benchmarks"):
        run(tmp_path / "out", "--compare")


def test_differences_are_taken_against_the_method_that_is_named(tmp_path):
    campaign.run(benchmark(methods=[{"name": "template"}, {"name": "constant"}]), tmp_path / "out", pool=Inline)
    said = run(tmp_path / "out", "--markdown", "--against", "constant").output
    assert "difference to constant" in said
    with pytest.raises(ConfigError, match="no method 'knn'"):
        run(tmp_path / "out", "--markdown", "--against", "knn")


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(DataFormatError, match="no benchmark here") as caught:
        run(tmp_path)
    assert caught.value.exit_code == 3


def test_scores_are_published(tmp_path):
    campaign.run(benchmark(methods=[{"name": "template"}]), tmp_path / "out", pool=Inline)
    file = tmp_path / "small.parquet"
    assert str(file) in run(tmp_path / "out", "--publish", file).output.replace("\n", "")
    assert committed.read(file).about["digest"] == benchmark(methods=[{"name": "template"}]).digest
