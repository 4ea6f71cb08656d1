"""Patterns guessed from the paths of files: which belong together, and what differs between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

ENTITIES = {"sub": "subject", "ses": "session", "task": "task", "run": "run"}
"""Words of BIDS names that say what the value behind them is."""
_TOKEN = re.compile(r"[^/_]+|[/_]")
_ENTITY = re.compile(rf"({'|'.join(ENTITIES)})-(.+)")


def groups(paths: Iterable[str], suffixes: Sequence[str]) -> dict[str, list[str]]:
    """Files that are likely the same kind (of one suffix, depth, and last word of their name), by their pattern."""
    found: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        place = PurePosixPath(path)
        if place.suffix.lower() in suffixes:
            word = re.split(r"[_\W]+", place.stem)[-1]
            kind = word if word.isalpha() else ""
            found.setdefault((str(len(place.parts)), place.suffix.lower(), kind), []).append(path)
    return {pattern(own): own for own in found.values()}


def pattern(paths: Sequence[str]) -> str:
    """The parts of the paths, with a placeholder where they differ: the last is the trial, the first the subject.

    Words between `_` are parts too where all paths have as many of them: what stands in two places, as a subject in
    folder and name, is one placeholder. Else file names differ between their common beginning and end.
    """
    suffix = PurePosixPath(paths[0]).suffix
    tokens = [_TOKEN.findall(path[: len(path) - len(suffix)]) for path in paths]
    places = {tuple(token if token in "/_" else "" for token in row) for row in tokens}
    if len(places) > 1:
        return _by_folder(paths)
    columns = [_column(values) for values in zip(*tokens, strict=True)]
    others = dict.fromkeys(values for key, _, values in columns if not key and len(set(values)) > 1)
    taken = {ENTITIES[key] for key, _, _ in columns if key}
    names = dict(zip(others, (name for name in _names(len(others), taken)), strict=True))
    name_at = max((k for k, (_, _, values) in enumerate(columns) if values[0] == "/"), default=-1)
    folders, out = {values for _, _, values in columns[: name_at + 1]}, []
    for key, start, values in columns:
        if key:
            out.append(f"{start}{{{ENTITIES[key]}}}")
        elif values in names:
            begins = "" if values in folders else _letters(values)
            out.append(f"{begins}{{{names[values]}}}")
        else:
            out.append(values[0])
    return "".join(out) + suffix


def _column(values: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Key of an entity, what stands before its values, and the values; no key where it is none."""
    found = [_ENTITY.fullmatch(value) for value in values]
    keys = {match[1] for match in found if match}
    if len(keys) == 1 and all(found):
        key = keys.pop()
        return key, f"{key}-", tuple(match[2] for match in found if match)
    return "", "", values


def _letters(values: Sequence[str]) -> str:
    """The word that all begin with before a number, as in walk01 and walk02."""
    found = {match[1] if (match := re.match(r"([^\W\d]+)\d", value)) else "" for value in values}
    return found.pop() if len(found) == 1 else ""


def _names(count: int, taken: Iterable[str] = ()) -> Iterator[str]:
    """Names of so many placeholders, without those that are taken."""
    known = {0: [], 1: ["trial"], 2: ["subject", "trial"], 3: ["subject", "task", "trial"]}.get(
        count, ["subject", "session", "task", *(f"part{k}" for k in range(count - 4)), "trial"]
    )
    yield from (name if name not in taken else f"{name}_2" for name in known)


def _by_folder(paths: Sequence[str]) -> str:
    parts = [PurePosixPath(path).parts for path in paths]
    differ = [k for k in range(len(parts[0])) if len({part[k] for part in parts}) > 1]
    names = dict(zip(differ, _names(len(differ)), strict=True))
    last = len(parts[0]) - 1
    out = [f"{{{names[k]}}}" if k in names else part for k, part in enumerate(parts[0])]
    if last in names:
        out[last] = _shared([part[last] for part in parts], names[last])
    return "/".join(out)


def _shared(files: Sequence[str], name: str) -> str:
    """What the names of files begin and end with, and a placeholder between."""
    start = next((k for k, letters in enumerate(zip(*files, strict=False)) if len(set(letters)) > 1), 0)
    ends = [file[start:][::-1] for file in files]
    end = next((k for k, letters in enumerate(zip(*ends, strict=False)) if len(set(letters)) > 1), 0)
    shortest = min(map(len, ends))
    end = min(end, shortest - 1) if end else shortest - 1
    return f"{files[0][:start]}{{{name}}}{files[0][len(files[0]) - end :]}"
