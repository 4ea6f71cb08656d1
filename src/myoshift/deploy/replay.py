"""A motion file as if it came now."""

from __future__ import annotations

import time as clocks
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from myoshift.deploy.angles import AngleUnit, read_angles
from myoshift.deploy.channels import Watch, channels
from myoshift.deploy.clocked import Frame
from myoshift.deploy.files import read_motion
from myoshift.types import Array


class Replay:
    """The samples of a motion file, one after another; a `streaming.Source`.

    As `predict` does, the angles are low-passed with zero phase before they are replayed (6 Hz), on the regular grid
    of the file's own rate. `raw` leaves every sample and every time as it is in the file: what a live stream would
    have given.

    Parameters
    ----------
    speed : 1 for the pace of the motion, 2 for twice that, 0 for as fast as possible

    Raises
    ------
    DataRefused
        As `read_motion`.
    """

    watch: Watch | None = None  # the file has been judged whole
    ended = "the file ended"

    def __init__(
        self,
        path: Path,
        *,
        raw: bool = False,
        speed: float = 0.0,
        convention: str = "rajagopal",
        angle_unit: AngleUnit | None = None,
    ) -> None:
        table, convention = read_angles(path, convention, angle_unit)
        recording = read_motion(path, table.rate, convention=convention, angle_unit=angle_unit)
        self.where, self.rate, self.smooth, self.speed = str(path), table.rate, not raw, speed
        self.notes = recording.flags
        self.names = recording.motion_names
        self._time: Array = recording.start + np.arange(len(recording.motion)) / recording.rate
        self._values: Array = recording.motion.astype(float)
        if raw:
            found = channels(table.names, table.units, str(path), convention=convention, angle_unit=angle_unit)
            kept = [found.names.index(name) for name in self.names]
            self._time, self._values = table.time, np.stack([found(row) for row in table.values])[:, kept]
        self._begun = 0.0

    def samples(self) -> Iterator[Frame]:
        """Every sample that holds anything, at the pace of `speed`."""
        self._begun = clocks.perf_counter()
        for time, values in zip(self._time, self._values, strict=True):
            if self.speed and (wait := (time - self._time[0]) / self.speed - self._passed()) > 0:
                clocks.sleep(wait)
            if np.isfinite(values).any():
                yield float(time), values

    def now(self) -> float | None:
        """Seconds on the clock of the file, where it runs at its own pace."""
        return float(self._time[0]) + self._passed() if self.speed == 1 else None

    def _passed(self) -> float:
        return clocks.perf_counter() - self._begun
