"""The committed table of MyoLegs against MyoLegs itself."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from myoshift.anatomy import IPSILATERAL
from myoshift.simulate import table
from myoshift.simulate.fit import myolegs
from myoshift.simulate.fit.polynomials import MOVES
from myoshift.simulate.model import SIDES
from myoshift.simulate.paths import geometry

pytest.importorskip("mujoco", reason="the sim extra is not installed")
myo_sim = pytest.importorskip("myo_sim", reason="the sim extra is not installed")


@pytest.fixture(scope="module")
def compiled():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return myo_sim.load("myolegs")[0]


@pytest.fixture(scope="module")
def errors(compiled):
    """Root mean square over poses that were not fitted (mm): lengths (40,), and moment arms that there are."""
    q = myolegs.poses(compiled, np.random.default_rng(2026), 600)
    length, slope = myolegs.exact(compiled, q)
    found, arms = (values.numpy() for values in geometry(table.load().legs["r"].paths, torch.from_numpy(q)))
    lengths = np.sqrt(((found - length) ** 2).mean(axis=0))
    moving = np.abs(slope).max(axis=0) > MOVES
    return 1e3 * lengths, 1e3 * np.sqrt(((arms - slope) ** 2).mean(axis=0))[moving]


def test_lengths_are_myolegs(errors):
    lengths, _ = errors
    assert np.median(lengths) <= 0.07
    assert lengths.max() <= 0.44


def test_moment_arms_are_myolegs(errors):
    _, arms = errors
    assert np.median(arms) <= 0.33
    assert arms.max() <= 1.95


def test_muscles_are_myolegs(compiled):
    for side in SIDES:
        leg = table.load().legs[side]
        assert leg.names == IPSILATERAL
        force = [compiled.actuator(f"{name}_{side}").gainprm[2] for name in IPSILATERAL]
        np.testing.assert_allclose(leg.muscles.maximum_force, force, rtol=1e-6)


def test_the_left_leg_is_the_image_of_the_right_one(compiled):
    """The table says so; MyoLegs' own left leg is posed and measured here."""
    import mujoco

    data = mujoco.MjData(compiled)
    lengths = {}
    for side, other in (("r", "l"), ("l", "r")):
        mujoco.mj_resetData(compiled, data)
        for name, angle in (
            ("hip_flexion", 0.4),
            ("hip_adduction", -0.1),
            ("hip_rotation", 0.1),
            ("ankle_angle", 0.2),
        ):
            data.joint(f"{name}_{side}").qpos[0] = angle
            data.joint(f"{name}_{other}").qpos[0] = 0.0
        mujoco.mj_forward(compiled, data)
        lengths[side] = [data.actuator(f"{name}_{side}").length[0] for name in IPSILATERAL]
    np.testing.assert_allclose(lengths["r"], lengths["l"], atol=1e-6)
