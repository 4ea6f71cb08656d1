"""Bones of the embedded model, and of others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deploy.viewer.test_solids import volume
from myoshift.deploy.viewer.bones import bones
from myoshift.deploy.viewer.solids import Mesh
from myoshift.simulate.scaling import scaled
from myoshift.simulate.table import load


@pytest.fixture(scope="module")
def drawn():
    return {load().segments[bone.segment].name: bone for bone in bones(load())}


def test_each_segment_has_one_that_looks_outwards(drawn):
    assert list(drawn) == [segment.name for segment in load().segments]
    for bone in drawn.values():
        assert volume(Mesh(vertices=bone.vertices, faces=bone.faces)) > 0
    assert sum(len(bone.vertices) for bone in drawn.values()) < 10_000


def test_left_is_right_in_a_mirror(drawn):
    for name, bone in drawn.items():
        if name.endswith("_r"):
            assert np.array_equal(drawn[name[:-1] + "l"].vertices, bone.vertices * np.float32([1, 1, -1]))
    for name in ("pelvis", "torso", "head"):
        across = drawn[name].vertices[:, 2]
        assert across.min() == pytest.approx(-across.max(), abs=1e-6)


def test_they_reach_from_joint_to_joint(drawn):
    for name, length in (("femur_r", 0.404), ("tibia_r", 0.400), ("humerus_r", 0.260), ("radius_r", 0.272)):
        low, high = drawn[name].vertices[:, 1].min(), drawn[name].vertices[:, 1].max()
        assert low == pytest.approx(-length, abs=0.025), name
        assert -0.03 < high < 0.03, name


def test_they_are_as_long_as_the_segments():
    small = bones(scaled(load(), 40.0, 1.36))
    for mine, usual in zip(small, bones(load()), strict=True):
        assert np.allclose(mine.vertices, 0.8 * usual.vertices, atol=1e-6)


def test_a_longer_thigh_alone():
    model = load()
    segments = tuple(
        replace(each, parent_offset=1.2 * each.parent_offset) if each.name == "tibia_r" else each
        for each in model.segments
    )
    for mine, usual in zip(bones(replace(model, segments=segments)), bones(model), strict=True):
        longer = model.segments[usual.segment].name in ("femur_r", "patella_r")
        assert np.abs(mine.vertices).max() / np.abs(usual.vertices).max() == pytest.approx(
            1.2 if longer else 1, abs=0.01
        )


def test_a_segment_of_another_name_is_a_bar_to_its_joints():
    model = load()
    renamed = tuple(
        replace(
            each,
            name={"humerus_r": "upper_arm"}.get(each.name, each.name),
            parent={"humerus_r": "upper_arm"}.get(each.parent, each.parent),
        )
        for each in model.segments
    )
    number = [each.name for each in renamed].index("upper_arm")
    bar = next(bone for bone in bones(replace(model, segments=renamed)) if bone.segment == number)
    assert bar.vertices[:, 1].min() == pytest.approx(-0.260 - 0.012, abs=2e-3)
    assert np.abs(bar.vertices[:, [0, 2]]).max() < 0.013
