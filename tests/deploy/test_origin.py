"""What a file says of the model that it was predicted with."""

from __future__ import annotations

from pathlib import Path

from conftest import make_walk
from myoshift import formats
from myoshift.deploy.origin import Origin, cards, used
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split


def test_the_hash_is_that_of_the_description_and_institutions_are_those_of_the_card(tmp_path):
    problem = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus",), 50.0)
    source = (make_walk(), make_walk(subject="s2", institution="toy-b"))
    predictor = Ridge(problem).fit(Split(name="all", source=source))
    predictor.save(tmp_path / "model")
    found = used(predictor, tmp_path / "model", "ours")
    assert found.sha256 == formats.hash_file(tmp_path / "model" / "model.json")
    assert found.institutions == ("toy-a", "toy-b")
    assert "predicted from walk.mot" in str(Origin(motion=Path("x/walk.mot"), model=found))


def test_members_and_calibrations_have_cards_too():
    card = {"members": [{"n": 1}, {"n": 2, "members": [{"n": 3}]}], "calibration": {"n": 4}, "n": 0}
    assert sorted(each["n"] for each in cards(card)) == [0, 1, 2, 3, 4]
