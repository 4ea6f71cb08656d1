"""A laboratory in a folder: a whole-body walk, and what force plates under each foot measure of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from myoshift import anatomy, formats
from myoshift.simulate import engine, scaling, table
from myoshift.simulate.model import COORDINATES, SIDES, Model
from myoshift.simulate.movements import Movement
from myoshift.types import Table

RATE, START, MASS, HEIGHT, CONTACT = 100.0, 2.0, 70.0, 1.75, 20.0


@cache
def person() -> Model:
    return scaling.scaled(table.load(), MASS, HEIGHT)


@cache
def walk():
    """A walk of 3 s, and the ground reaction that a simulation finds for it."""
    motion = Movement.draw(np.random.default_rng(3), "walk", height=HEIGHT).motion(3.0, RATE)
    return motion, engine.simulate(person(), motion)


def write_motion(path: Path, *, names=COORDINATES, sign=1.0) -> Path:
    motion, _ = walk()
    values = motion.values[:, [COORDINATES.index(name) for name in names]].copy()
    values[:, [name.startswith("knee") for name in names]] *= sign
    return _write(path, names, values)


def write_forces(
    path: Path, *, labels=("ground_force_r_", "ground_force_l_"), scale=1.0, shift=0.0, change=None
) -> Path:
    """Forces of the right and the left foot. `scale` is of lengths, `shift` in s, `change` alters the values."""
    _, found = walk()
    names, columns = [], []
    for label, side in zip(labels, SIDES, strict=True):
        force, moment = found.reaction.force[side], found.reaction.moment[side]
        up = np.maximum(force[:, 1], CONTACT)
        point = np.stack([moment[:, 2] / up, np.zeros(len(up)), -moment[:, 0] / up], axis=1)
        torque = np.zeros_like(force)
        torque[:, 1] = moment[:, 1] - (point[:, 2] * force[:, 0] - point[:, 0] * force[:, 2])
        for kind, values in (("v", force), ("p", point * scale)):
            names += [f"{label}{kind}{axis}" for axis in "xyz"]
            columns.append(values)
        names += [f"{label.replace('force', 'torque')}{axis}" for axis in "xyz"]
        columns.append(torque * scale)
    values = np.concatenate(columns, axis=1)
    return _write(path, names, values if change is None else change(values), start=START + shift)


def write_loads(path: Path, feet=("calcn_r", "calcn_l"), *, frame="ground", extra="") -> Path:
    forces = "".join(
        f"<ExternalForce name='{name}'><applied_to_body>{foot}</applied_to_body>"
        f"<force_expressed_in_body>{frame}</force_expressed_in_body>"
        f"<point_expressed_in_body>ground</point_expressed_in_body>"
        f"<force_identifier>ground_force_{name}_v</force_identifier>"
        f"<point_identifier>ground_force_{name}_p</point_identifier>"
        f"<torque_identifier>ground_torque_{name}_</torque_identifier></ExternalForce>"
        for name, foot in zip("rl", feet, strict=True)
    )
    path.write_text(
        f"<?xml version='1.0'?>{extra}<OpenSimDocument><ExternalLoads><objects>{forces}</objects>"
        "<datafile>forces.mot</datafile></ExternalLoads></OpenSimDocument>"
    )
    return path


def _write(path, names, values, start=START):
    time = start + np.arange(len(values)) / RATE
    units = ("",) * len(names)
    formats.write_sto(path, Table(values=values, names=tuple(names), units=units, rate=RATE, time=time))
    return path


def write_emg(
    path: Path, delay=0.06, *, sites=("soleus", "gastrocnemius", "tibialis_anterior", "vasti"), sides=SIDES
):
    """Envelopes that come `delay` s before the activation of the walk, with some noise."""
    _, found = walk()
    names = [f"{site}_{side}" for side in sides for site in sites]
    activation = found.activation @ anatomy.montage(names, found.names).T
    time = np.arange(len(activation)) / RATE
    early = np.stack([np.interp(time + delay, time, column) for column in activation.T], axis=1)
    noise = 0.02 * activation.std(axis=0) * np.random.default_rng(0).standard_normal(early.shape)
    return _write(path, names, np.clip(early + noise, 0.0, None))
