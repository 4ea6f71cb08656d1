"""The synthetic source of a benchmark: simulated twins of its motions, and virtual laboratories.

Nothing here is a measurement. It enters a cohort beside the recordings, and only a protocol that asks for it learns
from it. Its constants are those of the benchmark's file, hashed before any EMG is scored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from filelock import FileLock

from myoshift import store
from myoshift.bench.sensing import Constants, Sensor
from myoshift.bench.spec import Synthetic, Virtual
from myoshift.errors import DataRefused, IntegrityError
from myoshift.simulate.domain import ROOMS
from myoshift.simulate.labs import MUSCLES
from myoshift.types import Flag, Recording

SIMULATED = ", simulated"
"""Stands behind the institution of what a protocol hands out: its labels are not that laboratory's."""
CODE = "synthetic"
NO_TWIN = "no_twin"
VIRTUAL = "virtual"
"""The data set that virtual laboratories are."""
TOLD = "#objective "


@dataclass(frozen=True)
class Supply:
    """All that can be learned from without a measurement, at the benchmark's rate.

    `twins` are those of the benchmark's recordings, with muscles, for each exponent and floor; `refused` says why a
    recording has none. `virtual` are the recordings of virtual laboratories, with muscles, `sensed` the same as their
    own sensors show them. `published` are those of data sets that somebody else simulated, with muscles.
    """

    twins: Mapping[tuple[float, float], tuple[Recording, ...]] = field(default_factory=dict)
    refused: tuple[tuple[str, str], ...] = ()
    virtual: tuple[Recording, ...] = ()
    sensed: tuple[Recording, ...] = ()
    published: tuple[Recording, ...] = ()


def fixed(spec: Synthetic, sensor: Sensor) -> Constants:
    """The constants of the benchmark's file."""
    return Constants(spec.exponent, spec.floor, spec.co_activation, spec.delay if sensor == "fixed" else 0.0)


def frozen(spec: Synthetic) -> str:
    """Hash of every constant of the synthetic source, and of the code that it comes from."""
    deciding = store.code(*ROOMS, "bench/sensing.py")
    return hashlib.sha256((spec.model_dump_json() + deciding).encode()).hexdigest()[:12]


def supply(spec: Synthetic, recordings: Sequence[Recording], cache_folder: Path, *, tuned: bool) -> Supply:
    """Twins of these recordings, from the cache where they are there, and virtual laboratories.

    Parameters
    ----------
    recordings : as they were prepared, measured ones only
    tuned : whether the twins of every exponent and floor are wanted, and not only the benchmark's own
    """
    wanted = {(spec.exponent, spec.floor)}
    if tuned:
        wanted |= {(exponent, floor) for exponent in spec.exponents for floor in spec.floors}
    found = _twins(recordings, sorted(wanted), cache_folder) if spec.twins and recordings else {}
    refused = tuple(
        (recording.id, flag.message)
        for recording in found.get((spec.exponent, spec.floor), ())
        for flag in recording.flags
        if flag.code == NO_TWIN
    )
    kept = {key: tuple(r for r in each if all(f.code != NO_TWIN for f in r.flags)) for key, each in found.items()}
    drawn = _virtual(spec.virtual, cache_folder) if spec.virtual else ()
    muscles = tuple(recording for recording in drawn if recording.trial.endswith(MUSCLES))
    return Supply(kept, refused, muscles, tuple(r for r in drawn if not r.trial.endswith(MUSCLES)))


def _virtual(spec: Virtual, folder: Path) -> tuple[Recording, ...]:
    """The virtual laboratories: each recording twice, as a sensor shows it and as muscles."""
    from myoshift.simulate import labs
    from myoshift.simulate.randomise import Config

    config = Config.model_validate({"movements": ("walk",), **spec.config, "labels": "both"})
    key = hashlib.sha256(f"{spec.model_dump_json()} {config.model_dump_json()} {code()}".encode()).hexdigest()
    return _kept(folder / f"virtual-{key[:16]}", key, lambda: labs.virtual_labs(spec.subjects, spec.seed, config))


def _twins(
    recordings: Sequence[Recording], wanted: Sequence[tuple[float, float]], folder: Path
) -> dict[tuple[float, float], tuple[Recording, ...]]:
    """For each exponent and floor the twin of every recording; one without a twin stands there and says why."""
    facts = json.dumps([[_facts(recording) for recording in recordings], list(wanted), code()])
    key = hashlib.sha256(facts.encode()).hexdigest()
    flat = _kept(
        folder / f"twins-{key[:16]}",
        key,
        lambda: (_numbered(_twin(r, *each), k) for r in recordings for k, each in enumerate(wanted)),
    )
    return {
        each: tuple(_numbered(r, None) for r in flat if r.session.endswith(f"{TOLD}{k}"))
        for k, each in enumerate(wanted)
    }


def _numbered(recording: Recording, number: int | None) -> Recording:
    """The twin with the number of its objective behind its session, as a store holds several; without it for None."""
    session = recording.session.partition(TOLD)[0]
    return replace(recording, session=session if number is None else f"{session}{TOLD}{number}")


def _kept(place: Path, key: str, make: Callable[[], Iterable[Recording]]) -> tuple[Recording, ...]:
    """What is stored under this key, made first where it is not there; one process makes it, the others wait."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        try:
            return store.read(place, key)
        except IntegrityError:
            store.write(place, tuple(make()), key)
            return store.read(place, key)


def _twin(recording: Recording, exponent: float, floor: float) -> Recording:
    from myoshift.simulate import twins
    from myoshift.simulate.engine import Objective

    try:
        return twins.twin(recording, Objective(exponent=exponent, floor=floor))
    except DataRefused as error:
        return replace(recording.hidden(), kind="simulated", flags=(Flag(NO_TWIN, error.why),))


def _facts(recording: Recording) -> list[object]:
    """What a twin follows from: anything but the measured activations."""
    motion = hashlib.sha256(np.ascontiguousarray(recording.motion).tobytes()).hexdigest()
    body = [recording.mass, recording.height, recording.segment_orientation, recording.external_load]
    return [recording.id, recording.institution, recording.motion_names, motion, recording.rate, *body]


def code() -> str:
    """Hash of the code and the tables of the rooms that make a twin."""
    return store.code(*ROOMS)


def constants(source: Iterable[Recording]) -> list[str]:
    """By which constants the simulated recordings of a source were made, with the hash of the frozen ones."""
    return sorted({flag.message for recording in source for flag in recording.flags if flag.code == CODE})


def handed_out(recording: Recording, constants: str) -> Recording:
    """The recording under an institution of its own, with what it was made by."""
    institution = f"{recording.institution}{SIMULATED}"
    return replace(recording, institution=institution, flags=(*recording.flags, Flag(CODE, constants)))
