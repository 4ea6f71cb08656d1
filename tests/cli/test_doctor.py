"""`myoshift doctor`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from myoshift.cli import examination
from myoshift.cli.examination import Finding
from myoshift.cli.main import app


def test_this_installation_works():
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["works"]) == (0, True), result.output
    names = {finding["name"] for finding in found["findings"]}
    assert {"myoshift", "python", "packages", "torch", "shipped model", "data", "cache", "browser", "LSL"} <= names


@pytest.mark.parametrize(("status", "code", "last"), [("ok", 0, "works"), ("broken", 1, "does not work")])
def test_the_exit_code_is_that_of_the_core(monkeypatch, status, code, last):
    findings = (
        Finding("core", "torch", status, "2.13", "" if status == "ok" else "install it again"),
        Finding("programs", "LSL", "missing", "pylsl not installed", "pip install 'myoshift[stream]'"),
    )
    monkeypatch.setattr(examination, "examine", lambda: findings)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == code
    assert "LSL           missing pylsl not installed -> pip install 'myoshift[stream]'" in result.stdout
    assert result.stdout.rstrip().endswith(f"the core {last}")
