"""Exit codes and help of the program as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("myoshift")


def run(*arguments, cwd=None):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd)


def test_help_lists_every_verb_and_needs_no_torch():
    done = run("--help")
    assert done.returncode == 0
    for verb in ("demo", "inspect", "datasets", "bench", "report", "train", "predict", "list"):
        assert verb in done.stdout


def test_help_imports_nothing_heavy():
    code = "import sys; import myoshift.cli.main; "
    code += "sys.exit(' '.join(m for m in ('torch', 'sklearn', 'matplotlib', 'pandas', 'scipy') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_version():
    assert run("--version").stdout.startswith("myoshift ")


def test_usage_error_exits_2():
    assert run("predict").returncode == 2


@pytest.mark.parametrize("name", ["missing.mot"])
def test_refused_data_exit_3_and_say_what_to_do(tmp_path, name):
    (tmp_path / name).write_text("this is no table\n")
    done = run("inspect", tmp_path / name)
    assert done.returncode == 3
    assert name in done.stderr
    assert "To mend:" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_kind_exits_2_and_names_the_known():
    done = run("list", "muscle")
    assert done.returncode == 2
    assert "muscles" in done.stderr


def test_list_json_is_json():
    import json

    rows = json.loads(run("list", "metrics", "--json").stdout)
    assert "r_best" in {row["name"] for row in rows}
