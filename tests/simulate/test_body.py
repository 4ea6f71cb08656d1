from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

from myoshift.simulate.body import body, from_row, to_row
from myoshift.simulate.fit.embedded import mirrored
from myoshift.simulate.inverse_dynamics import inverse_dynamics
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.tree import place
from simulate.motions import still, waves


def test_the_embedded_body_weighs_75_kg_and_every_coordinate_moves_it():
    assert sum(segment.mass for segment in body()) == pytest.approx(75.0, abs=0.2)
    used = {axis.coordinate for segment in body() for axis in (*segment.rotations, *segment.translations)}
    assert used == set(COORDINATES)


@pytest.mark.parametrize("name", [segment.name for segment in body() if segment.name.endswith("_r")])
def test_the_left_side_is_the_image_of_the_right(name):
    found = {segment.name: segment for segment in body()}
    image, left = mirrored(found[name]), found[f"{name[:-2]}_l"]
    assert json.dumps(to_row(image)) == json.dumps(to_row(left))


def test_inertia_is_that_of_a_solid():
    for segment in body():
        moments = np.linalg.eigvalsh(segment.inertia)
        assert moments[0] > 0.0
        assert moments[2] <= moments[0] + moments[1] + 1e-9


@pytest.mark.parametrize(
    ("coordinate", "segment", "axis", "sign"),
    [
        ("pelvis_tilt", "head", 0, -1),
        ("hip_flexion_r", "calcn_r", 0, 1),
        ("hip_adduction_r", "calcn_r", 2, -1),
        ("hip_adduction_l", "calcn_l", 2, 1),
        ("knee_angle_r", "calcn_r", 0, -1),
        ("knee_angle_l", "calcn_l", 0, -1),
        ("ankle_angle_r", "toes_r", 1, 1),
        ("ankle_angle_l", "toes_l", 1, 1),
        ("lumbar_extension", "head", 0, -1),
        ("lumbar_bending", "head", 2, 1),
        ("arm_flex_r", "hand_r", 0, 1),
        ("arm_add_r", "hand_r", 2, -1),
        ("arm_add_l", "hand_l", 2, 1),
        ("elbow_flex_l", "hand_l", 0, 1),
    ],
)
def test_coordinates_have_their_signs(coordinate, segment, axis, sign):
    """Which way a segment goes when a coordinate grows; forwards, upwards and to the right are positive."""
    index = [s.name for s in body()].index(segment)
    rest, moved = (place(body(), still(1, **{coordinate: value})[0])[1][0, index] for value in (0.0, 0.2))
    assert sign * float(moved[axis] - rest[axis]) > 0.01


def test_rows_give_segments_back():
    for segment in body():
        again = from_row(json.loads(json.dumps(to_row(segment))))
        assert to_row(again) == to_row(segment)


def test_the_committed_table_is_what_myo_sim_and_the_anthropometry_give():
    pytest.importorskip("myo_sim")
    from myoshift.simulate.fit.embedded import embedded_segments

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fresh = embedded_segments()
    assert [segment.name for segment in fresh] == [segment.name for segment in body()]
    motion = waves()
    np.testing.assert_allclose(inverse_dynamics(fresh, *motion), inverse_dynamics(body(), *motion), atol=1e-5)
