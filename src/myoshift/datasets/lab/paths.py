"""What the paths of files of one kind have in common: a pattern with placeholders for a draft of `lab.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

RESTING = re.compile(
    r"(?:^|[^a-z])(static|standing|stand|calibration|calib|cal|neutral|tpose)(?![a-z])", re.IGNORECASE
)
"""A word of the names of files in which somebody stands still."""
SESSION = re.compile(r"(?:^|[^a-z])(ses|sess|session|day|visit)(?![a-z])", re.IGNORECASE)
ENTITIES = {"sub": "subject", "ses": "session", "task": "task", "run": "run"}
"""Words of BIDS names that say what the value behind them is."""
PARTS = ("subject", "session", "task", "trial")
NAMED = 3
"""Letters that make a word, as in `walk01`, and no code, as in `S01`."""


def is_standing(path: str) -> bool:
    """Whether the name of a file says that somebody stands still in it."""
    return bool(RESTING.search(PurePosixPath(path).stem))


def pattern(paths: Sequence[str], *, last: str = "trial") -> str:
    """The parts of the paths, with a placeholder where they differ: the first is the subject, the last the trial.

    Words of BIDS (`sub-01`) are placeholders everywhere; what repeats the name of a folder is that placeholder again.

    Parameters
    ----------
    last : what the last part is that differs; empty where there are no trials, but one file for each person
    """
    masked, taken = _entities(paths)
    *folders, files = zip(*(PurePosixPath(path).parts for path in masked), strict=True)
    differ = [k for k, own in enumerate(folders) if len(set(own)) > 1]
    several = len(set(files)) > 1
    called = _names(len(differ) + (several or not last), taken)
    names = {k: "session" if _all(SESSION, folders[k]) else name for k, name in zip(differ, called, strict=False)}
    out = [f"{{{names[k]}}}" if k in names else own[0] for k, own in enumerate(folders)]
    known = {**{name: folders[k] for k, name in names.items()}, **dict.fromkeys(taken, ())}
    return "/".join([*out, _file(files, known) if several else files[0]])


def _entities(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """The paths with a placeholder for each value of BIDS words that all have, and the names of those."""
    masked, taken = list(paths), []
    for key, name in ENTITIES.items():
        value = re.compile(rf"(?<![^/_]){key}-[^/_]+?(?=[/_]|\.[A-Za-z]\w*$|$)")
        if len({len(value.findall(path)) for path in paths}) == 1 and value.search(paths[0]):
            masked = [value.sub(f"{key}-{{{name}}}", path) for path in masked]
            taken.append(name)
    return masked, taken


def _all(word: re.Pattern[str], texts: Sequence[str]) -> bool:
    return all(word.search(text) for text in texts)


def _names(count: int, taken: Iterable[str] = ()) -> list[str]:
    """Names of so many placeholders besides those that are taken."""
    names = {0: [], 1: ["trial"], 2: ["subject", "trial"], 3: ["subject", "task", "trial"]}.get(
        count, ["subject", "session", "task", *(f"part{k}" for k in range(count - 4)), "trial"]
    )
    return [f"{name}_2" if name in taken else name for name in names]


def _file(files: Sequence[str], folders: Mapping[str, Sequence[str]]) -> str:
    """Word by word where all have as many; a word that repeats the name of a folder is that placeholder again."""
    words = [re.split(r"([_ -]+|(?=\.[A-Za-z]\w*$))", file) for file in files]
    if len({len(own) for own in words}) > 1:
        return _shared(files)
    columns = list(zip(*words, strict=True))
    again = {tuple(column): f"{{{name}}}" for name, column in folders.items() if column}
    free = [column for column in columns if len(set(column)) > 1 and column not in again]
    left = [name for name in PARTS if name not in folders]
    names = _names(len(free)) if not folders else left[-len(free) :]
    if len(free) > len(names) or not free:
        return _shared(files)
    again |= {
        column: f"{_word(column) if name == 'trial' else ''}{{{name}}}"
        for column, name in zip(free, names, strict=True)
    }
    return "".join(again.get(column, column[0]) if len(set(column)) > 1 else column[0] for column in columns)


def _word(column: Sequence[str]) -> str:
    """The word that all begin with before a number, as in walk01 and walk02."""
    found = {match[1] if (match := re.match(r"([^\W\d_]+)\d+$", each)) else "" for each in column}
    word = found.pop() if len(found) == 1 else ""
    return word if len(word) >= NAMED else ""


def _shared(files: Sequence[str]) -> str:
    """What the names of files begin and end with, in whole words, and a placeholder between."""
    start = len(re.sub(r"[A-Za-z0-9]+$", "", _common(files)))
    end = len(re.sub(r"^[A-Za-z0-9]+", "", _common([file[start:][::-1] for file in files])[::-1]))
    return f"{files[0][:start]}{{trial}}{files[0][len(files[0]) - end :]}"


def _common(texts: Sequence[str]) -> str:
    same = [len(set(letters)) == 1 for letters in zip(*texts, strict=False)]
    return texts[0][: same.index(False) if False in same else len(same)]
