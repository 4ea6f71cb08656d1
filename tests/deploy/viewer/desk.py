"""Files of one recording, as somebody has them on the desk who wants to look at it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from conftest import write_walk
from myoshift import formats
from myoshift.types import Array, Table

START, SECONDS, RATE = 2.0, 12.0, 50.0
AHEAD = 0.060
"""s by which the EMG comes before the activation."""
PEAKS = {"soleus": 0.48, "gasmed": 0.45, "tibant": 0.05}


def burst(time: Array, peak: float) -> Array:
    return np.exp(3 * (np.cos(2 * np.pi * (time / 1.1 - peak)) - 1))


def write(path: Path, columns: dict[str, Array], time: Array) -> Path:
    values = np.stack(list(columns.values()), axis=1)
    rate = 1 / float(np.median(np.diff(time)))
    units = ("1",) * len(columns)
    formats.write_sto(path, Table(values=values, names=tuple(columns), units=units, rate=rate, time=time))
    return path


def write_activation(path: Path, *, late: float = 0.0, start: float = START, interval: bool = False) -> Path:
    time = start + np.arange(round(SECONDS * RATE)) / RATE
    columns = {f"{name}_{side}": burst(time - late, peak) for name, peak in PEAKS.items() for side in "rl"}
    if interval:
        low, high = 0.9 * columns["soleus_r"], 1.1 * columns["soleus_r"]
        columns |= {"soleus_r_low": low, "soleus_r_high": high}
    return write(path, columns, time)


def write_emg(path: Path, *, start: float = START) -> Path:
    """Envelopes of the right leg, `AHEAD` of the activation; the medial gastrocnemius under the name of its site."""
    time = start + np.arange(round(SECONDS * 100)) / 100
    sites = {"soleus_r": "soleus", "gastrocnemius_medialis_r": "gasmed"}
    return write(path, {site: 0.02 + 0.3 * burst(time + AHEAD, PEAKS[name]) for site, name in sites.items()}, time)


def write_desk(folder: Path) -> Path:
    """`walk.mot`, `activation.sto` with an interval, `other.sto`, `emg.sto`."""
    write_walk(folder / "walk.mot", start=START)
    write_activation(folder / "activation.sto", interval=True)
    write_activation(folder / "other.sto", late=0.1)
    write_emg(folder / "emg.sto")
    return folder
