"""`myoshift export`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.onnx_models import PROBLEM, WALKS, net
from myoshift.cli.main import app
from myoshift.errors import ConfigError
from myoshift.estimators.ridge import Ridge
from myoshift.models.tcn import TCN

for package in ("onnx", "onnxscript", "onnxruntime"):
    pytest.importorskip(package, reason="the extra `onnx` is not installed")

PROGRAM = Path(sys.executable).with_name("myoshift")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    Ridge(PROBLEM).fit(WALKS).save(folder / "model")
    net(TCN).save(folder / "network")
    return folder


def test_the_file_and_what_it_differs_by_are_printed(desk):
    """By the program itself: nothing of what the exporter says of itself is to be seen."""
    done = subprocess.run(
        [PROGRAM, "export", "--model", "model", "--onnx", "out/ridge.onnx", "--json"],
        cwd=desk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (made,) = json.loads(done.stdout)["files"]
    assert made["file"] == "out/ridge.onnx"
    assert made["size"] == (desk / "out" / "ridge.onnx").stat().st_size
    assert made["difference"] < 1e-5
    assert (made["inputs"], made["outputs"]) == (["motion"], ["sites", "muscles"])
    assert [each.name for each in (desk / "out").iterdir()] == ["ridge.onnx"]


def test_lines_for_people(desk, monkeypatch):
    from myoshift.deploy import onnx

    known = onnx.Exported(
        file="a.onnx", inputs=("motion",), outputs=("sites",), opset=18, size=123456, difference=2.5e-7
    )
    unknown = onnx.Exported(
        file="b.onnx", inputs=("frame",), outputs=("sites",), opset=18, size=5000, difference=None
    )
    monkeypatch.setattr(onnx, "export", lambda *paths: (known, unknown))
    result = CliRunner().invoke(app, ["export", "--model", "m", "--onnx", "a.onnx"])
    assert "a.onnx: motion -> sites, 123 kB, opset 18, differs from the model by 2.5e-07 at most" in result.stdout
    assert "b.onnx: frame -> sites, 5 kB, opset 18\n" in result.stdout
    assert "onnxruntime is not installed" in result.stderr


def test_a_step_of_a_model_that_looks_ahead_is_refused(desk):
    result = CliRunner().invoke(
        app, ["export", "--model", f"{desk}/network", "--onnx", f"{desk}/a.onnx", "--step", f"{desk}/b.onnx"]
    )
    assert isinstance(result.exception, ConfigError)
    assert "causal: true" in str(result.exception)
    assert not (desk / "a.onnx").exists()
