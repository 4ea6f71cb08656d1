from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.estimators.constant import ConstantModel
from myoshift.predictor import Familiarity, Predictor
from myoshift.predictor.card import SCORES, markdown, model_card
from myoshift.predictor.folder import README, read_folder
from predictor.fakes import PROBLEM


@pytest.fixture
def predictor():
    return Predictor(PROBLEM, ConstantModel(np.zeros(3, np.float32)), {"people": 3}, ("tibialis_anterior",))


def said(folder):
    return {name: text for section in model_card(read_folder(folder), "m").sections for name, text in section.items}


def test_the_readme_is_the_card(predictor, tmp_path):
    predictor.save(tmp_path / "m")
    assert (tmp_path / "m" / README).read_text() == markdown(model_card(read_folder(tmp_path / "m"), "m"))
    assert (tmp_path / "m" / README).read_text().startswith("# m\n")


def test_it_says_what_goes_in_what_comes_out_and_how_to_use_it(predictor, tmp_path):
    predictor.save(tmp_path / "m")
    card = said(tmp_path / "m")
    assert card["inputs"] == "hip_flexion, knee_angle, ankle_angle"
    assert card["never trained, not given"] == "gastrocnemius, gluteus_medius"
    assert card["people"] == "3"
    assert "medical" in card["limits"]
    assert card["predict"].startswith("myoshift predict ")
    assert "not kept" in card["training range"]
    assert SCORES not in (tmp_path / "m" / README).read_text()


def test_it_says_what_the_source_looked_like_and_how_well_it_does(predictor, tmp_path):
    walks = [make_walk(institution=place, seed=k) for k, place in enumerate(("north", "south"))]
    known = Familiarity.fit(PROBLEM.legs(walks), PROBLEM.inputs, PROBLEM.rate)
    scores = {"walking": {"r": 0.7012, "interval": [0.63, 0.75], "people": 31}}
    replace(predictor, familiarity=known, scores=scores).save(tmp_path / "m")
    card = said(tmp_path / "m")
    assert card["knee_angle"].startswith(f"{known.low[1]:.2f} to {known.high[1]:.2f}")
    assert "5% false alarms at an unseen one, from 2 institutions" in card["flagged"]
    assert card["walking"] == "r 0.701, interval 0.63 to 0.75, people 31"
