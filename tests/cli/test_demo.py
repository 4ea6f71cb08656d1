from __future__ import annotations

import typer
from typer.testing import CliRunner

from bench.toys import Inline, benchmark
from myoshift.bench import execution, results
from myoshift.bench import spec as specs
from myoshift.cli import demo

app = typer.Typer()
app.command()(demo.command)


def test_the_demo_holds_out_the_toy_laboratories(tmp_path, monkeypatch):
    """The shipped demo with two steps and the quickest methods, in this process."""
    shipped = specs.read("demo")
    small = shipped.model_copy(
        update={
            "training": {"steps": 2},
            "protocols": shipped.protocols[:1],
            "methods": tuple(m for m in shipped.methods if m.label in {"constant", "template", "source_only", "knn"}),
            "seeds": 1,
        }
    )
    monkeypatch.setattr(specs, "read", lambda name: small if name == "demo" else benchmark())
    monkeypatch.setattr("myoshift.bench.campaign.processes", lambda workers: Inline)
    assert execution.processes
    result = CliRunner().invoke(app, ["--out", str(tmp_path / "demo")], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    printed = result.output.replace("\n", "")
    for file in ("results.parquet", "report.html"):
        assert str(tmp_path / "demo" / file) in printed
    assert "source_only" in printed
    table = results.read(tmp_path / "demo")
    assert set(table["institution"]) == {"toy-a", "toy-b", "toy-c", "toy-d"}
    assert set(table["condition"]) == {"level walking", "shifted gait"}
