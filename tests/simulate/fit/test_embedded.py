from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from myoshift.simulate.fit.embedded import mirrored, read_mujoco
from myoshift.simulate.inverse_dynamics import GRAVITY, inverse_dynamics
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.tree import place
from simulate.motions import waves

mujoco = pytest.importorskip("mujoco")
myo_sim = pytest.importorskip("myo_sim")

AXES = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])
"""From MuJoCo's ground frame to ours: x = -y, y = z, z = -x."""
PELVIS_TO_ANKLE = slice(6, 20)


@pytest.fixture(scope="module")
def legs():
    """The MyoLegs model with legs and pelvis only: no contact, limits, equalities, springs or damping."""
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
    return model, segments


def pose(model, q, speed, acceleration):
    """MuJoCo's data in a motion of ours with the pelvis at rest, and the slope of each joint over its coordinate."""
    data = mujoco.MjData(model)
    data.qpos[:7] = 0, 0, 1, 1, 0, 0, 0
    names = [model.joint(index).name for index in range(model.njnt)]
    driver = {
        names[a]: (names[b], p[:5]) for a, b, p in zip(model.eq_obj1id, model.eq_obj2id, model.eq_data, strict=True)
    }
    slopes = []
    for index, name in enumerate(names[1:], start=1):
        leader, terms = driver.get(name, (name, (0.0, 1.0)))
        column, value = COORDINATES.index(leader), np.polynomial.Polynomial(terms)
        slope, bend = value.deriv()(q[column]), value.deriv(2)(q[column])
        address = model.jnt_dofadr[index]
        data.qpos[model.jnt_qposadr[index]] = value(q[column])
        data.qvel[address] = slope * speed[column]
        data.qacc[address] = slope * acceleration[column] + bend * speed[column] ** 2
        slopes.append((address, column, slope))
    mujoco.mj_inverse(model, data)
    return data, slopes


def stand(model, data, q):
    """Our coordinates of the pelvis where MuJoCo has it."""
    pelvis = model.body("pelvis").id
    turn, place_ = AXES @ data.xmat[pelvis].reshape(3, 3), AXES @ data.xpos[pelvis]
    angles = np.arctan2(-turn[0, 1], turn[1, 1]), np.arcsin(turn[2, 1]), np.arctan2(-turn[2, 0], turn[2, 2])
    return np.concatenate([angles, place_, q[6:]])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_places_and_moments_are_mujocos(legs, seed):
    model, segments = legs
    parts = [part.numpy().copy() for part in waves(seed, frames=6)]
    for part in parts[1:]:
        part[:, :6] = 0.0
    for q, speed, acceleration in zip(*parts, strict=True):
        data, slopes = pose(model, q, speed, acceleration)
        ours = [torch.tensor(part)[None] for part in (stand(model, data, q), speed, acceleration)]
        rotations, origins = place(segments, ours[0])
        for index, segment in enumerate(segments):
            there = model.body(segment.name).id
            np.testing.assert_allclose(origins[0, index], AXES @ data.xpos[there], atol=1e-9)
            np.testing.assert_allclose(rotations[0, index], AXES @ data.xmat[there].reshape(3, 3), atol=1e-9)
        expected = np.zeros(len(COORDINATES))
        for address, column, slope in slopes:
            expected[column] += slope * data.qfrc_inverse[address]
        tau = inverse_dynamics(segments, *ours)[0].numpy()
        assert np.abs(expected).max() > 5.0
        np.testing.assert_allclose(tau[PELVIS_TO_ANKLE], expected[PELVIS_TO_ANKLE], atol=1e-9)


def test_the_left_leg_of_myolegs_is_the_image_of_the_right(legs):
    found = {segment.name: segment for segment in legs[1]}
    for name in ("femur_r", "tibia_r", "patella_r", "calcn_r"):
        image, left = mirrored(found[name]), found[f"{name[:-2]}_l"]
        np.testing.assert_allclose(image.inertia, left.inertia, atol=1e-6)
        np.testing.assert_allclose(image.parent_offset, left.parent_offset, atol=1e-9)
        for ours, theirs in zip(image.rotations, left.rotations, strict=True):
            np.testing.assert_allclose(ours.direction, theirs.direction, atol=1e-9)
            assert ours.coordinate == theirs.coordinate
