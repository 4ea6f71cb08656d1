"""What `doctor` looks at: each thing alone, present, missing and broken."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

from myoshift.cli import examination
from myoshift.cli.examination import Finding, works


def found(check):
    return {finding.name: finding for finding in check()}


def test_only_the_core_decides_whether_it_works():
    fine, lost = Finding("core", "python", "ok", "3.11"), Finding("extras", "viewer", "missing", "")
    assert works((fine, lost))
    assert not works((fine, Finding("core", "numpy", "broken", "")))


def test_a_missing_package_is_named_with_how_to_get_it(monkeypatch):
    version = metadata.version

    def without(name):
        if name in ("scipy", "viser"):
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without)
    assert found(examination._packages)["scipy"] == Finding(
        "core", "scipy", "broken", "not installed", "pip install scipy"
    )
    viewer = found(examination._extras)["viewer"]
    assert (viewer.status, viewer.mend) == ("missing", "pip install 'myoshift[viewer]'")
    assert "viser not installed" in viewer.found
    assert not {"test", "lint", "referee"} & set(found(examination._extras))


def test_an_altered_model_is_broken_and_the_rest_is_still_looked_at(monkeypatch, tmp_path):
    from myoshift.predictor import shipped

    for file in shipped.folder().iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    arrays = tmp_path / "model.safetensors"
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(shipped, "folder", lambda: tmp_path)
    findings = examination.examine()
    (model,) = (finding for finding in findings if finding.name == "shipped model")
    assert model.status == "broken"
    assert "sha256 expected" in model.found
    assert {"core", "extras", "folders", "programs"} == {finding.part for finding in findings}
    assert not works(findings)


def test_folders_are_those_that_the_variables_name(monkeypatch, tmp_path):
    (tmp_path / "data" / "a-set").mkdir(parents=True)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "file").write_bytes(bytes(2_000_000))
    monkeypatch.setenv("MYOSHIFT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path / "cache"))
    folders = found(examination._folders)
    assert folders["data"].found == f"{tmp_path / 'data'} (MYOSHIFT_DATA), 1 folders"
    assert "writable, 2 MB in 1 files" in folders["cache"].found
    monkeypatch.setenv("MYOSHIFT_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path / "none" / "deep"))
    folders = found(examination._folders)
    assert folders["data"].status == "missing"
    assert "not made yet" in folders["cache"].found
    assert not (tmp_path / "none").exists()


def test_a_cache_that_cannot_be_written_is_broken(monkeypatch, tmp_path):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path))
    monkeypatch.setattr(examination, "_unwritable", lambda folder: "Read-only file system")
    cache = found(examination._folders)["cache"]
    assert (cache.status, "MYOSHIFT_CACHE" in cache.mend) == ("broken", True)


def test_large_folders_are_not_counted_to_their_end(monkeypatch, tmp_path):
    for k in range(4):
        (tmp_path / f"{k}").write_text("x")
    monkeypatch.setattr(examination, "MANY", 3)
    assert examination._size(tmp_path).startswith("more than")


def test_a_library_that_does_not_load_is_said_to_be_broken(monkeypatch):
    def broken(name):
        raise RuntimeError("LSL binary library file was not found")

    monkeypatch.setattr(examination, "import_module", broken)
    monkeypatch.setattr(examination, "_version", lambda name: "1.0")
    assert found(examination._lsl)["LSL"].status == "broken"
    monkeypatch.setattr(examination, "_version", lambda name: "")
    assert found(examination._lsl)["LSL"].mend == "pip install 'myoshift[stream]'"


def test_without_a_browser(monkeypatch):
    monkeypatch.setattr(examination.shutil, "which", lambda name: None)
    assert found(examination._browser)["browser"].status == "missing"


@pytest.mark.parametrize("package", ["torch", "numpy"])
def test_a_package_that_cannot_be_imported_is_a_finding_not_a_traceback(package):
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from myoshift.cli.main import main\n"
        "sys.argv = ['myoshift', 'doctor']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode == 1, done.stdout
    assert f"import of {package} halted" in done.stdout
    assert "the core does not work" in done.stdout
