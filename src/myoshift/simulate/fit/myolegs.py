"""The embedded legs: muscles of MyoLegs (`sim` extra) at random poses, as polynomials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mujoco  # type: ignore[import-untyped]
import numpy as np
import torch

from myoshift.anatomy import IPSILATERAL
from myoshift.physiology.curves import RAJAGOPAL
from myoshift.physiology.muscle import Muscles
from myoshift.simulate.fit.polynomials import WIDEST, fit
from myoshift.simulate.model import LEG, Leg, Point, sided
from myoshift.types import Array, Side

POSES = 6000
SLACK = 0.05  # rad that poses may leave the range of a joint
SITE = int(mujoco.mjtWrap.mjWRAP_SITE)


def legs(model: Any, seed: int = 0) -> Mapping[Side, Leg]:
    """The muscles of both legs; the left one is the image of the right one, as it is in MyoLegs.

    Parameters
    ----------
    model : MyoLegs as `myo_sim.load("myolegs")` compiles it
    """
    q = poses(model, np.random.default_rng(seed), POSES)
    length, slope = exact(model, q)
    leg = Leg(names=IPSILATERAL, muscles=muscles(model), paths=fit(q, length, slope))
    return {"r": leg, "l": leg}


def poses(model: Any, random: np.random.Generator, count: int) -> Array:
    """(P, 5) random poses of the right leg within the ranges of its joints, rad."""
    ranges = np.array([model.joint(name).range for name in sided(LEG, "r")])
    low, high = np.clip(ranges[:, 0] - SLACK, *WIDEST), np.clip(ranges[:, 1] + SLACK, *WIDEST)
    return random.uniform(low, high, (count, len(LEG)))


def exact(model: Any, q: Array) -> tuple[Array, Array]:
    """Lengths (P, 40) and their derivatives (P, 5, 40) of the right leg's muscles in the order of `IPSILATERAL`."""
    data, own = mujoco.MjData(model), [model.actuator(f"{name}_r").id for name in IPSILATERAL]
    places = [model.joint(name) for name in sided(LEG, "r")]
    driven = _driven(model)
    length, slope = np.empty((len(q), len(own))), np.empty((len(q), len(LEG), len(own)))
    moment = np.zeros((model.nu, model.nv))
    for row, pose in enumerate(q):
        for joint, angle in zip(places, pose, strict=True):
            data.qpos[joint.qposadr[0]] = angle
        knee = pose[LEG.index("knee_angle")]
        for joint, law in driven:
            data.qpos[joint.qposadr[0]] = law(knee)
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_tendon(model, data)
        mujoco.mj_transmission(model, data)
        mujoco.mju_sparse2dense(
            moment, data.actuator_moment, data.moment_rownnz, data.moment_rowadr, data.moment_colind
        )
        length[row] = data.actuator_length[own]
        for column, joint in enumerate(places):
            slope[row, column] = moment[own, joint.dofadr[0]]
        for joint, law in driven:
            slope[row, LEG.index("knee_angle")] += moment[own, joint.dofadr[0]] * law.deriv()(knee)
    return length, slope


def muscles(model: Any) -> Muscles:
    """Right leg: fibre and tendon such that MuJoCo's muscle is a rigid tendon and a fibre without pennation.

    The curves of force are those of the model that MyoLegs descends from. MuJoCo's own, whose ends were fitted muscle
    by muscle, leave vastus medialis without force at a nearly straight knee (12 N m; 79 with these).

    MuJoCo maps the range of lengths (a0, a1) to fibre lengths (r0, r1) of the optimum: the optimum is
    (a1 - a0) / (r1 - r0), the tendon a0 - r0 times that.
    """
    own = [model.actuator(f"{name}_r").id for name in IPSILATERAL]
    gain, span = model.actuator_gainprm[own], model.actuator_lengthrange[own]
    optimal = (span[:, 1] - span[:, 0]) / (gain[:, 1] - gain[:, 0])
    parameters = {
        "maximum_force": gain[:, 2],
        "optimal_length": optimal,
        "tendon_slack": span[:, 0] - gain[:, 0] * optimal,
        "pennation": np.zeros(len(own)),
        "maximum_velocity": gain[:, 6],
        "minimum_length": RAJAGOPAL.shortest * optimal,
    }
    tensors = {name: torch.from_numpy(np.array(values)) for name, values in parameters.items()}
    return Muscles(**tensors, fibre=RAJAGOPAL)


def points(model: Any) -> tuple[Point, ...]:
    """Sites that each muscle's tendon runs through, in order; the surfaces that it wraps over are left out."""
    found = []
    for index in range(model.nu):
        name, tendon = model.actuator(index).name, int(model.actuator_trnid[index, 0])
        start = int(model.tendon_adr[tendon])
        for wrap in range(start, start + int(model.tendon_num[tendon])):
            if model.wrap_type[wrap] == SITE:
                site = model.site(int(model.wrap_objid[wrap]))
                x, y, z = (float(value) for value in site.pos)
                found.append(Point(muscle=name, segment=model.body(int(site.bodyid[0])).name, location=(x, y, z)))
    return tuple(found)


def _driven(model: Any) -> list[tuple[Any, np.polynomial.Polynomial]]:
    """Joints of the right leg that the knee drives, patella included, and their polynomials of the knee angle."""
    found = []
    for index in range(model.neq):
        joint = model.joint(int(model.eq_obj1id[index]))
        if model.joint(int(model.eq_obj2id[index])).name == "knee_angle_r":
            found.append((joint, np.polynomial.Polynomial(model.eq_data[index, :5])))
    return found
