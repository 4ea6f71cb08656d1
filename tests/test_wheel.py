"""What `pip install` gets: the wheel holds everything that the program opens, and nothing else."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "myoshift"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this tree, opened."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheel, is not installed")
    if not (ROOT / "pyproject.toml").is_file():
        pytest.skip("no source tree to build a wheel from")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        yield archive


def test_every_file_of_the_package_is_in_it(wheel):
    names = set(wheel.namelist())
    there = {f"myoshift/{path.relative_to(SOURCE).as_posix()}" for path in SOURCE.rglob("*") if path.is_file()}
    assert not {name for name in there - names if "__pycache__" not in name}
    assert "myoshift/predictor/shipped_models/default/model.safetensors" in names
    assert {f"myoshift/bench/specs/{path.name}" for path in (ROOT / "benchmarks").glob("*.yaml")} <= names


def test_nothing_else_is_in_it(wheel):
    roots = {name.partition("/")[0] for name in wheel.namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"myoshift"}
    assert sum(entry.file_size for entry in wheel.infolist()) < 20e6


def test_the_program_and_the_plug_ins_are_announced(wheel):
    (entries,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(entries).decode()
    assert "myoshift = myoshift.cli.main:main" in text
    assert "[myoshift.models]" in text
