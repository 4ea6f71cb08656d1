"""Kinds of recordings, as a benchmark names them: `walk`, `cerebral_palsy-walk`, `squat_lift@15kg`.

A kind is a task, with the population before a hyphen (healthy people where none is named) and the declared external
load behind an @ (any load where none is named). `*` stands for any task: of a data set with many, named by others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from myoshift import anatomy, registry
from myoshift.errors import ConfigError
from myoshift.types import Recording

ANY = "*"
_KIND = re.compile(r"(?:(?P<population>\w+)-)?(?P<task>\w+|\*)(?:@(?P<load>\d+(?:\.\d+)?)kg)?")


def of_kind(recording: Recording, kinds: Iterable[str]) -> bool:
    """Whether a recording is of one of these kinds."""
    return any(_is(recording, kind) for kind in kinds)


def refuse_malformed(kinds: Iterable[str]) -> None:
    """Raise ConfigError for what is no kind."""
    for kind in kinds:
        if not _KIND.fullmatch(kind):
            raise ConfigError(
                f"{kind!r} names no kind of recording",
                mend="write task, population-task or task@LOADkg (squat_lift@5kg)",
            )


def refuse_absent(kinds: Iterable[str], recordings: Iterable[Recording]) -> None:
    """Refuse a kind that no recording is of; without this, a typo is a condition without rows.

    Raises
    ------
    ConfigError
        The message names the nearest kind that there is.
    """
    there = tuple(recordings)
    for kind in kinds:
        if not any(_is(recording, kind) for recording in there):
            named = sorted({_name(recording) for recording in there})
            error = registry.unknown("kind of recording", kind, named)
            raise ConfigError(error.what, why=error.why, mend=error.mend)


def side(recording: Recording) -> str:
    """`r` or `l` for a recording of one side; empty for one of both, or of none."""
    found = {anatomy.split_side(name)[1] for name in recording.activation_names} - {None}
    return str(*found) if len(found) == 1 else ""


def _is(recording: Recording, kind: str) -> bool:
    wanted = _KIND.fullmatch(kind)
    if wanted is None:
        return False
    load = wanted["load"]
    return (
        wanted["task"] in (recording.task, ANY)
        and recording.population == (wanted["population"] or "healthy")
        and (load is None or recording.external_load == float(load))
    )


def _name(recording: Recording) -> str:
    population = "" if recording.population == "healthy" else f"{recording.population}-"
    load = "" if recording.external_load is None else f"@{recording.external_load:g}kg"
    return f"{population}{recording.task}{load}"
