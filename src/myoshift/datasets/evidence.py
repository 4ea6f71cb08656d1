"""A data set as evidence: its trials and files, each read once, and its gait cycles."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import anatomy, formats, signal
from myoshift.datasets.base import Dataset, locate
from myoshift.datasets.motion import canonical
from myoshift.datasets.prepare import prepare
from myoshift.types import Array, Recording, Side, Table, Trial

BINS = 100
"""Steps of a gait cycle."""

SIDES: tuple[Side, ...] = ("r", "l")


class Evidence:
    """What the facts about a data set are held against."""

    def __init__(self, dataset: Dataset, root: Path) -> None:
        self.dataset, self.root = dataset, root
        self._files: dict[str, Any] = {}
        self._cycles: dict[tuple[str, str], Array] = {}
        self._recordings: dict[Trial, Recording] = {}

    @cached_property
    def all(self) -> tuple[Trial, ...]:
        """Every trial of the set."""
        return tuple(self.dataset.trials(self.root))

    def trials(self, pattern: str) -> list[Trial]:
        """The trials whose `<subject>/<task>/<trial>` fits one of the patterns, which blanks separate."""
        names = {f"{trial.subject.id}/{trial.task}/{trial.name}": trial for trial in self.all}
        return [t for name, t in names.items() if any(fnmatch.fnmatchcase(name, each) for each in pattern.split())]

    def recordings(self, pattern: str) -> list[Recording]:
        """What `prepare` makes of the trials that fit."""
        found = self.trials(pattern)
        for trial in found:
            if trial not in self._recordings:
                self._recordings[trial] = prepare(trial)
        return [self._recordings[trial] for trial in found]

    def file(self, path: str) -> Any:
        """What `formats.read` makes of a file of the set."""
        if path not in self._files:
            self._files[path] = formats.read(locate(self.root, self.dataset.info.name, path))
        return self._files[path]

    def cycles(self, pattern: str, name: str) -> Array:
        """Gait cycles (N, 101) of a coordinate in deg or of a site, of both legs when the name has no side.

        They run from a foot strike to the next one of the same foot and last 0.5 to 1.6 s. Of EMG, each cycle of the
        envelope is divided by its own maximum.
        """
        if (pattern, name) not in self._cycles:
            parts = [part for trial in self.trials(pattern) for part in _cycles(trial, name)]
            self._cycles[pattern, name] = np.concatenate([np.empty((0, BINS + 1)), *parts])
        return self._cycles[pattern, name]

    def mean(self, pattern: str, name: str) -> Array:
        """The mean gait cycle (101,), cycles with missing samples left out."""
        cycles = self.cycles(pattern, name)
        return np.asarray(cycles[np.isfinite(cycles).all(axis=1)].mean(axis=0))


def _cycles(trial: Trial, name: str) -> Iterator[Array]:
    """Cycles (n, 101) of each leg of a trial in which the name was measured."""
    base, side = anatomy.split_side(name)
    for leg in (side,) if side else SIDES:
        strikes = np.array([e.time for e in trial.events if (e.name, e.side) == ("foot_strike", leg)])
        angle, envelope = _angle(trial, f"{base}_{leg}"), _envelope(trial, f"{base}_{leg}")
        if angle:
            yield signal.cycles(angle.values, angle.time, strikes, points=BINS + 1)[:, :, 0]
        if envelope:
            shapes = signal.cycles(envelope.values, envelope.time, strikes, points=BINS + 1)[:, :, 0]
            yield shapes / shapes.max(axis=1, keepdims=True)


def _angle(trial: Trial, name: str) -> Table | None:
    """One coordinate in deg."""
    table, _ = canonical(trial, ())
    if name not in table.names:
        return None
    return replace(table.select((name,)), values=np.degrees(table.column(name))[:, None], units=("deg",))


def _envelope(trial: Trial, site: str) -> Table | None:
    """The envelope of one site, whatever a verdict says of the channel."""
    channels = tuple(channel for channel, there in trial.sites.items() if there == site)
    if trial.emg is None or not channels:
        return None
    table = trial.emg.select(channels)
    raw = trial.emg_kind == "raw"
    return replace(table, values=signal.envelope(table.values, table.rate)) if raw else table
