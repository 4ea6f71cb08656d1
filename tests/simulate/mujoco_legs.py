"""Pelvis and legs of MyoLegs in MuJoCo, as an oracle of places and joint moments."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import mujoco
import myo_sim
import numpy as np
from numpy.polynomial import Polynomial

from myoshift.simulate.fit.embedded import read_mujoco
from myoshift.simulate.inverse_dynamics import GRAVITY
from myoshift.simulate.model import COORDINATES, Segment
from myoshift.types import Array

AXES = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])
"""From MuJoCo's ground frame to ours: x = -y, y = z, z = -x."""
LEGS = slice(6, 20)
"""Columns of the coordinates of both legs; the pelvis is held."""


@dataclass(frozen=True, eq=False)
class Oracle:
    """The model without contact, limits, equalities, springs, damping and all that is above the pelvis."""

    model: Any
    data: Any
    segments: tuple[Segment, ...]
    joints: tuple[tuple[int, int, int, tuple[Polynomial, Polynomial, Polynomial]], ...]
    """Addresses of position and speed, column of the driving coordinate, the law and its derivatives."""

    def states(self, q: Array, speed: Array, acceleration: Array) -> tuple[Array, Array, Array]:
        """MuJoCo's positions, speeds and accelerations (T, n) in a motion (T, 37) of ours with the pelvis held."""
        position = np.repeat(self.data.qpos[None], len(q), axis=0)
        velocity, thrust = (np.zeros((len(q), self.model.nv)) for _ in range(2))
        for place, address, column, (law, first, second) in self.joints:
            slope = first(q[:, column])
            position[:, place] = law(q[:, column])
            velocity[:, address] = slope * speed[:, column]
            thrust[:, address] = slope * acceleration[:, column] + second(q[:, column]) * speed[:, column] ** 2
        return position, velocity, thrust

    def inverse(self, states: tuple[Array, Array, Array]) -> Array:
        """Generalised forces (T, n) of MuJoCo's joints, by `mj_inverse` frame by frame."""
        forces = np.empty_like(states[1])
        for frame, (position, velocity, thrust) in enumerate(zip(*states, strict=True)):
            self.data.qpos[:], self.data.qvel[:], self.data.qacc[:] = position, velocity, thrust
            mujoco.mj_inverse(self.model, self.data)
            forces[frame] = self.data.qfrc_inverse
        return forces

    def moments(self, q: Array, forces: Array) -> Array:
        """Moments (T, 37) of our coordinates, from those of MuJoCo's joints."""
        tau = np.zeros((len(q), len(COORDINATES)))
        for _, address, column, (_, first, _) in self.joints:
            tau[:, column] += first(q[:, column]) * forces[:, address]
        return tau

    def held(self, q: Array) -> Array:
        """The same coordinates (37,) with those of the pelvis where MuJoCo holds it."""
        index = self.model.body("pelvis").id
        turn, place = AXES @ self.data.xmat[index].reshape(3, 3), AXES @ self.data.xpos[index]
        angles = np.arctan2(-turn[0, 1], turn[1, 1]), np.arcsin(turn[2, 1]), np.arctan2(-turn[2, 0], turn[2, 2])
        return np.concatenate([angles, place, q[6:]])


def oracle() -> Oracle:
    """MyoLegs, compiled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = myo_sim.load("myolegs")[0]
    segments = read_mujoco(model)
    names = {segment.name for segment in segments}
    for index in range(model.nbody):
        if model.body(index).name not in names:
            model.body_mass[index], model.body_inertia[index] = 0.0, 0.0
    off = mujoco.mjtDisableBit
    model.opt.disableflags |= int(
        off.mjDSBL_CONTACT | off.mjDSBL_EQUALITY | off.mjDSBL_LIMIT | off.mjDSBL_FRICTIONLOSS
    )
    for springs in (model.dof_damping, model.dof_armature, model.jnt_stiffness, model.tendon_stiffness):
        springs[:] = 0.0
    model.opt.gravity[:] = 0.0, 0.0, -GRAVITY
    joints = [model.joint(index).name for index in range(model.njnt)]
    pairs = zip(model.eq_obj1id, model.eq_obj2id, model.eq_data, strict=True)
    driver = {joints[a]: (joints[b], terms[:5]) for a, b, terms in pairs}
    laws = []
    for index, name in enumerate(joints[1:], start=1):
        leader, terms = driver.get(name, (name, (0.0, 1.0)))
        law = Polynomial(terms)
        addresses = int(model.jnt_qposadr[index]), int(model.jnt_dofadr[index])
        laws.append((*addresses, COORDINATES.index(leader), (law, law.deriv(), law.deriv(2))))
    data = mujoco.MjData(model)
    data.qpos[:7] = 0, 0, 1, 1, 0, 0, 0
    return Oracle(model, data, segments, tuple(laws))
