"""Every malicious file through every reader and `Predictor.load`: refused or read inertly, and nothing is touched."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import myoshift
from malicious.payloads import SECRET, WORD, Places, write
from myoshift import formats

SOURCE = Path(myoshift.__file__).parent
HOME = Path(__file__).parent.parent
LIBRARY = tuple(
    {str(Path(each).resolve()) for each in (sys.prefix, sys.base_prefix, SOURCE, HOME, *sys.path) if each}
)
SYSTEM = ("/dev/null", "/proc/", "/sys/", "/etc/localtime", "/usr/share/zoneinfo", "/usr/lib", "/lib", "/etc/ld.so")
BOUGHT = {"exec", "import", "compile", "marshal.loads", "code.__new__"}  # what loading a module takes


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """What happened: rows of (strict, reader, file, verdict, message, events), and events of child processes."""
    home = tmp_path_factory.mktemp("malicious").resolve()
    places = Places(files=home / "files", canary=home / "canary", outside=home / "outside")
    write(places)
    temporary, hooks, log = home / "tmp", home / "hooks", home / "children.jsonl"
    temporary.mkdir()
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(
        f"import sys; sys.path.insert(0, {str(HOME / 'tests')!r})\n"
        f"if any('myoshift' in each for each in sys.orig_argv): "
        f"from malicious import hook; hook.to_file({str(log)!r})\n"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COV_", "MYOSHIFT_"))} | {
        "PYTHONPATH": f"{hooks}:{HOME / 'tests'}",
        "TMPDIR": str(temporary),
        "MYOSHIFT_CACHE": str(home / "cache"),
    }
    report = home / "report.json"
    command = [sys.executable, "-m", "malicious.watch", str(places.files), str(places.outside), str(report)]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    children = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    left = sorted(path.name for path in temporary.iterdir())
    return json.loads(report.read_text()) | {
        "children": children,
        "home": home,
        "left": left,
        "canary": places.canary,
    }


def allowed(path, home):
    """Whether a path is in the folder of the files, the temporary folder, or of Python itself."""
    if not path.startswith("/"):  # a descriptor, or one name in a folder that is being deleted
        return "/" not in path and path != ".."
    if path.startswith(SYSTEM):
        return True
    inside = (f"{home}/files", f"{home}/tmp", f"{home}/hooks", f"{home}/children.jsonl", *LIBRARY)
    return str(Path(path).resolve()).startswith(inside) or path.startswith(inside)


def test_the_canary_is_not_touched(watched):
    assert not watched["canary"].exists()
    assert sorted(path.name for path in watched["home"].iterdir() if path.name != "children.jsonl") == [
        "files", "hooks", "outside", "report.json", "tmp",
    ]  # fmt: skip
    assert watched["left"] == []


def test_every_reader_refuses_or_reads_inertly(watched):
    bad = [row[1:5] for row in watched["rows"] if row[3] not in ("read", "refused")]
    assert not bad, "\n".join(map(str, bad[:10]))


def test_every_reader_of_the_registry_was_tried_on_every_file(watched):
    tried = Counter(row[1] for row in watched["rows"] if not row[0])
    assert len(set(tried.values())) == 1
    files = tried.most_common(1)[0][1]
    assert files > 100
    offered = {name for name in formats.__all__ if name.startswith("read")}
    missing = {kind for kind, reader in formats.READERS.items() if f"READERS[{kind}]" not in tried}
    assert offered <= set(tried)
    assert all(formats.READERS[kind] in [getattr(formats, name) for name in offered] for kind in missing)
    settings = {ast.unparse(node.args[1]) for _, name, node in calls() if name == "read_settings"}
    assert {f"settings {kind}" for kind in settings if kind != "kind"} <= set(tried)
    assert {"predictor", "unpack", "store", "domain", "results", "settings Benchmark"} <= set(tried)


def test_nothing_is_started_but_our_own_readers(watched):
    begun = [event for row in watched["rows"] for event in row[5] if event[0] == "subprocess.Popen"]
    assert begun  # otherwise nothing was watched
    for _, program, command in begun:
        assert program == sys.executable
        assert "'-P', '-m', 'myoshift.formats." in command
    others = ("os.system", "os.exec", "os.spawn", "os.startfile", "pty.", "webbrowser.", "ctypes.dlopen")
    assert not [e for row in watched["rows"] for e in row[5] if e[0].startswith(others) and row[0]]
    asked = [e for e in watched["children"] if e[0].startswith(("subprocess", *others[:4]))]
    assert all(event[2] == "['uname', '-p']" for event in asked), asked[:3]  # `platform`, for scipy


def test_nobody_is_asked_over_the_network(watched):
    events = [*watched["children"], *(event for row in watched["rows"] for event in row[5])]
    assert not [event for event in events if event[0].startswith(("socket.", "urllib.", "http.", "ftplib."))]


def test_nothing_is_unpickled(watched):
    events = [*watched["children"], *(event for row in watched["rows"] for event in row[5])]
    assert not [event for event in events if event[0] == "pickle.find_class"]


def test_nothing_outside_is_opened(watched):
    events = [("a child", event) for event in watched["children"]]
    events += [(row[1:3], event) for row in watched["rows"] for event in row[5]]
    opened = {(str(who), event[1]) for who, event in events if event[0] == "open"}
    assert len(opened) > 100
    assert not sorted(each for each in opened if not allowed(each[1], watched["home"]))[:10]


def test_nothing_is_executed_or_imported_for_a_file(watched):
    """Once all modules are loaded, reading loads none and runs no code but our own."""
    for strict, reader, file, _, _, events in watched["rows"]:
        if strict:
            bought = [e for e in events if e[0] in BOUGHT and not (e[0] == "compile" and "<unknown>" in e)]
            assert not bought, (reader, file, bought[:3])


def test_modules_that_are_loaded_first_are_installed_ones(watched):
    for event in (e for row in watched["rows"] for e in row[5] if e[0] == "exec"):
        assert event[1].startswith(("<", *LIBRARY)), event


def test_memory_is_bounded(watched):
    ours, children = watched["megabytes"]
    assert ours < 1536
    assert children < 1536


def test_the_watch_would_see_it(tmp_path):
    """A careless reader is caught by the canary and by the hook."""
    places = Places(files=tmp_path / "files", canary=tmp_path / "canary", outside=tmp_path / "outside")
    write(places)
    code = (
        "import pickle, json, sys; from malicious import hook; hook.install(); events = hook.begin()\n"
        f"pickle.load(open({str(places.files / 'protocol4.pkl')!r}, 'rb')); hook.end(); print(json.dumps(events))"
    )
    environment = os.environ | {"PYTHONPATH": str(HOME / "tests")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    kinds = {event[0] for event in json.loads(done.stdout)}
    assert places.canary.is_dir()
    assert {"open", "pickle.find_class", "os.mkdir"} <= kinds
    assert WORD in places.words.read_text()
    assert str(SECRET) not in WORD


# --- what the source may not even mention ---------------------------------------------------------------------------

FORBIDDEN = {
    "eval", "exec", "compile", "__import__", "pickle.load", "pickle.loads", "pickle.Unpickler", "joblib.load",
    "torch.load", "pd.read_pickle", "pandas.read_pickle", "os.system", "os.popen", "marshal.loads", "shelve.open",
    "dill.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "shutil.unpack_archive", "tempfile.mktemp",
}  # fmt: skip


@cache
def calls():
    """Every call in the source: where, the dotted name that is called, the call itself."""
    return [
        (path.relative_to(SOURCE).as_posix(), ast.unparse(node.func), node)
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


def keyword(node, name):
    return next((ast.unparse(each.value) for each in node.keywords if each.arg == name), None)


def test_the_source_calls_nothing_that_runs_data():
    assert not [(path, name) for path, name, _ in calls() if name in FORBIDDEN]


def test_numpy_never_unpickles():
    loads = [(path, keyword(node, "allow_pickle")) for path, name, node in calls() if name == "np.load"]
    assert loads
    assert all(allow == "False" for _, allow in loads), loads


def test_yaml_is_read_by_one_loader():
    found = [
        (path, keyword(node, "Loader")) for path, name, node in calls() if name.startswith("yaml.") and "load" in name
    ]
    assert found == [("formats/settings.py", "PlainLoader")]


def test_no_shell_and_no_unverified_server():
    assert not [(path, name) for path, name, node in calls() if keyword(node, "shell") not in (None, "False")]
    assert not [(path, name) for path, name, node in calls() if keyword(node, "verify") == "False"]
    started = {path for path, name, _ in calls() if name.startswith("subprocess.")}
    assert started == {"formats/child.py"}


def test_archives_are_unpacked_in_one_place():
    found = {path for path, name, _ in calls() if name.rpartition(".")[2] in ("extractall", "extract", "extractfile")}
    assert found <= {"formats/archive.py"}
