"""What is installed, what is missing, and where things lie: what to send along when something does not work.

Every examination answers, whatever is missing or broken on the machine: that is what it is for. So nothing but the
standard library is imported before it is asked for.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Literal

import myoshift

Status = Literal["ok", "missing", "broken"]
CORE = "core"
DEVELOPERS = ("lint", "test", "referee")
"""Extras that only who works on myoshift needs."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MANY = 20_000
"""Files that are counted in a folder; more would keep the user waiting."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    part : `core`, without which nothing runs; `extras`, `folders`, `programs`
    found : version, path or reason
    mend : what to do, where it is not `ok`
    """

    part: str
    name: str
    status: Status
    found: str
    mend: str = ""


def examine() -> tuple[Finding, ...]:
    """Everything, part by part. Nothing is written but a file in the cache folder that is deleted at once."""
    checks: tuple[tuple[str, str, Callable[[], Iterator[Finding]]], ...] = (
        (CORE, "python", _python),
        (CORE, "packages", _packages),
        (CORE, "torch", _torch),
        (CORE, "shipped model", _model),
        ("extras", "extras", _extras),
        ("folders", "folders", _folders),
        ("programs", "browser", _browser),
        ("programs", "LSL", _lsl),
    )
    return tuple(finding for part, name, check in checks for finding in _guarded(part, name, check))


def works(findings: tuple[Finding, ...]) -> bool:
    """Whether the core does; what is only missing of the rest breaks nothing."""
    return all(finding.status == "ok" for finding in findings if finding.part == CORE)


def _guarded(part: str, name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a check finds; what it raises is a finding too."""
    try:
        yield from check()
    except Exception as error:  # a broken installation fails in any way, and the next check must still run
        reason = " ".join(str(error).split()) or "no reason given"
        yield Finding(
            part, name, "broken", f"{type(error).__name__}: {reason}", "install it again, best in a fresh environment"
        )


def _python() -> Iterator[Finding]:
    yield Finding(CORE, "myoshift", "ok", f"{myoshift.__version__}, {Path(myoshift.__file__).parent}")
    fits = sys.version_info >= (3, 11)
    where = f"{platform.python_version()}, {sys.executable}, {platform.platform()}"
    yield Finding(CORE, "python", "ok" if fits else "broken", where, "" if fits else "use Python 3.11 or newer")


def _packages() -> Iterator[Finding]:
    """The packages that myoshift cannot do without, on one line, and each that is missing."""
    needed = [name for name, extra in _required() if not extra]
    there = {name: version for name in needed if (version := _version(name))}
    yield Finding(CORE, "packages", "ok", ", ".join(f"{name} {version}" for name, version in there.items()))
    for name in needed:
        if name not in there:
            yield Finding(CORE, name, "broken", "not installed", f"pip install {name}")


def _torch() -> Iterator[Finding]:
    import torch

    threads = os.environ.get("OMP_NUM_THREADS", "not set")
    build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU build"
    yield Finding(
        CORE,
        "torch",
        "ok",
        f"{torch.__version__}, {build}, {torch.get_num_threads()} threads, OMP_NUM_THREADS {threads}",
    )


def _model() -> Iterator[Finding]:
    """The shipped model, held against its hashes and predicted with."""
    from myoshift.predictor import Predictor, shipped

    predictor = Predictor.load(shipped.folder())
    size = f"{len(predictor.problem.outputs)} outputs at {predictor.problem.rate:g} Hz"
    yield Finding(CORE, "shipped model", "ok", f"{shipped.folder()}, hashes agree, {size}")


def _extras() -> Iterator[Finding]:
    """The packages of each extra that a user may want."""
    required = _required()
    for extra in dict.fromkeys(extra for _, extra in required if extra and extra not in DEVELOPERS):
        own = [name for name, whose in required if whose == extra]
        there = {name: _version(name) for name in own}
        found = ", ".join(f"{name} {version or 'not installed'}" for name, version in there.items())
        if all(there.values()):
            yield Finding("extras", extra, "ok", found)
        else:
            yield Finding("extras", extra, "missing", found, f"pip install 'myoshift[{extra}]'")


def _folders() -> Iterator[Finding]:
    from myoshift.datasets.base import data_root, user_cache

    data, cache = data_root(), user_cache()
    said = "MYOSHIFT_DATA" if os.environ.get("MYOSHIFT_DATA") else "MYOSHIFT_DATA not set"
    if data.is_dir():
        sets = sum(1 for each in data.iterdir() if each.is_dir())
        yield Finding("folders", "data", "ok", f"{data} ({said}), {sets} folders")
    else:
        mend = "`myoshift datasets get NAME` makes it, or name a local copy with MYOSHIFT_DATA"
        yield Finding("folders", "data", "missing", f"{data} ({said})", mend)
    said = "MYOSHIFT_CACHE" if os.environ.get("MYOSHIFT_CACHE") else "MYOSHIFT_CACHE not set"
    near = next(each for each in (cache, *cache.parents) if each.exists())
    reason = _unwritable(near)
    size = _size(cache) if cache.is_dir() else "not made yet"
    free = f"{shutil.disk_usage(near).free / 1e9:.1f} GB free"
    if reason:
        mend = "name a folder that can be written with MYOSHIFT_CACHE"
        yield Finding("folders", "cache", "broken", f"{cache} ({said}): {reason}", mend)
    else:
        yield Finding("folders", "cache", "ok", f"{cache} ({said}), writable, {size}, {free}")


def _browser() -> Iterator[Finding]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        yield Finding("programs", "browser", "ok", found)
    else:
        why = "no Chromium in PATH; pages open in any browser, only pictures of them are not made"
        yield Finding("programs", "browser", "missing", why, "install chromium")


def _lsl() -> Iterator[Finding]:
    if not _version("pylsl"):
        yield Finding("programs", "LSL", "missing", "pylsl not installed", "pip install 'myoshift[stream]'")
        return
    try:
        library = import_module("pylsl")
    except (ImportError, OSError, RuntimeError) as error:
        why = " ".join(str(error).split())[:200]
        yield Finding("programs", "LSL", "broken", f"the library does not load: {why}", "install liblsl")
        return
    yield Finding("programs", "LSL", "ok", f"library {library.library_version()}")


def _required() -> list[tuple[str, str]]:
    """Name of each package that myoshift states to need, and the extra that it belongs to, "" for none."""
    found = []
    for line in metadata.requires("myoshift") or ():
        name, extra = _NAME.match(line), _EXTRA.search(line)
        if name:
            found.append((name[0], extra[1] if extra else ""))
    return found


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _unwritable(folder: Path) -> str:
    """Why nothing can be written there; "" when it can."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _size(folder: Path) -> str:
    """Files of a folder and their bytes; of many, the first."""
    count = total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            if count == MANY:
                return f"more than {total / 1e6:.0f} MB in {MANY} files"
            count += 1
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - as fast as it can be
            except OSError:
                continue
    return f"{total / 1e6:.0f} MB in {count} files"
