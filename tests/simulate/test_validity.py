"""Tables that no model can be are refused, each with one message that names the place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from myoshift.errors import DataFormatError
from myoshift.simulate import table

EMBEDDED = Path(table.__file__).parent / "tables" / "embedded.json"
MUSCLES, EXPONENTS = "muscles both", "exponents both"
THIGH = ("segments", 1)
DAMAGE = {
    "nameless": ((MUSCLES, 0, "name"), "", "not known ones"),
    "twice": ((MUSCLES, 1, "name"), "addbrev", "each once"),
    "sideways": ((MUSCLES, 0, "pennation"), 1.6, "pennation"),
    "no term": ((MUSCLES, 0, "terms", 0), -1, "terms of 'addbrev'"),
    "steep": ((EXPONENTS, 5), [0, 0, 0, 0, 60], "degree"),
    "grams": (("mass",), 75_000.0, "75000 kg"),
    "nothing": (("mass",), float("nan"), "nan kg"),
    "centimetres": (("height",), 170.0, "170 m"),
    "list": (("name",), ["a"], "no text"),
    "another order": (("coordinates",), ["knee_angle"], "knee_angle"),
    "no parent": ((*THIGH, "parent"), "nowhere", "'nowhere'"),
    "negative": ((*THIGH, "mass"), -1.0, "femur_r"),
    "flat": ((*THIGH, "inertia"), [[1, 0], [0, 1]], "3 x 3"),
    "no body": ((*THIGH, "inertia", 0, 0), -1.0, "inertia of segment 'femur_r'"),
    "no number": ((*THIGH, "centre", 0), float("nan"), "centre"),
    "stretched": ((*THIGH, "parent_rotation", 0, 0), 9.0, "rotation"),
    "long axis": ((*THIGH, "rotations", 0, "direction", 2), 2.0, "unit vector"),
    "strange coordinate": ((*THIGH, "rotations", 0, "coordinate"), "foo", "'foo'"),
    "no polynomial": ((*THIGH, "rotations", 0, "polynomial"), [], "polynomial"),
    "lost point": (("points", 0, "segment"), "nowhere", "'nowhere'"),
    "point of another": (("points", 0, "muscle"), "nobody_r", "'nobody_r'"),
    "flat point": (("points", 0, "location"), [0.0, 1.0], "3 numbers"),
}


def damaged(path, place, value):
    content = json.loads(EMBEDDED.read_text())
    inside = content
    for key in place[:-1]:
        inside = inside[key]
    assert inside[place[-1]] != value
    inside[place[-1]] = value
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_told(tmp_path, kind):
    place, value, word = DAMAGE[kind]
    with pytest.raises(DataFormatError) as refused:
        table.load(damaged(tmp_path / "model.json", place, value))
    assert word in str(refused.value)
    assert "model.json" in refused.value.where
    assert "fit-paths" in refused.value.mend


def test_segments_and_muscles_keep_their_order(tmp_path):
    content, path = json.loads(EMBEDDED.read_text()), tmp_path / "model.json"
    for key, word in (("segments", "does not come before it"), (MUSCLES, "not in the order")):
        path.write_text(json.dumps({**content, key: content[key][::-1]}))
        with pytest.raises(DataFormatError, match=word):
            table.load(path)


def test_a_model_may_have_muscles_that_no_table_names(tmp_path):
    content, path = json.loads(EMBEDDED.read_text()), tmp_path / "model.json"
    more = {**content[MUSCLES][0], "name": "quad_fem"}
    path.write_text(json.dumps({**content, MUSCLES: [*content[MUSCLES], more]}))
    assert table.load(path).legs["l"].names[-1] == "quad_fem"
    path.write_text(json.dumps({**content, MUSCLES: [more], "points": []}))
    with pytest.raises(DataFormatError, match="not known ones"):
        table.load(path)


def test_a_segment_is_there_once(tmp_path):
    content, path = json.loads(EMBEDDED.read_text()), tmp_path / "model.json"
    path.write_text(json.dumps({**content, "segments": [*content["segments"], content["segments"][-1]]}))
    with pytest.raises(DataFormatError, match="twice"):
        table.load(path)


def test_brackets_without_end_are_no_model(tmp_path):
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(DataFormatError, match="not a model table"):
        table.load(tmp_path / "deep.json")


def test_the_embedded_table_is_sound(tmp_path):
    whole = tmp_path / "copy.json"
    whole.write_bytes(EMBEDDED.read_bytes())
    assert len(table.load(whole).segments) == len(table.load().segments)
