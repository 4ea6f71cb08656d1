"""What the paths of a folder have in common: groups of likely the same kind, and a pattern for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

RESTING = re.compile(
    r"(?:^|[^a-z])(static|standing|stand|calibration|calib|cal|neutral|tpose)(?![a-z])", re.IGNORECASE
)
"""A word of the names of files in which somebody stands still."""
SESSION = re.compile(r"(?:^|[^a-z])(ses|sess|session|day|visit)(?![a-z])", re.IGNORECASE)
PARTS = ("subject", "session", "task", "trial")


def groups(paths: Sequence[str], suffixes: Sequence[str]) -> dict[str, list[str]]:
    """Files by pattern: those of one suffix, depth, and last word of their name; standing trials apart."""
    found: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        place = PurePosixPath(path)
        if place.suffix.lower() in suffixes:
            word = re.split(r"[_\W]+", place.stem)[-1]
            kind = "standing" if RESTING.search(place.stem) else word if word.isalpha() else ""
            found.setdefault((str(len(place.parts)), place.suffix.lower(), kind), []).append(path)
    return {pattern(own, last="" if kind == "standing" else "trial"): own for (*_, kind), own in found.items()}


def pattern(paths: Sequence[str], *, last: str = "trial") -> str:
    """The parts of the paths, with a placeholder where they differ: the first is the subject, the last the trial.

    Parameters
    ----------
    last : what the last part is that differs; empty where there are no trials, but one file for each person
    """
    *folders, files = zip(*(PurePosixPath(path).parts for path in paths), strict=True)
    differ = [k for k, own in enumerate(folders) if len(set(own)) > 1]
    several = len(set(files)) > 1
    called = _names(len(differ) + (several or not last))
    names = {k: "session" if _all(SESSION, folders[k]) else name for k, name in zip(differ, called, strict=False)}
    out = [f"{{{names[k]}}}" if k in names else own[0] for k, own in enumerate(folders)]
    return "/".join([*out, _file(files, {name: folders[k] for k, name in names.items()}) if several else files[0]])


def _all(word: re.Pattern[str], texts: Sequence[str]) -> bool:
    return all(word.search(text) for text in texts)


def _names(count: int) -> list[str]:
    return {0: [], 1: ["trial"], 2: ["subject", "trial"], 3: ["subject", "task", "trial"]}.get(
        count, ["subject", "session", "task", *(f"part{k}" for k in range(count - 4)), "trial"]
    )


def _file(files: Sequence[str], folders: Mapping[str, Sequence[str]]) -> str:
    """Word by word where all have as many; a word that repeats the name of a folder is that placeholder again."""
    words = [re.split(r"([_ -]+|(?=\.[A-Za-z]\w*$))", file) for file in files]
    if len({len(own) for own in words}) > 1:
        return _shared(files)
    columns = list(zip(*words, strict=True))
    again = {column: f"{{{name}}}" for name, column in folders.items()}
    free = [column for column in columns if len(set(column)) > 1 and column not in again]
    left = [name for name in PARTS if name not in folders]
    names = _names(len(free)) if not folders else left[-len(free) :]
    if len(free) > len(names) or not free:
        return _shared(files)
    again |= {column: f"{{{name}}}" for column, name in zip(free, names, strict=True)}
    return "".join(again.get(column, column[0]) if len(set(column)) > 1 else column[0] for column in columns)


def _shared(files: Sequence[str]) -> str:
    """What the names of files begin and end with, in whole words, and a placeholder between."""
    start = len(re.sub(r"[A-Za-z0-9]+$", "", _common(files)))
    end = len(re.sub(r"^[A-Za-z0-9]+", "", _common([file[start:][::-1] for file in files])[::-1]))
    return f"{files[0][:start]}{{trial}}{files[0][len(files[0]) - end :]}"


def _common(texts: Sequence[str]) -> str:
    same = [len(set(letters)) == 1 for letters in zip(*texts, strict=False)]
    return texts[0][: same.index(False) if False in same else len(same)]
