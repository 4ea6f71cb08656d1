"""MATLAB files, read in a child process: a damaged file can crash the parser, but not the caller.

The child (`mat_child`) runs under a limit of time and memory and hands back plain arrays and a JSON tree, no pickle.
Files of v7.3 are HDF5: see `mat73`.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats import child
from myoshift.formats.detect import expect, sniff
from myoshift.formats.mat73 import read_mat73
from myoshift.formats.source import content, named


def read_mat(path: str | Path, *, seconds: float = 60.0, gigabytes: float = 4.0) -> dict[str, Any]:
    """Variables of a MATLAB file of version 5 or 7.3.

    Parameters
    ----------
    seconds, gigabytes : limits of the child process

    Returns
    -------
    dict
        By name. Structs are dicts, struct arrays and cell arrays lists, texts `str`, numbers arrays without their
        dimensions of length one, single numbers `float`, `int` or `bool`.

    Raises
    ------
    DataFormatError
        Not a MATLAB file, damaged, over a limit, or holding objects or function handles; of v7.3 also cells and
        struct arrays.
    """
    with named(path):
        raw = content(path)
        if sniff(raw) == "mat7.3":
            return read_mat73(path, seconds, gigabytes)
        expect(raw, "mat5")
        del raw
        with tempfile.TemporaryDirectory() as folder:
            _run(path, folder, seconds, gigabytes)
            return load(folder)


def load(folder: str) -> dict[str, Any]:
    """The variables that the child left in a folder."""
    tree = json.loads(Path(folder, "tree.json").read_text(encoding="utf-8"))
    with np.load(Path(folder, "arrays.npz"), allow_pickle=False) as arrays:
        return {name: _rebuild(node, arrays) for name, node in tree.items()}


def _run(path: str | Path, folder: str, seconds: float, gigabytes: float) -> None:
    done = child.run("myoshift.formats.mat_child", [str(path), folder, str(gigabytes)], seconds)
    if done.returncode:
        reason = (done.stdout.strip().splitlines() or done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise DataFormatError(
            "the MATLAB file cannot be read", why=reason, mend="save plain arrays, structs and cells with '-v7'"
        )


def _rebuild(node: list[Any], arrays: dict[str, NDArray[Any]]) -> Any:
    kind, value = node
    if kind == "struct":
        return {name: _rebuild(child, arrays) for name, child in value.items()}
    if kind == "list":
        return [_rebuild(child, arrays) for child in value]
    return arrays[value] if kind == "array" else value
