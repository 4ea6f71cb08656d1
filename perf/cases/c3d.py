"""A C3D file with markers and EMG (40 points at 100 Hz, 16 channels at 2000 Hz, float32) to arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from formats.c3d_writer import c3d_bytes
from myoshift.formats import read_c3d
from perf.contest import OURS, Case, Contest, Entrant, installed

POINTS, CHANNELS, SUBFRAMES = 40, 16, 20
FRAME = 4 * (4 * POINTS + CHANNELS * SUBFRAMES)


@contextmanager
def enter(folder: Path, megabytes: int) -> Iterator[Contest]:
    """A file of this size, a seventh of one marker missing."""
    path, frames = folder / "trial.c3d", max(megabytes * 10**6 // FRAME, 20)
    random = np.random.default_rng(0)
    points, analogs = random.normal(0, 300, (frames, POINTS, 3)), random.normal(size=(frames * SUBFRAMES, CHANNELS))
    points[::7, 3] = np.nan
    path.write_bytes(c3d_bytes(points, analogs, subframes=SUBFRAMES))
    del points, analogs

    def ours() -> tuple[Any, ...]:
        c3d = read_c3d(path)
        return c3d.points, c3d.analogs

    entrants = {OURS: Entrant(ours)}
    if installed("ezc3d"):
        entrants["ezc3d"] = Entrant(lambda: _ezc3d(path))
    yield Contest(entrants, tolerance=1e-6)


def _ezc3d(path: Path) -> tuple[Any, ...]:
    import ezc3d

    data = ezc3d.c3d(str(path))["data"]
    return data["points"][:3].transpose(2, 1, 0), data["analogs"][0].T


CASE = Case(
    name="read C3D",
    job="a C3D file (40 markers, 16 EMG channels, float32) to arrays",
    unit="MB",
    sizes=(1, 6, 24, 96),
    quick=(1, 6),
    tiny=0,
    enter=enter,
    marked=96,
    marks={"ezc3d": 50},
)
