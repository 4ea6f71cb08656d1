from __future__ import annotations

import typer
from typer.testing import CliRunner

from bench.toys import Inline, benchmark
from myoshift.bench import execution, results
from myoshift.bench import spec as specs
from myoshift.cli import demo

app = typer.Typer()
app.command()(demo.command)


def test_the_demo_is_tested_in_virtual_laboratories(tmp_path, monkeypatch):
    """The shipped demo with two people, two steps and the quickest methods, in this process."""
    shipped = specs.read("demo")
    small = shipped.model_copy(
        update={
            "training": {"steps": 2},
            "protocols": shipped.protocols[:1],
            "synthetic": shipped.synthetic.model_copy(update={"virtual": specs.Virtual(subjects=2)}),
            "methods": tuple(m for m in shipped.methods if m.label in {"constant", "ridge", "source_only", "knn"}),
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
    assert set(table["institution"]) == {"virtual-0", "virtual-1", "virtual-2", "virtual-3"}
    assert set(table["condition"]) == {"level walking"}
