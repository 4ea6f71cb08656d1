"""A BDF file (16 channels at 2 kHz, three bytes a sample, records of one second) to an array of microvolts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from miniatures.edf import edf_bytes, signal
from myoshift.formats import read_edf
from perf.contest import OURS, Case, Contest, Entrant, installed

CHANNELS, RATE = 16, 2000


@contextmanager
def enter(folder: Path, megabytes: int) -> Iterator[Contest]:
    """A file of this size."""
    path = folder / "emg.bdf"
    seconds = max(megabytes * 10**6 // (3 * CHANNELS * RATE), 2)
    channels = [signal(k, records=seconds, samples=RATE, width=3) for k in range(CHANNELS)]
    path.write_bytes(edf_bytes(channels, width=3))
    del channels
    entrants = {OURS: Entrant(lambda: (read_edf(path).tables[0].values,))}
    if installed("edfio"):
        entrants["edfio"] = Entrant(lambda: (_edfio(path),))
    if installed("pyedflib"):
        entrants["pyedflib"] = Entrant(lambda: (_pyedflib(path),))
    yield Contest(entrants, tolerance=1e-6)


def _edfio(path: Path) -> np.ndarray:
    import edfio

    return np.stack([each.data for each in edfio.read_bdf(path).signals], axis=1)


def _pyedflib(path: Path) -> np.ndarray:
    import pyedflib

    with pyedflib.EdfReader(str(path)) as file:
        return np.stack([file.readSignal(k) for k in range(CHANNELS)], axis=1)


CASE = Case(
    name="read BDF",
    job="a BDF file (16 channels at 2 kHz, 24 bits) to an array of microvolts",
    unit="MB",
    sizes=(1, 6, 24, 58),
    quick=(1, 6),
    tiny=0,
    enter=enter,
    marked=58,
)
