"""A small emg2pose: files and table as they are published, generated, with a shift that is known.

Every hand moves by smooth random angles of its own, only some of them large in each stage. Six sources around the
wrist answer to the angles alike in everybody; an electrode sees those that are near. What shifts: the band sits
`rotation` electrodes further in one session than in another, and each user's EMG is stronger by a gain.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
from scipy.signal import butter, sosfilt

RATE = 2000.0
TYPE = np.dtype([("time", "<f8"), ("joint_angles", "<f8", (20,)), ("emg", "<f4", (16,))])
COLUMNS = (
    *("session", "user", "stage", "start", "end", "side", "filename"),
    *("moving_hand", "held_out_user", "held_out_stage", "split", "generalization"),
)
SOURCES = 6
BAND = butter(1, [40.0, 180.0], "bandpass", fs=RATE, output="sos")  # of surface EMG, high-passed


@dataclass
class Corpus:
    """What was written, and what was planted: the rotation of each session's band, the gain of each user."""

    rotations: dict[str, int] = field(default_factory=dict)
    gains: dict[str, float] = field(default_factory=dict)
    rows: list[dict[str, object]] = field(default_factory=list)


def write(
    root: Path,
    *,
    users: int = 3,
    sessions: int = 2,
    stages: tuple[str, ...] = ("FistMaking", "Finger counting", "Free style"),
    sides: tuple[str, ...] = ("left", "right"),
    seconds: float = 6.0,
    turns: tuple[int, ...] = (0, 2),
    unsolved: tuple[float, float] | None = None,
    seed: int = 0,
) -> Corpus:
    """Write `root / emg2pose`: files and `metadata.csv`. `unsolved` is when (s) no hand was found in any file.

    In the k-th session of everybody the band sits `turns[k]` places further. The last user and the last stage are
    held out for testing.
    """
    folder, corpus = root / "emg2pose", Corpus()
    folder.mkdir(parents=True)
    for u in range(users):
        user = f"user{u:02d}"
        corpus.gains[user] = 1.0 + 2.0 * u
        for s in range(sessions):
            session = f"2023-01-0{s + 1}-{user}-recording"
            corpus.rotations[session] = turns[s % len(turns)]
            for stage in stages:
                for side in sides:
                    held = (u == users - 1, stage == stages[-1] and len(stages) > 1)
                    row = _row(session, user, stage, side, held, len(corpus.rows))
                    random = np.random.default_rng([seed, len(corpus.rows)])
                    turned, gain = corpus.rotations[session], corpus.gains[user]
                    samples = record(random, stages.index(stage), seconds, turned, gain, unsolved)
                    write_file(folder / f"{row['filename']}.hdf5", row, samples)
                    corpus.rows.append(row)
    write_table(folder, corpus.rows)
    return corpus


def _row(session, user, stage, side, held, number):
    kind = {(False, False): "", (True, False): "user", (False, True): "stage", (True, True): "user_stage"}[held]
    start = 1.67e9 + 100 * number
    values = (session, user, stage, start, start + 60, side, f"{session}-{number:03d}_{side}")
    return dict(zip(COLUMNS, (*values, True, *held, "test" if kind else "train", kind), strict=True))


def write_table(folder: Path, rows: list[dict[str, object]]) -> None:
    """The table of the splits."""
    with (folder / "metadata.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def write_file(path: Path, row: dict[str, object], samples: np.ndarray) -> None:
    """One recording with its attributes."""
    samples["time"] += row["start"]
    with h5py.File(path, "w") as file:
        group = file.create_group("emg2pose")
        group.attrs.update({k: row[k] for k in ("filename", "session", "stage", "user", "side", "start", "end")})
        group.attrs.update({"sample_rate": RATE, "num_channels": 16})
        group.create_dataset("timeseries", data=samples)


def record(random, stage, seconds, rotation, gain, unsolved=None):
    """Rows of one recording."""
    rows = round(seconds * RATE)
    found = np.zeros(rows, TYPE)
    found["time"] = np.arange(rows) / RATE
    angles = moving(random, stage, seconds)
    carrier = sosfilt(BAND, random.standard_normal((rows, 16)), axis=0)
    found["joint_angles"] = angles
    found["emg"] = gain * 30.0 * np.roll(activity(angles), rotation, axis=1) * carrier
    if unsolved:
        found["joint_angles"][round(unsolved[0] * RATE) : round(unsolved[1] * RATE)] = 0.0
    return found


def moving(random, stage, seconds):
    """Angles (T, 20): three slow sines each, every third angle of the stage's own larger than the others."""
    time = np.arange(round(seconds * RATE)) / RATE
    speed, phase = random.uniform(0.3, 1.5, (3, 20)), random.uniform(0, 2 * np.pi, (3, 20))
    large = np.where((np.arange(20) + stage) % 3 == 0, 0.25, 0.12)
    return 0.4 + large * np.sin(2 * np.pi * time[:, None, None] * speed + phase).sum(axis=1)


def activity(angles):
    """What 16 electrodes see (T, 16): sources that grow with angles, each seen by the electrodes near it."""
    weights = np.random.default_rng(7).normal(0, 0.45, (20, SOURCES))
    drive = np.log1p(np.exp(3 * ((angles - 0.4) @ weights))) / 3
    places = np.array([0.0, 2.2, 5.1, 8.0, 10.4, 13.7])
    away = np.abs((np.arange(16)[None] - places[:, None] + 8) % 16 - 8)
    return 0.02 + drive @ np.exp(-0.5 * (away / 0.9) ** 2)
