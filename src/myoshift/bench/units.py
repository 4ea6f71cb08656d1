"""Amplitude units of the people of a cohort: who is scaled, and over which recordings the unit is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from myoshift.calibration.amplitude import column, scaled, unit
from myoshift.types import Recording

Pool = tuple[Recording, ...]


def by_person(recordings: Iterable[Recording]) -> list[list[Recording]]:
    """The recordings of each person, both sorted by name."""
    ordered = sorted(recordings, key=lambda r: (r.person, r.id))
    return [list(own) for _, own in groupby(ordered, key=lambda r: r.person)]


@dataclass(frozen=True, eq=False)
class Units:
    """Scales recordings and remembers what it made, so that folds share recordings that are alike."""

    of_reference_task: Callable[[Recording], bool]
    _found: dict[Pool, dict[str, float]] = field(default_factory=dict)
    _made: dict[tuple[Recording, Pool, str], Recording] = field(default_factory=dict)

    def scaled(self, own: Iterable[Recording], over: Sequence[Recording], role: str) -> list[Recording]:
        """One person's recordings in the unit of the reference tasks among `over`.

        Of all tasks there, for who did none of the reference tasks. The flag on each recording names the role, the
        tasks, and the recordings that the unit was taken over.
        """
        pool = tuple([r for r in over if self.of_reference_task(r)] or over)
        if pool not in self._found:
            self._found[pool] = unit(pool)
        label, ids = f"{role}: {'+'.join(sorted({r.task for r in pool}))}", [r.id for r in pool]
        keys = [(recording, pool, role) for recording in own]
        for key in keys:
            if key not in self._made:
                self._made[key] = scaled(key[0], self._found[pool], label, ids)
        return [self._made[key] for key in keys]


def without_unit(recording: Recording, native: Recording | None) -> list[str]:
    """Channels that were measured, but not in what gives the unit, so that they are NaN in it."""
    return [
        name
        for name, value in zip(recording.activation_names, recording.reference, strict=True)
        if native and np.isnan(value) and np.isfinite(column(native, name)).any()
    ]
