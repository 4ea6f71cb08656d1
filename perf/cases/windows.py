"""Random windows of 200 frames and 96 float32 channels, out of the store and out of memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from myoshift import store
from myoshift.types import Recording
from perf.contest import OURS, Case, Contest, Entrant, installed

FRAMES, CHANNELS, DRAWN = 200, 96, 1000


@contextmanager
def enter(folder: Path, megabytes: int) -> Iterator[Contest]:
    """A recording of this size, and a thousand places in it."""
    random = np.random.default_rng(0)
    frames = max(megabytes * 10**6 // (4 * CHANNELS), 2 * FRAMES)
    motion = random.standard_normal((frames, CHANNELS), np.float32)
    store.write(folder / "store", [_recording(motion)], "key")
    (stored,) = store.read(folder / "store")
    starts = random.integers(0, frames - FRAMES, DRAWN)
    entrants = {
        OURS: Entrant(lambda: store.windows(stored.motion, starts, FRAMES)),
        "RAM": Entrant(lambda: _copies(motion, starts)),
    }
    if installed("h5py"):
        import h5py

        with h5py.File(folder / "store.h5", "w") as file:
            file["motion"] = motion
        with h5py.File(folder / "store.h5") as file:
            held = file["motion"]
            yield Contest({**entrants, "h5py": Entrant(lambda: _copies(held, starts))})
    else:
        yield Contest(entrants)


def _copies(array, starts):  # noqa: ANN001, ANN202 - an array, or an HDF5 data set that is sliced like one
    out = np.empty((len(starts), FRAMES, CHANNELS), np.float32)
    for window, start in zip(out, starts.tolist(), strict=True):
        window[:] = array[start : start + FRAMES]
    return out


def _recording(motion: np.ndarray) -> Recording:
    return Recording(
        motion=motion,
        motion_names=tuple(f"channel_{i}" for i in range(CHANNELS)),
        activation=np.empty((len(motion), 0), np.float32),
        activation_names=(),
        rate=100.0,
        dataset="perf",
        domain="perf/healthy-none",
        institution="perf",
        subject="nobody",
        task="none",
        trial="long",
    )


CASE = Case(
    name="store windows",
    job="1000 random windows of 200 frames and 96 float32 channels",
    unit="MB",
    sizes=(10, 100, 400),
    quick=(10, 100),
    tiny=0,
    enter=enter,
    marked=400,
    marks={"RAM": 1 / 1.2},
)
