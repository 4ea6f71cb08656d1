from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.simulate.fit.embedded import mirrored
from myoshift.simulate.inverse_dynamics import inverse_dynamics
from myoshift.simulate.tree import place
from simulate.motions import waves

pytest.importorskip("mujoco")
pytest.importorskip("myo_sim")


@pytest.fixture(scope="module")
def legs():
    from simulate.mujoco_legs import oracle

    return oracle()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_places_and_moments_are_mujocos(legs, seed):
    from simulate.mujoco_legs import AXES, LEGS

    parts = [part.numpy().copy() for part in waves(seed, frames=6)]
    for part in parts[1:]:
        part[:, :6] = 0.0
    for q, speed, acceleration in zip(*(part[:, None] for part in parts), strict=True):
        expected = legs.moments(q, legs.inverse(legs.states(q, speed, acceleration)))[0]
        ours = [torch.tensor(part) for part in (legs.held(q[0])[None], speed, acceleration)]
        rotations, origins = place(legs.segments, ours[0])
        for index, segment in enumerate(legs.segments):
            there = legs.model.body(segment.name).id
            np.testing.assert_allclose(origins[0, index], AXES @ legs.data.xpos[there], atol=1e-9)
            np.testing.assert_allclose(rotations[0, index], AXES @ legs.data.xmat[there].reshape(3, 3), atol=1e-9)
        tau = inverse_dynamics(legs.segments, *ours)[0].numpy()
        assert np.abs(expected).max() > 5.0
        np.testing.assert_allclose(tau[LEGS], expected[LEGS], atol=1e-9)


def test_the_left_leg_of_myolegs_is_the_image_of_the_right(legs):
    found = {segment.name: segment for segment in legs.segments}
    for name in ("femur_r", "tibia_r", "patella_r", "calcn_r"):
        image, left = mirrored(found[name]), found[f"{name[:-2]}_l"]
        np.testing.assert_allclose(image.inertia, left.inertia, atol=1e-6)
        np.testing.assert_allclose(image.parent_offset, left.parent_offset, atol=1e-9)
        for ours, theirs in zip(image.rotations, left.rotations, strict=True):
            np.testing.assert_allclose(ours.direction, theirs.direction, atol=1e-9)
            assert ours.coordinate == theirs.coordinate
