from __future__ import annotations

import json
import warnings
from dataclasses import fields, replace

import numpy as np
import pytest

from myoshift.anatomy import IPSILATERAL
from myoshift.errors import DataFormatError
from myoshift.physiology.curves import MILLARD, RAJAGOPAL
from myoshift.physiology.muscle import Muscles
from myoshift.simulate import table
from myoshift.simulate.fit.embedded import mirrored
from myoshift.simulate.inverse_dynamics import inverse_dynamics
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.tree import place
from simulate.motions import body, still, waves


def test_the_embedded_body_weighs_75_kg_and_every_coordinate_moves_it():
    assert sum(segment.mass for segment in body()) == pytest.approx(75.0, abs=0.2)
    used = {axis.coordinate for segment in body() for axis in (*segment.rotations, *segment.translations)}
    assert used == set(COORDINATES)


@pytest.mark.parametrize("name", [segment.name for segment in body() if segment.name.endswith("_r")])
def test_the_left_side_is_the_image_of_the_right(name):
    found = {segment.name: segment for segment in body()}
    image, left = mirrored(found[name]), found[f"{name[:-2]}_l"]
    model = replace(table.load(), points=())
    written = [table.as_text(replace(model, segments=(segment,))) for segment in (image, left)]
    assert written[0] == written[1]


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


def rows(model):
    return json.loads(table.as_text(model))


def test_a_model_comes_back_as_it_was_written(tmp_path):
    model = table.load()
    table.save(model, tmp_path / "model.json", {"source": "a test"})
    again = table.load(tmp_path / "model.json")
    assert table.as_text(again) == table.as_text(model)
    assert again.points == model.points
    assert again.legs["l"] is again.legs["r"]


def test_legs_that_differ_are_kept_apart(tmp_path):
    model = table.load()
    left = replace(model.legs["l"], muscles=replace(model.legs["l"].muscles, fibre=MILLARD))
    table.save(replace(model, legs={"r": model.legs["r"], "l": left}), tmp_path / "model.json")
    again = table.load(tmp_path / "model.json").legs
    assert again["l"].muscles.fibre == MILLARD
    assert again["r"].muscles.fibre == RAJAGOPAL


@pytest.mark.parametrize(
    "spoil",
    [
        lambda parts: parts.pop("segments"),
        lambda parts: parts.update(version=9),
        lambda parts: parts["muscles both"][3].update(maximum_force=-1.0),
        lambda parts: parts["muscles both"][3].update(coefficients=[1.0, 2.0]),
        lambda parts: parts["muscles both"][3].update(optimal_length="long"),
        lambda parts: parts["exponents both"][1].append(2),
    ],
)
def test_a_spoilt_table_is_refused_in_one_sentence(tmp_path, spoil):
    parts = rows(table.load())
    spoil(parts)
    (tmp_path / "model.json").write_text(json.dumps(parts))
    with pytest.raises(DataFormatError, match=r"model\.json: not a model table .*fit-paths"):
        table.load(tmp_path / "model.json")


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(DataFormatError, match="cannot be read"):
        table.load(tmp_path / "absent.json")
    (tmp_path / "model.json").write_text("[1, 2]")
    with pytest.raises(DataFormatError, match="not a model table"):
        table.load(tmp_path / "model.json")


def test_the_embedded_muscles_are_the_forty_of_a_leg():
    leg = table.load().legs["r"]
    assert leg.names == IPSILATERAL
    parameters = [getattr(leg.muscles, field.name) for field in fields(Muscles) if field.name != "fibre"]
    assert {parameter.shape for parameter in parameters} == {(40,)}


def test_the_committed_table_is_what_myo_sim_and_the_anthropometry_give():
    pytest.importorskip("myo_sim")
    from myoshift.simulate.fit.embedded import embedded_segments

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fresh = embedded_segments()
    assert [segment.name for segment in fresh] == [segment.name for segment in body()]
    motion = waves()
    np.testing.assert_allclose(inverse_dynamics(fresh, *motion), inverse_dynamics(body(), *motion), atol=1e-5)
