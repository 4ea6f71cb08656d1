"""Rows of muscles on their way into a file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.types import Array, Array32, Table


class Recorder:
    """Rows on their way into a `.sto`: kept in a nameless file on disk, so that memory does not grow."""

    def __init__(self, names: tuple[str, ...], rate: float) -> None:
        self.names, self.rate = names, rate
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the stream

    def take(self, time: float, row: Array32) -> None:
        """Keep a row. One that is NaN throughout is left out: OpenSim takes NaN for 0 and drops what comes behind."""
        if np.isfinite(row).any():
            self._file.write(np.append(time, row).tobytes())

    def write(self, path: Path, name: str) -> int:
        """Write the table, whole or not at all, and forget the rows; how many there were."""
        with self._file as file:
            file.seek(0)
            rows: Array = np.frombuffer(file.read(), float).reshape(-1, len(self.names) + 1)
        table = Table(
            values=rows[:, 1:],
            names=self.names,
            units=("1",) * len(self.names),
            rate=self.rate,
            time=rows[:, 0],
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        formats.write_sto(path, table, in_degrees=False, name=name)
        return len(rows)
