"""What the amplitude units of recordings say of how they came about: for the leakage guard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from myoshift.bench.units import by_person
from myoshift.calibration.amplitude import OVER, UNIT, column, unit
from myoshift.types import Recording

CLOSE = 1e-3
"""Relative; a unit that is taken anew from float32 envelopes differs by far less."""
OWN = 1e-6
"""Relative, of units that must be one and the same number."""


def people(recordings: Iterable[Recording]) -> Iterator[list[Recording]]:
    """Recordings with an amplitude unit, person by person, measured and simulated ones apart."""
    scaled = [recording for recording in recordings if recording.reference]
    for kind in ("emg_envelope", "simulated"):
        yield from by_person(recording for recording in scaled if recording.kind == kind)


def units(recording: Recording) -> dict[str, float]:
    """Amplitude unit of every channel that has one."""
    both = zip(recording.activation_names, recording.reference, strict=True)
    return {name: value for name, value in both if np.isfinite(value)}


def alike(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether channels of both have the same unit."""
    return all(abs(one[name] / other[name] - 1) < OWN for name in one.keys() & other.keys())


def over(recording: Recording) -> frozenset[str]:
    """The recordings that the unit is said to be taken over."""
    said = [flag.where for flag in recording.flags if flag.code == UNIT and flag.where]
    return frozenset(name for each in said for name in each.split(OVER))


def pool(own: Sequence[Recording], native: Mapping[str, Recording]) -> tuple[Recording, ...]:
    """The recordings that one person's unit is said to be taken over; none when they are not all at hand."""
    there = {recording.id: recording for recording in own}
    measured = native if own[0].kind == "emg_envelope" else {}
    said = over(own[0]) or frozenset(there)
    found = [measured.get(name, there.get(name)) for name in sorted(said)]
    return tuple(r for r in found if r) if all(found) else ()


def several(recordings: Iterable[Recording]) -> Iterator[tuple[Recording, Recording, str]]:
    """Two recordings of one person and a channel that is in different units in them, or scaled to its own peak."""
    for own in people(recordings):
        seen: dict[str, tuple[float, Recording]] = {}
        for recording in own:
            for name, value in units(recording).items():
                first, where = seen.setdefault(name, (value, recording))
                if abs(value / first - 1) > OWN:
                    yield where, recording, name
        for name in seen:
            measured = [r for r in own if np.isfinite(column(r, name)).any()]
            if len(measured) > 1 and _each_its_own(measured, name):
                yield measured[0], measured[1], name


def _each_its_own(recordings: Sequence[Recording], name: str) -> bool:
    """Whether each recording has 1 as its own 95th percentile, or its own peak, which a common unit does not give.

    A channel that is clipped has one value as both, in any unit.
    """
    ends = np.array([np.nanpercentile(column(recording, name), (95, 100)) for recording in recordings])
    own = (np.abs(ends - 1) < OWN).all(axis=0).any()
    return bool(own and (ends[:, 1] > ends[:, 0] * (1 + CLOSE)).all())


def departures(own: Sequence[Recording], pool: Sequence[Recording]) -> Iterator[tuple[str, float]]:
    """Channels whose unit is not that of the pool, and how many times it is."""
    told = units(own[0])
    native = {name: value for name, value in unit(pool).items() if np.isfinite(value)}
    for name in sorted(told.keys() & native.keys()):
        known = next((units(r).get(name, np.nan) for r in pool if r.reference and name in r.activation_names), 1.0)
        share = told[name] / (native[name] * known)
        if abs(share - 1) > CLOSE:
            yield name, float(share)
