"""Files of a folder by kind, each kind with a pattern of its paths, for a draft of `lab.yaml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from myoshift.datasets.lab.look import Look
from myoshift.datasets.lab.paths import is_standing, pattern

READ = (".sto", ".mot", ".trc", ".c3d", ".csv", ".tsv", ".txt", ".mat", ".npz", ".h5", ".hdf5", ".parquet", ".edf",
        ".bdf")  # fmt: skip


def kinds(paths: Sequence[str], look: Callable[[str], Look | None]) -> dict[str, tuple[Look, list[str]]]:
    """By pattern, the first readable file of each kind, and all its paths.

    Files of one suffix and depth are of one kind when those that are first of their words (folders and last words
    without digits) play one role with about the same columns: `ik/` and `emg/` are two, `slow` and `fast` are one.
    Standing trials are a kind of their own.
    """
    found: list[tuple[Look, list[str]]] = []
    for own in _by_words(paths):
        seen = next((each for path in own[:2] if (each := look(path)) is not None), None)
        if seen is not None:
            same = next((kind for kind in found if _alike(kind[0], seen)), None)
            same[1].extend(own) if same else found.append((seen, own))
    said = Counter(_pattern(own) for _, own in found)
    out: dict[str, tuple[Look, list[str]]] = {}
    for seen, own in found:
        for part in _by_length(own) if said[_pattern(own)] > 1 else [own]:
            first = seen if seen.path in part else look(part[0])
            if first is not None:
                out.setdefault(_pattern(part), (first, []))[1].extend(sorted(part))
    return out


def _pattern(own: Sequence[str]) -> str:
    return pattern(sorted(own), last="" if is_standing(own[0]) else "trial")


def _by_length(paths: Sequence[str]) -> list[list[str]]:
    """Files by the number of words in their names: their patterns differ where those of all of them do not."""
    groups: dict[int, list[str]] = {}
    for path in paths:
        groups.setdefault(len(_stem(path)), []).append(path)
    return list(groups.values())


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
            last = next(filter(str.isalpha, reversed(_stem(path))), "")
            said = [part if part.isalpha() else "" for part in place.parts[:-1]]
            groups.setdefault((place.suffix.lower(), is_standing(path), *said, last), []).append(path)
    return list(groups.values())


def _stem(path: str) -> list[str]:
    return re.split(r"[_\W]+", PurePosixPath(path).stem)
