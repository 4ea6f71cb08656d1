"""Files of a folder by kind, each kind with a pattern of its paths, for a draft of `lab.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from myoshift.datasets.lab.look import Look
from myoshift.datasets.lab.paths import is_standing, pattern

READ = (".sto", ".mot", ".trc", ".c3d", ".csv", ".tsv", ".txt", ".mat", ".npz", ".h5", ".hdf5", ".parquet", ".edf",
        ".bdf")  # fmt: skip


def kinds(paths: Sequence[str], look: Callable[[str], Look | None]) -> dict[str, tuple[Look, list[str]]]:
    """By pattern, the first readable file of each kind, and all its paths.

    Files of one suffix and depth are of one kind when those that are first of their words (folders and ends of names
    without digits) play one role with about the same columns: `ik/` and `emg/` are two, `slow` and `fast` are one.
    Standing trials are a kind of their own.
    """
    found: list[tuple[Look, list[str]]] = []
    for own in _by_words(paths):
        seen = next((each for path in own[:2] if (each := look(path)) is not None), None)
        if seen is not None:
            same = next((kind for kind in found if _alike(kind[0], seen)), None)
            same[1].extend(own) if same else found.append((seen, own))
    out: dict[str, tuple[Look, list[str]]] = {}
    for seen, own in found:
        said = pattern(sorted(own), last="" if is_standing(seen.path) else "trial")
        out.setdefault(said, (seen, []))[1].extend(sorted(own))
    return out


def _alike(one: Look, other: Look) -> bool:
    a, b = (
        (PurePosixPath(each.path).suffix.lower(), each.path.count("/"), each.role, is_standing(each.path))
        for each in (one, other)
    )
    mine, its = set(one.holds), set(other.holds)
    return a == b and 2 * len(mine & its) >= len(mine | its)


def _by_words(paths: Sequence[str]) -> list[list[str]]:
    groups: dict[tuple[object, ...], list[str]] = {}
    for path in paths:
        place = PurePosixPath(path)
        if place.suffix.lower() in READ:
            last = re.split(r"[_\W]+", place.stem)[-1]
            said = [part if part.isalpha() else "" for part in (*place.parts[:-1], last)]
            groups.setdefault((place.suffix.lower(), is_standing(path), *said), []).append(path)
    return list(groups.values())
