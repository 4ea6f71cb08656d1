"""Kinds of recordings, as a benchmark names them: `walk`, `cerebral_palsy-walk`, `squat_lift@15kg`.

A kind is a task, with the population before a hyphen (healthy people where none is named) and the declared external
load behind an @ (any load where none is named).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from myoshift import registry
from myoshift.errors import ConfigError
from myoshift.types import Recording

_KIND = re.compile(r"(?:(?P<population>\w+)-)?(?P<task>\w+)(?:@(?P<load>\d+(?:\.\d+)?)kg)?")


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


def _is(recording: Recording, kind: str) -> bool:
    wanted = _KIND.fullmatch(kind)
    if wanted is None:
        return False
    load = wanted["load"]
    return (
        recording.task == wanted["task"]
        and recording.population == (wanted["population"] or "healthy")
        and (load is None or recording.external_load == float(load))
    )


def _name(recording: Recording) -> str:
    population = "" if recording.population == "healthy" else f"{recording.population}-"
    load = "" if recording.external_load is None else f"@{recording.external_load:g}kg"
    return f"{population}{recording.task}{load}"
