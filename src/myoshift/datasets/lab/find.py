"""Which files make a trial: the patterns of a spec, held against a folder."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from myoshift.datasets.lab import templates
from myoshift.datasets.lab.spec import LabSpec
from myoshift.errors import DataRefused

EXAMPLES = 5
"""Files that a message names."""


@dataclass(frozen=True)
class Entry:
    """The files of one trial (of all cycles of a file), by role, and the values of the placeholders."""

    paths: dict[str, Path]
    values: dict[str, str]


Match = tuple[str, dict[str, str]]


def entries(spec: LabSpec, folder: Path) -> tuple[Entry, ...]:
    """Every trial that the patterns find below a folder, by the path of the file that leads.

    Raises
    ------
    DataRefused
        When the folder is not there, no file matches, a trial lacks a file or has two for one role, a file belongs
        to no trial, or a link leads out of the folder.
    """
    there, found = listing(folder), listing(folder, spec.exclude)
    matches = {r: list(_matches(file.path, there if r == "standing" else found)) for r, file in spec.roles.items()}
    lead = _lead(spec)
    if not matches[lead]:
        raise DataRefused(
            "no file matches the pattern",
            where=folder,
            why=f"`files.{lead}` is {spec.roles[lead].path!r}; there are {_some(found)}",
            mend=f"correct `files.{lead}`",
        )
    _refuse_twice(spec, folder, lead, matches[lead])
    whole = [_entry(spec, folder, lead, match, matches) for match in matches[lead]]
    _refuse_orphans(folder, matches, whole)
    return tuple(entry for each in whole for entry in _each(spec, each))


def listing(folder: Path, exclude: Iterable[str] = ()) -> list[str]:
    """Paths of all files below a folder, with slashes, sorted; without hidden ones and those excluded.

    Raises
    ------
    DataRefused
        When there is no such folder.
    """
    if not folder.is_dir():
        raise DataRefused("there is no such folder", where=folder, mend="name the folder that holds the lab's files")
    found = []
    for place, inner, names in os.walk(folder, followlinks=False):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        found += [Path(place, name).relative_to(folder).as_posix() for name in names if not name.startswith(".")]
    return sorted(path for path in found if not any(fnmatchcase(path, each) for each in exclude))


def confined(folder: Path, path: str) -> Path:
    """The path of a file below the folder; `DataRefused` when a link leads out of it."""
    place = folder / path
    if not place.resolve().is_relative_to(folder.resolve()):
        raise DataRefused(
            "a link leads out of the folder",
            where=place,
            why=f"to {place.resolve()}",
            mend="copy the file into the folder, or add it to `exclude`",
        )
    return place


def _lead(spec: LabSpec) -> str:
    needed = [role for role, file in spec.roles.items() if not file.optional and role != "standing"]
    return needed[0] if needed else next(iter(spec.roles))


def _matches(pattern: str, paths: Iterable[str]) -> Iterator[Match]:
    expression = templates.pattern(pattern)
    for path in paths:
        if match := expression.fullmatch(path):
            yield path, match.groupdict()


def _entry(spec: LabSpec, folder: Path, lead: str, first: Match, matches: Mapping[str, list[Match]]) -> Entry:
    paths, values = {lead: confined(folder, first[0])}, dict(first[1])
    for role, file in spec.roles.items():
        if role == lead:
            continue
        fitting = [each for each in matches[role] if _agree(each[1], values)]
        if not fitting and file.optional:
            continue
        if len(fitting) != 1:
            raise _not_one(folder, role, file.path, first[0], [path for path, _ in fitting])
        ((path, more),) = fitting
        paths[role] = confined(folder, path)
        values |= more
    return Entry({role: paths[role] for role in spec.roles if role in paths}, values)


def _agree(own: Mapping[str, str], values: Mapping[str, str]) -> bool:
    return all(values.get(name, value) == value for name, value in own.items())


def _not_one(folder: Path, role: str, pattern: str, lead: str, paths: list[str]) -> DataRefused:
    if paths:
        return DataRefused(
            f"two files are the {role} of one trial",
            where=folder / lead,
            why=f"`files.{role}` {pattern!r} matches {_some(paths)}",
            mend=f"make `files.{role}` say more, or add one of them to `exclude`",
        )
    return DataRefused(
        f"the {role} of a trial is missing",
        where=folder / lead,
        why=f"no file for it matches `files.{role}` {pattern!r}",
        mend=f"correct the pattern, say `files.{role}.optional: true`, or add the trial to `exclude`",
    )


def _refuse_twice(spec: LabSpec, folder: Path, lead: str, found: list[Match]) -> None:
    """Two files whose placeholders have the same values cannot be told apart."""
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for path, values in found:
        key = tuple(sorted(values.items()))
        if key in seen:
            raise _not_one(folder, lead, spec.roles[lead].path, seen[key], [seen[key], path])
        seen[key] = path


def _refuse_orphans(folder: Path, matches: Mapping[str, list[Match]], found: list[Entry]) -> None:
    used = {path for entry in found for path in entry.paths.values()}
    for role, own in matches.items():
        alone = [path for path, _ in own if folder / path not in used]
        if alone:
            raise DataRefused(
                f"{len(alone)} files match `files.{role}` and belong to no trial",
                where=folder,
                why=_some(alone),
                mend="correct the patterns, or add these files to `exclude`",
            )


def _each(spec: LabSpec, entry: Entry) -> Iterator[Entry]:
    for chosen in itertools.product(*spec.each.values()):
        yield Entry(entry.paths, {**entry.values, **dict(zip(spec.each, chosen, strict=True))})


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - EXAMPLES} more" if len(paths) > EXAMPLES else ""
    return (", ".join(paths[:EXAMPLES]) or "no files") + more
