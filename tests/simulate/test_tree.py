from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from myoshift.errors import UnknownNameError
from myoshift.simulate import tree
from myoshift.simulate.model import COORDINATES, Axis, Segment
from simulate.motions import body, still, waves

X, Y, Z = np.eye(3)


def transform(rotation=None, offset=(0, 0, 0)):
    out = np.eye(4)
    out[:3, :3] = np.eye(3) if rotation is None else rotation
    out[:3, 3] = offset
    return out


def link(name, parent, **fields):
    return Segment(
        name=name,
        parent=parent,
        mass=1.0,
        centre=np.zeros(3),
        inertia=np.eye(3),
        parent_offset=fields.pop("parent_offset", np.zeros(3)),
        **fields,
    )


def test_a_leg_bent_at_the_knee():
    chain = (
        link("femur_r", "ground", rotations=(Axis(direction=Z, coordinate="hip_flexion_r", polynomial=(0, 1)),)),
        link(
            "tibia_r",
            "femur_r",
            parent_offset=np.array([0, -0.4, 0]),
            rotations=(Axis(direction=-Z, coordinate="knee_angle_r", polynomial=(0, 1)),),
        ),
        link("calcn_r", "tibia_r", parent_offset=np.array([0, -0.5, 0])),
    )
    rotations, origins = tree.place(chain, still(1, hip_flexion_r=np.pi / 2, knee_angle_r=np.pi / 2)[0])
    assert rotations.shape == (1, 3, 3, 3)
    np.testing.assert_allclose(origins[0], [[0, 0, 0], [0.4, 0, 0], [0.4, -0.5, 0]], atol=1e-12)


@given(seed=st.integers(0, 50))
@settings(deadline=None, max_examples=20)
def test_a_joint_is_opensims_custom_joint(seed):
    random = np.random.default_rng(seed)
    turns = Rotation.random(2, rng=random).as_matrix()
    directions = [axis / np.linalg.norm(axis) for axis in random.normal(size=(6, 3))]
    terms = [tuple(random.normal(size=count)) for count in (2, 4, 1, 5, 1, 2)]
    names = ["knee_angle_r", "knee_angle_r", "", "knee_angle_r", "", "ankle_angle_r"]
    axes = [Axis(direction=d, coordinate=n, polynomial=t) for d, n, t in zip(directions, names, terms, strict=True)]
    offsets = random.normal(size=(2, 3))
    joint = link(
        "tibia_r",
        "ground",
        parent_offset=offsets[0],
        parent_rotation=turns[0],
        child_offset=offsets[1],
        child_rotation=turns[1],
        rotations=tuple(axes[:3]),
        translations=tuple(axes[3:]),
    )
    q = torch.tensor(random.normal(size=(1, len(COORDINATES))))
    at = dict(zip(COORDINATES, q[0].numpy(), strict=True)) | {"": 0.0}
    values = [np.polynomial.Polynomial(t)(at[n]) for t, n in zip(terms, names, strict=True)]
    slide = sum(v * d for v, d in zip(values[3:], directions[3:], strict=True))
    spin = np.linalg.multi_dot(
        [Rotation.from_rotvec(v * d).as_matrix() for v, d in zip(values[:3], directions[:3], strict=True)]
    )
    expected = (
        transform(turns[0], offsets[0]) @ transform(spin, slide) @ np.linalg.inv(transform(turns[1], offsets[1]))
    )
    rotations, origins = tree.place((joint,), q)
    np.testing.assert_allclose(rotations[0, 0], expected[:3, :3], atol=1e-12)
    np.testing.assert_allclose(origins[0, 0], expected[:3, 3], atol=1e-12)


def test_a_course_has_the_derivatives_of_its_polynomial():
    axis = Axis(direction=X, coordinate="knee_angle_r", polynomial=(0.3, -1.0, 0.5, 2.0))
    q = still(3, knee_angle_r=0.4)[0]
    step = 1e-5
    low, mid, high = (tree.course(axis, q + shift) for shift in (-step, 0.0, step))
    np.testing.assert_allclose(mid.slope, (high.value - low.value) / (2 * step), atol=1e-9)
    np.testing.assert_allclose(mid.bend, (high.slope - low.slope) / (2 * step), atol=1e-9)


def test_many_frames_are_single_frames():
    q = waves(frames=7)[0]
    rotations, origins = tree.place(body(), q)
    one_rotation, one_origin = tree.place(body(), q[4:5])
    torch.testing.assert_close(rotations[4:5], one_rotation)
    torch.testing.assert_close(origins[4:5], one_origin)


def test_positions_are_differentiable():
    q = waves(frames=2)[0].requires_grad_()
    assert torch.autograd.gradcheck(lambda at: tree.place(body(), at)[1][:, -1], (q,))


def test_coordinates_that_no_axis_uses_do_nothing():
    arms = tuple(replace(segment, rotations=()) if "hand" in segment.name else segment for segment in body())
    q = waves()[0]
    other = q.clone()
    other[:, COORDINATES.index("wrist_flex_r")] += 1.0
    torch.testing.assert_close(tree.place(arms, q), tree.place(arms, other))


def test_a_child_before_its_parent_is_refused():
    with pytest.raises(UnknownNameError, match="'tibia_r' hangs on 'femur_r'"):
        tree.place((link("tibia_r", "femur_r"),), still()[0])
