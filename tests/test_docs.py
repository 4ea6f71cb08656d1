"""Every command and every piece of Python in the documents runs.

They run in order, in one folder that holds what a reader would have: a motion file, and the benchmarks, cut to a few
training steps. `datasets get` downloads from a server on this machine.
"""

from __future__ import annotations

import http.server
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
import yaml

from conftest import write_walk
from datasets.lab.lab_files import laboratory
from simulate.laboratories import write_emg, write_forces, write_loads, write_motion

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).with_name("myoshift")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
KEPT = ("constant", "template", "knn", "ridge", "source_only", "source_delays", "ensemble")
SLOW = {"inputs", "model", "causal", "called"}
"""Methods of the benchmarks that are run here, and what makes a variant of one of them."""
SHORT = {"stanford-matlabso", "opensim-core-moco", "kul-3dpredictsim", "bmc-gait"}
"""Data sets of three laboratories that are read and scored in seconds: enough for the gait of the documents."""
NEEDS_DATA = ("datasets get", "datasets check", "datasets prepare", "--dataset ")


def blocks(document, language):
    return re.findall(rf"^```{language}\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)


COMMANDS = [
    pytest.param(line.removeprefix("$ "), id=f"{document.name}: {line.removeprefix('$ ').partition('#')[0].strip()}")
    for document in DOCUMENTS
    for block in blocks(document, "console")
    for line in block.splitlines()
    if line.startswith("$ ")
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The folder a reader stands in, and the environment there."""
    folder = tmp_path_factory.mktemp("desk")
    write_walk(folder / "walk.mot")
    write_walk(folder / "run.mot")
    write_motion(folder / "gait.mot")
    write_emg(folder / "gait_emg.sto")
    write_forces(folder / "gait_grf.mot")
    write_loads(folder / "gait_loads.xml")
    (folder / "lab.yaml").write_text(laboratory(folder / "lab-files"))
    (folder / "benchmarks").mkdir()
    for path in (ROOT / "benchmarks").glob("*.yaml"):
        spec = yaml.safe_load(path.read_text())
        spec |= {"seeds": 2, "training": {**spec.get("training", {}), "steps": 3}}
        spec["protocols"] = [{"name": "leave_one_domain_out"}]
        spec["methods"] = [
            m for m in spec["methods"] if m["name"] in KEPT and not SLOW & {*m, *m.get("training", {})}
        ]
        here = sorted(SHORT) if os.environ.get("MYOSHIFT_DATA") else ["toy"]
        if here == ["toy"] or set(spec["datasets"]) >= SHORT:
            spec |= {"datasets": here, "conditions": {"level walking": ["walk"]}, "source_tasks": ["walk"]}
        (folder / "benchmarks" / path.name).write_text(yaml.safe_dump(spec))
    shutil.copytree(ROOT / "docs" / "results", folder / "docs" / "results")
    return folder


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """Address of a server that has the upstream files, or None where there are no real recordings."""
    data = os.environ.get("MYOSHIFT_DATA")
    if not data:
        yield None
        return
    from myoshift.datasets.base import manifest

    served = tmp_path_factory.mktemp("upstream")
    for file in (each for each in manifest() if each.upstream_repo):
        target = served / file.upstream_repo / file.upstream_commit / file.upstream_path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(Path(data) / file.dataset / file.path)
    handler = partial(QuietHandler, directory=served)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def environment(desk, mirror):
    own = {"MYOSHIFT_CACHE": str(desk / "cache"), "MYOSHIFT_DATA": str(desk / "data"), "OMP_NUM_THREADS": "1"}
    return {**os.environ, **own} | ({"MYOSHIFT_MIRROR": mirror} if mirror else {})


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command, desk, environment, mirror):
    if mirror is None and any(part in command for part in NEEDS_DATA):
        pytest.skip("real recordings not found: set MYOSHIFT_DATA to a local copy")
    program, *arguments = shlex.split(command, comments=True)
    assert program == "myoshift"
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=desk, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if blocks(d, "python")], ids=lambda d: d.name)
def test_python(document, desk, environment):
    if not (desk / "gait-model").is_dir():
        pytest.fail("the commands before this block did not make the model")
    code = "\n".join(blocks(document, "python"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_documented_verbs_are_those_of_the_program():
    table = (ROOT / "docs" / "commands.md").read_text()
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))
    help_text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    offered = set(re.findall(r"^\W*│\s+([a-z][a-z-]+)\s{2,}\S", help_text, re.MULTILINE))
    assert documented == offered


def test_make_targets_of_the_documents_exist():
    makefile = (ROOT / "Makefile").read_text()
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"^make (\w+)", document.read_text(), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_links_of_the_documents_lead_somewhere():
    for document in [*DOCUMENTS, ROOT / "CONTRIBUTING.md"]:
        for link in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
