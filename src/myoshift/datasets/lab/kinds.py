"""Files of a folder by kind, each kind with a pattern of its paths, for a draft of `lab.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from myoshift.datasets.lab.look import Look

READ = (".sto", ".mot", ".trc", ".c3d", ".csv", ".tsv", ".txt", ".mat", ".npz", ".h5", ".hdf5", ".parquet", ".edf",
        ".bdf")  # fmt: skip
BETWEEN = re.compile(r"([_\-. ]+)")


def kinds(paths: Sequence[str], look: Callable[[str], Look | None]) -> dict[str, tuple[Look, list[str]]]:
    """By pattern, the first readable file of each kind, and all its paths.

    Files of one suffix and depth are of one kind when those that are first of their words (folders and ends of names
    without digits) play one role with about the same columns: `ik/` and `emg/` are two, `slow` and `fast` are one.
    """
    found: list[tuple[Look, list[str]]] = []
    for own in _by_words(paths):
        seen = next((each for path in own[:2] if (each := look(path)) is not None), None)
        if seen is not None:
            same = next((kind for kind in found if _alike(kind[0], seen)), None)
            same[1].extend(own) if same else found.append((seen, own))
    out: dict[str, tuple[Look, list[str]]] = {}
    for seen, own in found:
        out.setdefault(pattern(sorted(own)), (seen, []))[1].extend(sorted(own))
    return out


def _alike(one: Look, other: Look) -> bool:
    a, b = (PurePosixPath(each.path) for each in (one, other))
    if (a.suffix.lower(), len(a.parts), one.role) != (b.suffix.lower(), len(b.parts), other.role):
        return False
    mine, its = (set(each.names) | set(each.arrays or ()) for each in (one, other))
    return 2 * len(mine & its) >= len(mine | its)


def pattern(paths: Sequence[str]) -> str:
    """The parts of the paths, with a placeholder where they differ: the last is the trial, the first the subject."""
    parts = [PurePosixPath(path).parts for path in paths]
    folders, files = list(zip(*(part[:-1] for part in parts), strict=True)), [part[-1] for part in parts]
    columns = [*(list(each) for each in folders), *_words(files)]
    names = iter(_names(sum(len(set(column)) > 1 for column in columns)))
    out = [_shared(column, next(names)) if len(set(column)) > 1 else column[0] for column in columns]
    return "/".join([*out[: len(folders)], "".join(out[len(folders) :])])


def _by_words(paths: Sequence[str]) -> list[list[str]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        place = PurePosixPath(path)
        if place.suffix.lower() in READ:
            last = re.split(r"[_\W]+", place.stem)[-1]
            said = [part if part.isalpha() else "" for part in (*place.parts[:-1], last)]
            groups.setdefault((place.suffix.lower(), *said), []).append(path)
    return list(groups.values())


def _words(files: Sequence[str]) -> list[list[str]]:
    """Names of files word by word where all have as many, with what stands between; else whole."""
    split = [BETWEEN.split(file) for file in files]
    marks = {tuple(words[1::2]) for words in split}
    return [list(column) for column in zip(*split, strict=True)] if len(marks) == 1 else [list(files)]


def _names(count: int) -> list[str]:
    return {0: [], 1: ["trial"], 2: ["subject", "trial"], 3: ["subject", "task", "trial"]}.get(
        count, ["subject", "session", "task", *(f"part{k}" for k in range(count - 4)), "trial"]
    )


def _shared(words: Sequence[str], name: str) -> str:
    """What words begin and end with, and a placeholder between; no run of letters and digits is torn."""
    start = _common(words)
    end = _common([word[start:][::-1] for word in words])
    end = min(end, *(len(word) - start - 1 for word in words))
    while start and any(_one_run(word[start - 1 : start + 1]) for word in words):
        start -= 1
    while end and any(_one_run(word[len(word) - end - 1 : len(word) - end + 1]) for word in words):
        end -= 1
    return f"{words[0][:start]}{{{name}}}{words[0][len(words[0]) - end :]}"


def _common(words: Sequence[str]) -> int:
    """How many letters the words begin with in common; never all of one."""
    shared = next((k for k, letters in enumerate(zip(*words, strict=False)) if len(set(letters)) > 1), None)
    return max(min(map(len, words)) - 1, 0) if shared is None else shared


def _one_run(two: str) -> bool:
    return len(two) == 2 and two.isalnum()
