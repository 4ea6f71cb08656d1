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


@pytest.mark.parametrize("verb", [("demo", "--out"), ("list", "sites")])
def test_output_that_cannot_be_written_is_one_message(tmp_path, verb):
    (tmp_path / "taken").write_text("a file")
    with Path("/dev/full" if verb[0] == "list" else tmp_path / "log").open("w") as screen:
        command = [PROGRAM, *verb, *([tmp_path / "taken"] if verb[0] == "demo" else [])]
        done = subprocess.run(command, stdout=screen, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "error: " in done.stderr
    assert "cannot be written" in done.stderr
    assert "To mend:" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "taken").read_text() == "a file"


def test_train_refuses_a_taken_folder_before_it_trains(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    done = run("train", "gait", "-o", tmp_path, "--data", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "thesis.tex" in done.stderr
