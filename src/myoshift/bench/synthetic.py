"""The synthetic source of a benchmark: simulated twins of its motions, and virtual laboratories.

Nothing here is a measurement. It enters a cohort beside the recordings, and only a protocol that asks for it learns
from it. Its constants are those of the benchmark's file, hashed before any EMG is scored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

import numpy as np
from filelock import FileLock

from myoshift import __version__, anatomy, store
from myoshift.bench.spec import Synthetic
from myoshift.errors import DataRefused, IntegrityError
from myoshift.types import Flag, Recording

Sensor = Literal["none", "fixed", "drawn"]
ROOMS = ("anatomy", "physiology", "signal", "simulate", "types.py")
"""The code that decides what a twin looks like."""
SIMULATED = ", simulated"
"""Stands behind the institution of what a protocol hands out: its labels are not that laboratory's."""
CODE = "synthetic"
SUFFIX = "-simulated"
"""Stands behind the trial of a twin (`simulate.twins`)."""
NO_TWIN = "no_twin"
VIRTUAL = "virtual"
"""The data set that virtual laboratories are."""


@dataclass(frozen=True)
class Constants:
    """What a simulation is told, and how its sites are turned into EMG.

    `delays` are the seconds by which the EMG of a site (without side) comes earlier; other sites have `delay`.
    """

    exponent: float
    floor: float
    delay: float = 0.0
    delays: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        later = "".join(f", {site} {1000 * seconds:.0f} ms" for site, seconds in self.delays)
        return f"exponent {self.exponent:g}, floor {self.floor:g}, EMG {1000 * self.delay:.0f} ms earlier{later}"


@dataclass(frozen=True)
class Supply:
    """All that can be learned from without a measurement, at the benchmark's rate.

    `twins` are those of the benchmark's recordings, with muscles, for each exponent and floor; `refused` says why a
    recording has none. `virtual` are the recordings of virtual laboratories, with sites.
    """

    twins: Mapping[tuple[float, float], tuple[Recording, ...]] = field(default_factory=dict)
    refused: tuple[tuple[str, str], ...] = ()
    virtual: tuple[Recording, ...] = ()


def fixed(spec: Synthetic, sensor: Sensor) -> Constants:
    """The constants of the benchmark's file."""
    return Constants(spec.exponent, spec.floor, spec.delay if sensor == "fixed" else 0.0)


def frozen(spec: Synthetic) -> str:
    """Hash of every constant of the synthetic source, and of the code that it comes from."""
    return hashlib.sha256((spec.model_dump_json() + code()).encode()).hexdigest()[:12]


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
    found = {each: _twins(recordings, *each, cache_folder) for each in sorted(wanted)} if spec.twins else {}
    refused = tuple(
        (recording.id, flag.message)
        for recording in found.get((spec.exponent, spec.floor), ())
        for flag in recording.flags
        if flag.code == NO_TWIN
    )
    kept = {key: tuple(r for r in each if all(f.code != NO_TWIN for f in r.flags)) for key, each in found.items()}
    return Supply(kept, refused, _virtual(spec))


def _virtual(spec: Synthetic) -> tuple[Recording, ...]:
    return ()


def _twins(recordings: Sequence[Recording], exponent: float, floor: float, folder: Path) -> tuple[Recording, ...]:
    """The twin of every recording; one without a twin stands there without activations and says why."""
    if not recordings:
        return ()
    facts = json.dumps([[_facts(recording) for recording in recordings], exponent, floor, code()])
    key = hashlib.sha256(facts.encode()).hexdigest()
    place = folder / f"twins-{key[:16]}"
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        try:
            return store.read(place, key)
        except IntegrityError:
            store.write(place, [_twin(recording, exponent, floor) for recording in recordings], key)
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


@cache
def code() -> str:
    """Hash of the code and the tables of the rooms that make a twin."""
    total = hashlib.sha256(__version__.encode())
    for room in ROOMS:
        for name, content in _contents(resources.files("myoshift").joinpath(room), room):
            total.update(name.encode() + content)
    return total.hexdigest()


def _contents(place: Traversable, name: str) -> Iterable[tuple[str, bytes]]:
    if place.is_file():
        yield name, place.read_bytes()
        return
    for each in sorted(place.iterdir(), key=lambda item: item.name):
        if not each.name.startswith("__pycache__"):
            yield from _contents(each, f"{name}/{each.name}")


def constants(source: Iterable[Recording]) -> list[str]:
    """By which constants the simulated recordings of a source were made, with the hash of the frozen ones."""
    return sorted({flag.message for recording in source for flag in recording.flags if flag.code == CODE})


def sites(recording: Recording, inputs: Sequence[str], outputs: Sequence[str]) -> Recording:
    """What sites see of a twin's muscles, both legs, by the montage."""
    legs = anatomy.legs(recording, inputs, outputs)
    names = tuple(f"{name}_{leg.side}" for leg in legs for name in outputs)
    empty = np.empty((len(recording.motion), 0), np.float32)
    values = np.concatenate([empty, *(leg.activation for leg in legs)], axis=1)
    return replace(recording, activation=values, activation_names=names)


def sensed(recording: Recording, constants: Constants, seconds: Mapping[str, float] | None = None) -> Recording:
    """The recording's sites as EMG, which comes before the activation.

    Parameters
    ----------
    seconds : by which each channel's EMG is earlier besides what the constants say
    """
    known, more = dict(constants.delays), seconds or {}
    delays = [
        known.get(anatomy.split_side(name)[0], constants.delay) + more.get(name, 0.0)
        for name in recording.activation_names
    ]
    if not any(delays):
        return recording
    import torch

    from myoshift import physiology

    values = torch.tensor(recording.activation)[None]
    early = physiology.advance(values, torch.tensor([delays], dtype=values.dtype), recording.rate)[0].numpy()
    return replace(recording, activation=np.maximum(early, 0.0).astype(np.float32))


def drawn(spec: Synthetic, recording: Recording) -> dict[str, float]:
    """Seconds by which each channel's EMG is earlier: the person's delay of the site, and the laboratory's clock."""

    def site(name: str) -> np.random.Generator:
        return _random(spec.seed, recording.person, name)

    clock = _random(spec.seed, recording.institution).normal(0.0, spec.clock_sd)
    return {
        name: clock + site(anatomy.split_side(name)[0]).normal(spec.delay_mean, spec.delay_sd)
        for name in recording.activation_names
    }


def _random(seed: int, *names: str) -> np.random.Generator:
    """A generator of its own for each name, whatever else is drawn."""
    words = hashlib.sha256("/".join(names).encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(words[:8], "little")])


def handed_out(recording: Recording, constants: str) -> Recording:
    """The recording under an institution of its own, with what it was made by."""
    institution = f"{recording.institution}{SIMULATED}"
    return replace(recording, institution=institution, flags=(*recording.flags, Flag(CODE, constants)))
