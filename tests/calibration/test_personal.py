"""From a model and a few labelled seconds to the model of one person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.calibration.amplitude import scaled, unit
from myoshift.calibration.chain import steps
from myoshift.calibration.personal import calibrate
from myoshift.errors import DataRefused
from myoshift.estimators.ensemble import average
from myoshift.estimators.knn import Knn
from myoshift.estimators.static_optimisation import StaticOptimisation
from myoshift.predictor import Predictor, Problem
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"),
    ("tibialis_anterior", "gastrocnemius", "soleus", "hamstrings"),
    50.0,
)
SOURCE = Split(name="toy", source=tuple(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i) for i in range(2)))


def early(walk, frames):
    """The same person with EMG that comes so many frames earlier."""
    return replace(walk, activation=np.roll(walk.activation, -frames, axis=0))


@pytest.fixture(scope="module")
def model():
    network = Trained("source_only", PROBLEM, TrainingConfig(steps=80)).fit(SOURCE)
    return average(PROBLEM, [network, Knn(PROBLEM).fit(SOURCE)])


@pytest.fixture(scope="module")
def person():
    walk = early(make_walk(subject="new", institution="lab-9", seed=9, gain=4.0), 3)
    return scaled(walk, unit([walk]), "own")


def error(predictor, walk):
    legs = PROBLEM.legs([walk])
    return np.sqrt(np.nanmean([(predictor.legs(walk)[leg.side] - leg.activation) ** 2 for leg in legs]))


@pytest.mark.parametrize("names", ["delay", "physiology", "physiology+last_layer"])
def test_two_seconds_make_the_rest_of_the_person_better(model, person, names):
    own = calibrate(model, steps(names), [person.window(0, 100)])
    rest = person.window(120, 500)
    assert error(own, rest) < 0.8 * error(model, rest)


def test_the_card_says_by_what_and_on_what(model, person):
    card = calibrate(model, steps("delay+gain"), [person.window(0, 100)]).card["calibration"]
    assert card["calibrators"] == ["delay", "gain"]
    assert card["seconds"] == pytest.approx(4.0)
    delays = {c["output"]: c["value"] for c in card["changes"] if c["parameter"] == "delay"}
    assert delays["soleus"] == pytest.approx(0.06, abs=0.03)


def test_it_survives_the_disk_and_is_calibrated_again(model, person, tmp_path):
    once = calibrate(model, steps("physiology+last_layer"), [person.window(0, 100)])
    once.save(tmp_path / "own")
    loaded = Predictor.load(tmp_path / "own")
    rest = person.window(120, 300)
    np.testing.assert_allclose(loaded.legs(rest)["r"], once.legs(rest)["r"], atol=1e-6)
    twice = calibrate(loaded, steps("gain"), [person.window(0, 200)])
    assert np.isfinite(twice.legs(rest)["r"][:, :3]).all()


def test_an_output_that_nobody_learned_stays_unknown(model, person):
    own = calibrate(model, steps("physiology+last_layer"), [person.window(0, 100)])
    assert np.isnan(own.legs(person)["r"][:, 3]).all()


def test_muscles_move_with_the_sites_that_see_them(model, person):
    louder = replace(person, activation=np.minimum(2 * person.activation, 1.2))
    own = calibrate(model, steps("gain"), [louder.window(0, 100)])
    before, names = model.muscles(person)
    after, _ = own.muscles(person)
    soleus = names.index("soleus_r")
    assert after[:, soleus].mean() > before[:, soleus].mean()
    assert (after >= 0).all()


def test_nothing_of_the_answers_is_needed_to_predict(model, person):
    own = calibrate(model, steps("physiology"), [person.window(0, 100)])
    np.testing.assert_array_equal(own.legs(person)["r"], own.legs(person.hidden())["r"])


def test_recordings_without_a_measured_output_are_refused(model, person):
    with pytest.raises(DataRefused, match="no labelled leg in the calibration"):
        calibrate(model, steps("gain"), [person.hidden()])


def test_a_simulation_of_whole_recordings_is_calibrated_too(person):
    plain = StaticOptimisation(PROBLEM).fit(SOURCE)
    own = calibrate(plain, steps("physiology", {"simulated": True}), [person.window(0, 150)])
    assert own.model.kind == "calibrated_recording"
    values, names = own.muscles(person)
    assert values.shape == (len(person.motion), len(names))
    assert error(own, person) < error(plain, person)
