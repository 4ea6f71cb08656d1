"""A small Muscles in Time: people who walk, as AMASS poses and as the tables that MinT has of them.

Made of a gait that is a smooth function of its phase; every number is known, none is measured.
"""

from __future__ import annotations

import csv
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoshift import anatomy

RATE, START, CHUNK = 50.0, 0.14, 1.4
STRIDE = 1.1
COLUMNS = ("data_path", "subject", "sequence", "dataset", "gender", "weight_kg", "height_cm", "amass_dur",
           "analysed_dur", "analysed_%", "babel_sid", "gap")  # fmt: skip
SIDES = ("right", "left")
GROUND = (*(f"ground_force_{side}_{what}{axis}" for side in SIDES for what in "vp" for axis in "xyz"),
          *(f"ground_torque_{side}_{axis}" for side in SIDES for axis in "xyz"))  # fmt: skip
PEAKS = {"tibant": 0.05, "gasmed": 0.45, "gaslat": 0.45, "soleus": 0.48, "recfem": 0.95, "vaslat": 0.08,
         "vasmed": 0.08, "bflh": 0.9, "semimem": 0.92, "semiten": 0.92, "glmax1": 0.03, "glmax2": 0.03,
         "glmax3": 0.03, "glmed1": 0.15, "glmed2": 0.15, "glmed3": 0.15}  # fmt: skip
"""Phase of the gait cycle, from heel strike, at which a muscle is most active; others by their place."""


@dataclass(frozen=True)
class Walk:
    """One sequence: who, what it is called, and what the simulation of it lacks."""

    path: str = "KIT/KIT/3/walking_slow01_poses"
    seconds: float = 6.0
    gaps: tuple[int, ...] = ()
    seed: int = 0
    amass_rate: float = 100.0
    babel: int | None = None

    @property
    def stride(self) -> float:
        return STRIDE + 0.02 * (self.seed % 5)

    def phase(self, time, side):
        """Phase of the gait cycle of a leg, from its heel strike; no two strides last quite as long."""
        wander = 0.02 * np.sin(time / 1.7 + self.seed)
        return time / self.stride + wander + 0.07 * self.seed + (0.0 if side == "r" else 0.5)


WALKS = (
    Walk(babel=12906),
    Walk("KIT/KIT/7/walking_slow02_poses", gaps=(1,), seed=1),
    Walk("BMLrub/BioMotionLab_NTroje/rub001/0005_normal_walk1_poses", seed=2, amass_rate=120.0),
    Walk("TotalCapture/TotalCapture/s1/walking1_poses", seed=3, amass_rate=60.0),
)


def angles(walk, time):
    """Hip flexion, knee flexion and dorsiflexion of both legs in rad, (T, 3) by side."""
    found = {}
    for side in "rl":
        turn = 2 * np.pi * walk.phase(time, side)
        found[side] = np.stack(
            [
                0.25 + 0.4 * np.cos(turn),
                0.5 - 0.35 * np.cos(turn) - 0.3 * np.cos(2 * turn + 0.6),
                0.05 - 0.15 * np.sin(2 * turn),
            ],
            axis=1,
        )
    return found


def activation(phase, base, floor):
    """Activation of a muscle at phases of the gait cycle; `base` is its name without side."""
    peak = PEAKS.get(base, (sum(map(ord, base)) % 100) / 100)
    return floor + 0.6 * np.exp(4 * (np.cos(2 * np.pi * (phase - peak)) - 1))


def muscles(walk, time):
    """(T, 402) activations in MinT's order: the legs never below 0.01, the trunk never below 0."""
    columns = []
    for name in anatomy.mint_names():
        muscle = anatomy.muscle(name)
        leg = name.startswith("LU_")
        columns.append(activation(walk.phase(time, muscle.side), muscle.base, 0.01 if leg else 0.0))
    return np.stack(columns, axis=1)


def times(walk):
    """Seconds of the rows: from 0.14 s to 0.14 s before the end, without the chunks that failed."""
    frames = np.arange(round(START * RATE), round((walk.seconds - START) * RATE))
    chunk = ((frames - frames[0]) / RATE) // CHUNK
    return np.round(frames[~np.isin(chunk, walk.gaps)] / RATE, 2)


def tables(walk):
    """Index and the three tables as (names, values); ground forces and muscle forces are a row shorter."""
    time = times(walk)
    active = muscles(walk, time)
    forces = 1000 * active[:-1]
    ground = np.zeros((len(time) - 1, len(GROUND)))
    for side, word in (("r", "right"), ("l", "left")):
        stance = np.clip(np.sin(2 * np.pi * walk.phase(time[:-1], side) / 1.2), 0, None)
        ground[:, GROUND.index(f"ground_force_{word}_vy")] = 800 * stance
    names = anatomy.mint_names()
    return time, {"muscle_activations": (names, active), "grf": (GROUND, ground), "muscle_forces": (names, forces)}


def write_sequence(folder, walk, *, kind="pkl", protocol=4):
    """The tables of a sequence as pandas writes them, pickled or as text."""
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    time, found = tables(walk)
    for name, (columns, values) in found.items():
        frame = pd.DataFrame(values, index=time[: len(values)], columns=list(columns))
        if kind == "csv":
            frame.to_csv(folder / f"{name}.csv")
        else:
            (folder / f"{name}.pkl").write_bytes(pickle.dumps(frame, protocol))
    return folder


def metadata(walk):
    """The row of a sequence in the metadata."""
    subset, _, subject, sequence = walk.path.split("/")
    analysed = len(times(walk)) / RATE
    row = (walk.path, subject, sequence, subset, "male", 70.0, 175.0, walk.seconds, analysed,
           round(100 * analysed / walk.seconds, 1), "" if walk.babel is None else float(walk.babel),
           str(bool(walk.gaps)))  # fmt: skip
    return dict(zip(COLUMNS, row, strict=True))


def write_amass(path, walk):
    """The motion in AMASS's SMPL-H layout: Z up, walking along x, arms and trunk still."""
    time = np.arange(round(walk.seconds * walk.amass_rate)) / walk.amass_rate
    poses = np.zeros((len(time), 156))
    poses[:, 0:3] = 2 * np.pi / 3 / np.sqrt(3)  # y up becomes z up, facing z becomes facing x
    for side, (hip, knee, ankle) in {"l": (1, 4, 7), "r": (2, 5, 8)}.items():
        for joint, sign, column in zip((hip, knee, ankle), (-1, 1, -1), angles(walk, time)[side].T, strict=True):
            poses[:, 3 * joint] = sign * column
    trans = np.stack([1.2 * time, 0 * time, 0.9 + 0 * time], axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, poses=poses, trans=trans, betas=np.zeros(16), dmpls=np.zeros((len(time), 8)),
             gender=np.array("male"), mocap_framerate=np.array(walk.amass_rate))  # fmt: skip


def write_tree(root, walks=WALKS, *, kind="pkl", amass=True):
    """`root/mint` with sequences and metadata, one file per subset, and `root/amass` with the motions."""
    rows = {}
    for walk in walks:
        write_sequence(Path(root) / "mint" / walk.path, walk, kind=kind)
        rows.setdefault(walk.path.split("/")[0], []).append(metadata(walk))
        if amass:
            write_amass(Path(root) / "amass" / f"{walk.path}.npz", walk)
    for subset, own in rows.items():
        with (Path(root) / "mint" / f"{subset}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(own)
    return Path(root)
