"""Every example runs as its first lines say, in a folder with the files that it names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import write_walk
from simulate.laboratories import write_emg, write_motion

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    write_walk(folder / "walk.mot")
    write_motion(folder / "gait.mot")
    write_emg(folder / "gait_emg.sto")
    return folder


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example(example, desk):
    if example.stem == "export_model":
        pytest.importorskip("onnxruntime")
    done = subprocess.run(
        [sys.executable, example],
        cwd=desk,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_its_first_lines_say_how_to_run_it(example):
    assert f"python examples/{example.name}" in example.read_text(encoding="utf-8").split('"""')[1]
