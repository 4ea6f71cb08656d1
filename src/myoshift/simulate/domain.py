"""Virtual laboratories on disk: one store per laboratory in a folder, each there as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from myoshift import store
from myoshift.errors import ConfigError, IntegrityError
from myoshift.formats import write_atomic
from myoshift.simulate.labs import Drawn, SimulatedLab, World, draw_person
from myoshift.simulate.randomise import Config
from myoshift.types import Recording

ROOMS = ("anatomy", "physiology", "signal", "simulate")
"""The code that decides what a twin, or a virtual laboratory, looks like."""
SUMMARY = "drawn.json"


@dataclass(frozen=True, kw_only=True)
class Person:
    """What was drawn for one person; no recordings where every attempt was rejected."""

    laboratory: str
    subject: str
    mass: float
    height: float
    age: float
    recordings: int
    seconds: float
    rejected: tuple[str, ...]
    left_out: tuple[str, ...]


def write_labs(
    folder: Path,
    subjects: int,
    seed: int = 0,
    config: Config | None = None,
    *,
    world: World | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Person, ...]:
    """Draw people and store them, one store `folder/<laboratory>` for each laboratory; finished ones are kept.

    Whoever is stopped goes on where the last whole laboratory ended. Everybody that was drawn stands in
    `<laboratory>/drawn.json`.

    Parameters
    ----------
    folder : made when it is not there
    progress : told the name of each person that is there

    Raises
    ------
    ConfigError
        When the folder holds virtual laboratories of another draw.
    DataRefused
        When the folder cannot be written.
    """
    chosen = config or Config()
    key = _key(subjects, seed, chosen)
    _refuse_others(folder, min(chosen.labs, subjects), key)
    people = list[Person]()
    for lab in range(min(chosen.labs, subjects)):
        place, members = folder / SimulatedLab.called(lab), range(lab, subjects, chosen.labs)
        found = _stored(place, key)
        for person in found:
            progress(person.subject)
        people += found or _write(place, key, members, seed, chosen, world, progress)
    return tuple(people)


def _write(
    place: Path,
    key: str,
    members: range,
    seed: int,
    config: Config,
    world: World | None,
    progress: Callable[[str], None],
) -> list[Person]:
    """Draw one laboratory and store it: the summary first, the recordings with their index last."""
    people, recordings = list[Person](), list[Recording]()
    for index in members:
        drawn = draw_person(index, seed, config, world)
        people.append(_person(drawn))
        recordings += drawn.recordings
        progress(drawn.subject)
    if recordings:
        place.mkdir(parents=True, exist_ok=True)
        write_atomic(place / SUMMARY, json.dumps([asdict(person) for person in people], indent=1).encode())
        store.write(place, recordings, key)
    return people


def _person(drawn: Drawn) -> Person:
    return Person(
        laboratory=drawn.laboratory,
        subject=drawn.subject,
        mass=round(drawn.body.mass, 2),
        height=round(drawn.body.height, 3),
        age=round(drawn.body.age, 1),
        recordings=len(drawn.recordings),
        seconds=round(sum(recording.seconds for recording in drawn.recordings), 2),
        rejected=drawn.rejected,
        left_out=drawn.left_out,
    )


def _stored(place: Path, key: str) -> list[Person]:
    """The people of a laboratory that is there as a whole; nobody otherwise."""
    try:
        store.read(place, key)
        rows: list[dict[str, Any]] = json.loads((place / SUMMARY).read_bytes())
    except (IntegrityError, OSError, ValueError):
        return []
    said = ("rejected", "left_out")
    return [Person(**{**row, **{name: tuple(row[name]) for name in said}}) for row in rows]


def _refuse_others(folder: Path, labs: int, key: str) -> None:
    """Laboratories of two draws side by side would be taken for one."""
    own = {SimulatedLab.called(lab) for lab in range(labs)}
    for index in sorted(folder.glob(f"*/{store.INDEX}")):
        place = index.parent
        try:
            if place.name in own and json.loads(index.read_bytes()).get("key") == key:
                continue
        except (OSError, ValueError):
            pass
        raise ConfigError(
            "the folder holds recordings of another draw",
            where=place,
            why="other people, another seed, configuration or version",
            mend="name another folder, or delete this one",
        )


def _key(subjects: int, seed: int, config: Config) -> str:
    facts = [subjects, seed, config.model_dump_json(), store.code(*ROOMS)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
