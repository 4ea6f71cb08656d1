"""Rows of muscles on their way into a file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.errors import ConfigError
from myoshift.types import Array, Array32, Table


class Recorder:
    """Rows on their way into a `.sto`: kept in a nameless file beside it, so that memory does not grow.

    Raises
    ------
    ConfigError
        When the path is a folder.
    OSError
        When its folder cannot be written; said before the first row, not after the last.
    """

    def __init__(self, path: Path, names: tuple[str, ...], rate: float) -> None:
        if path.is_dir():
            raise ConfigError("the output is a folder", where=path, mend="give a name that ends in .sto")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.names, self.rate = path, names, rate
        self._file = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - lives as long as the stream

    def take(self, time: float, row: Array32) -> None:
        """Keep a row; one with NaN is left out, as `predict` does: OpenSim takes it for 0, and drops the rest."""
        if np.isfinite(row).all():
            self._file.write(np.append(time, row).tobytes())

    def write(self, name: str) -> int:
        """Write the table, whole or not at all, and forget the rows; how many there were. None: no file."""
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
        if len(rows):
            formats.write_sto(self.path, table, in_degrees=False, name=name)
        return len(rows)
