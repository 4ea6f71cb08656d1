"""Less of a source: so many labelled seconds of it, taken from all institutions alike."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from myoshift.bench.cohort import labelled, labelled_seconds
from myoshift.bench.spec import Benchmark
from myoshift.types import Recording

CLOSE = 0.1  # s; two amounts that differ by less are the same


def drawn(seed: int, *key: str | int) -> np.random.Generator:
    """Random numbers that follow from a seed and a name alone, on every machine."""
    return np.random.default_rng([seed, *(zlib.crc32(str(part).encode()) for part in key)])


def first_seconds(
    recordings: Sequence[Recording], seconds: float, spec: Benchmark, random: np.random.Generator
) -> tuple[Recording, ...]:
    """Recordings that hold so many labelled seconds, all of them where there are fewer.

    Each institution gives the same, in recordings drawn at random whose last one is cut; what one lacks, those with
    more give.
    """
    own = [[each for each in recordings if each.institution == place] for place in _places(recordings)]
    chosen, left = list[Recording](), seconds
    for number, place in enumerate(sorted(own, key=lambda each: _total(each, spec))):
        taken = _up_to(_shuffled(place, random), left / (len(own) - number), spec)
        left -= _total(taken, spec)
        chosen += taken
    return tuple(sorted(chosen, key=lambda each: each.id))


def _places(recordings: Sequence[Recording]) -> list[str]:
    return sorted({each.institution for each in recordings})


def _total(recordings: Sequence[Recording], spec: Benchmark) -> float:
    return sum(labelled_seconds(each, spec) for each in recordings)


def _shuffled(recordings: Sequence[Recording], random: np.random.Generator) -> list[Recording]:
    ordered = sorted(recordings, key=lambda each: each.id)
    return [ordered[i] for i in random.permutation(len(ordered))]


def _up_to(recordings: Sequence[Recording], seconds: float, spec: Benchmark) -> list[Recording]:
    chosen, left = list[Recording](), round(seconds * spec.rate)
    for recording in recordings:
        if left > 0:
            chosen.append(_cut(recording, left, spec))
            left -= int(labelled(chosen[-1], spec).sum())
    return chosen


def _cut(recording: Recording, frames: int, spec: Benchmark) -> Recording:
    """The recording up to so many labelled frames."""
    there = np.flatnonzero(labelled(recording, spec))
    return recording if len(there) <= frames else recording.window(0, int(there[frames - 1]) + 1)
