"""`python -m malicious.watch FILES OUTSIDE REPORT`: read every file with every reader, and note all that happens.

An audit hook sees what Python opens, imports, executes and starts, in this process and (by `sitecustomize`) in its
children. Every pair is read twice: the first time modules may still be loaded, the second time nothing may.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import traceback
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from malicious import hook
from malicious.payloads import SECRET, WORD
from myoshift import formats, store
from myoshift.bench import results
from myoshift.bench.spec import Benchmark
from myoshift.datasets import domains
from myoshift.datasets.lab.spec import LabSpec
from myoshift.datasets.lab.spec import read as read_spec
from myoshift.datasets.mia_sides import Settings
from myoshift.errors import MyoshiftError
from myoshift.formats.settings import read_settings
from myoshift.formats.xml import read_xml
from myoshift.predictor import Predictor
from myoshift.simulate.external_loads import read_loads
from myoshift.simulate.fit.function_paths import read_function_paths
from myoshift.simulate.randomise import Config

GIVEN = {"read_mint": {"muscles": ("LU_soleus_l", "LU_soleus_r")}}
"""What readers must be told that do without nothing."""


def readers():
    """Every reader by name: those of the registry, all that formats offer, and what reads settings and folders."""
    found = {f"READERS[{kind}]": reader for kind, reader in formats.READERS.items()}
    named = {name: getattr(formats, name) for name in formats.__all__ if name.startswith("read")}
    found = {name: reader for name, reader in found.items() if reader not in named.values()} | named
    found |= {name: partial(found[name], **given) for name, given in GIVEN.items() if name in found}
    for kind in (Benchmark, Config, LabSpec, Settings):
        found[f"settings {kind.__name__}"] = lambda path, kind=kind: read_settings(path, kind)
    return found | {
        "detect": formats.detect,
        "hash_file": formats.hash_file,
        "lab": read_spec,
        "xml": lambda path: read_xml(path, "a document"),
        "external loads": lambda path: read_loads(path, ("a",), "a.mot"),
        "function paths": read_function_paths,
        "results": results.read,
        "predictor": Predictor.load,
        "store": store.read,
        "domain": domains.domain,
        "unpack": unpack,
    }


def unpack(path):
    folder = Path(tempfile.mkdtemp(), "out")
    try:
        return formats.unpack(path, folder)
    finally:
        shutil.rmtree(folder.parent)


def holds(value, depth=0):
    """Whether the secret is in what a reader gave."""
    if depth > 6:
        return False
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiu" and bool((value == SECRET).any())
    if isinstance(value, pd.DataFrame):
        return holds(value.to_numpy(), depth + 1)
    if isinstance(value, str):
        return WORD in value
    if isinstance(value, dict):
        return any(holds(each, depth + 1) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple):
        return any(holds(each, depth + 1) for each in value[:1000])
    if hasattr(value, "iter") and hasattr(value, "text"):
        return any(holds(node.text, depth + 1) for node in value.iter())
    if dataclasses.is_dataclass(value):
        return any(holds(getattr(value, field.name), depth + 1) for field in dataclasses.fields(value))
    return isinstance(value, float) and value == SECRET


def outcome(read, path):
    """What became of one reading: read, refused, leaked or crashed, and the end of what it said."""
    try:
        found = read(path)
    except MyoshiftError as error:
        return ("leaked" if WORD in str(error) or str(SECRET) in str(error) else "refused"), str(error)[:300]
    except BaseException:
        return "crashed", traceback.format_exc(limit=-4)
    return ("leaked" if holds(found) else "read"), type(found).__name__


def main(files, outside, report):
    warnings.simplefilter("ignore")
    hook.install()
    rows, started = [], set()
    paths = sorted(
        path
        for path in files.rglob("*")
        if not path.is_symlink() and (path.is_file() or path.suffix in (".model", ".store"))
    )
    for strict in (False, True):
        for name, read in readers().items():
            for path in paths:
                if (name, path) in started:
                    continue
                events = hook.begin()
                verdict, said = outcome(read, path)
                hook.end()
                rows.append([strict, name, str(path.relative_to(files)), verdict, said, list(events)])
                if any(event[0] == "subprocess.Popen" for event in events):
                    started.add((name, path))
    usage = [peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]
    Path(report).write_text(json.dumps({"rows": rows, "megabytes": usage}))


def peak() -> int:
    """Megabytes of this program at most; what the kernel counts for a process begins with those of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) // 1024


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
    os._exit(0)
