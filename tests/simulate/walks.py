"""Measured motions with force plates, for tests that hold what is computed against them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.io import loadmat

from myoshift import anatomy, formats
from myoshift.errors import UnknownNameError
from myoshift.simulate.inverse_dynamics import differentiate
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.motion import Reaction
from myoshift.types import Array

EXAMPLE = "opensim-core-moco/OpenSim/Examples/Moco/example3DWalking"


class Walk(NamedTuple):
    """Coordinates with their derivatives (T, 37), what the plates measured, and the person's mass."""

    motion: tuple[Array, Array, Array]
    reaction: Reaction
    rate: float
    mass: float


def example_walk(root: Path) -> Walk:
    """One gait cycle of the OpenSim example, derivatives as the OpenSim reference has them."""
    folder = root / "opensim-so-reference"
    tables = [np.genfromtxt(folder / f"{name}_100hz.csv", delimiter=",", names=True) for name in _REFERENCE]
    motion = tuple(_columns(table, table.dtype.names) for table in tables)
    prefixes = {side: (f"ground_force_{side}_", f"ground_torque_{side}_") for side in "rl"}
    plates = reaction(root / EXAMPLE / "grf_walk.mot", prefixes, tables[0]["time"])
    return Walk(motion=motion, reaction=plates, rate=100.0, mass=85.27)


_REFERENCE = ("kinematics", "kin_speed", "kin_acc")


def treadmill_walk(root: Path, trial: str) -> Walk:
    """Ten seconds on a treadmill: `walk45` or `run81` of ceinmsrt-lowerlimb (58 kg), `stanford` (86 kg)."""
    if trial == "stanford":
        folder = next((root / "stanford-matlabso").rglob("results_ik.sto")).parent
        files, convention, mass = (
            (folder / "results_ik.sto", folder / "walking_baseline1_forces.mot"),
            "rajagopal",
            86.0,
        )
        prefixes = {"r": ("ground_force_", "ground_torque_"), "l": ("1_ground_force_", "1_ground_torque_")}
    else:
        folder = root / "ceinmsrt-lowerlimb/data" / trial
        files, convention, mass = (folder / "ik.sto", folder / "XLD.mot"), "gait2392", 58.1
        prefixes = {"r": ("ground_force_", "ground_torque_"), "l": ("l_ground_force_", "l_ground_torque_")}
    table = formats.read_sto(files[0], angle_unit="deg")
    q = np.zeros((len(table.time), len(COORDINATES)))
    for name, column in zip(table.names, table.values.T, strict=True):
        try:
            known = anatomy.coordinate(name, convention)
        except UnknownNameError:
            continue
        q[:, COORDINATES.index(known.name)] = known.sign * (np.radians(column) if known.rotational else column)
    rate = float(np.round(1 / np.diff(table.time).mean()))
    span = slice(round(19 * rate), round(31 * rate))
    parts = tuple(part[round(rate) : -round(rate)] for part in differentiate(q[span], rate))
    time = table.time[span][round(rate) : -round(rate)]
    return Walk(motion=parts, reaction=reaction(files[1], prefixes, time), rate=rate, mass=mass)


def reaction(path: Path, prefixes: dict[str, tuple[str, str]], time: Array) -> Reaction:
    """Wrench of each foot at some times, about the origin of the ground."""
    table = formats.read_sto(path)
    column = dict(zip(table.names, table.values.T, strict=True))
    force, moment = {}, {}
    for side, (push, turn) in prefixes.items():
        at = [
            np.stack([np.interp(time, table.time, column[prefix + axis]) for axis in "xyz"], axis=1)
            for prefix in (f"{push}v", f"{push}p", turn)
        ]
        force[side], moment[side] = at[0], at[2] + np.cross(at[1], at[0])
    return Reaction(force=force, moment=moment)


def _columns(table: np.ndarray, names: tuple[str, ...]) -> Array:
    values = np.zeros((len(table), len(COORDINATES)))
    for name in set(names) & set(COORDINATES):
        values[:, COORDINATES.index(name)] = table[name]
    return values


def walkway_walk(root: Path) -> tuple[Walk, dict[str, Array]]:
    """A walk of kul-3dpredictsim over a walkway (62 kg), and OpenSim's moments in it. `1_` is the right foot."""
    folder = root / "kul-3dpredictsim/OpenSimModel/subject1"
    angles, plates, moments = (_matlab(folder / name) for name in _WALKWAY)
    time = angles["time"]
    q = np.zeros((len(time), len(COORDINATES)))
    for name, column in angles.items():
        if name != "time":
            known = anatomy.coordinate(name, "kul")
            q[:, COORDINATES.index(known.name)] = known.sign * (np.radians(column) if known.rotational else column)
    force, moment = {}, {}
    for side, prefix in (("r", "1_"), ("l", "")):
        force[side], point, turn = (
            np.stack([np.interp(time, plates["time"], plates[f"{prefix}ground_{n}{a}"]) for a in "xyz"], axis=1)
            for n in ("force_v", "force_p", "torque_")
        )
        moment[side] = turn + np.cross(point, force[side])
    reference = {name: np.interp(time, moments["time"], column) for name, column in moments.items()}
    motion = differentiate(q, 100.0)
    return Walk(motion=motion, reaction=Reaction(force=force, moment=moment), rate=100.0, mass=62.0), reference


_WALKWAY = ("IK/IK_gait_1.mat", "GRF/GRF_gait_1.mat", "ID/ID_gait_1.mat")


def _matlab(path: Path) -> dict[str, Array]:
    file = loadmat(path, squeeze_me=True, struct_as_record=False)
    table = next(value for key, value in file.items() if not key.startswith("__"))
    return dict(zip((str(name) for name in table.colheaders), np.asarray(table.data, float).T, strict=True))
