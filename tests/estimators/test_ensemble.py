from dataclasses import replace

import numpy as np
import pytest

from estimators.laboratories import PROBLEM, toy_split
from models.networks import OUTPUTS, motion, network
from myoshift.calibration.chain import Chain
from myoshift.calibration.delay import Shift
from myoshift.calibration.model import calibrated
from myoshift.errors import ConfigError
from myoshift.estimators.constant import Constant
from myoshift.estimators.ensemble import Ensemble, average, networks
from myoshift.estimators.knn import Knn
from myoshift.estimators.ridge import Ridge
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.predictor import Predictor
from myoshift.training import TrainingConfig

SHORT = TrainingConfig(steps=30, batch=8)


@pytest.fixture(scope="module")
def laboratories():
    return toy_split()


def test_it_is_the_mean_of_its_members(laboratories):
    split, test = laboratories
    members = [Ridge(PROBLEM).fit(split), Knn(PROBLEM).fit(split), Constant(PROBLEM).fit(split)]
    each = [member.predict_recording(test[0])[0] for member in members]
    made = average(PROBLEM, members).predict_recording(test[0])[0]
    np.testing.assert_allclose(made, np.mean(each, axis=0), rtol=1e-5)


def test_muscles_are_the_mean_of_the_members_muscles(laboratories):
    split, test = laboratories
    members = [Ridge(PROBLEM).fit(split), networks(PROBLEM, SHORT)(split, 0)]
    each = [member.muscles(test[0])[0] for member in members]
    np.testing.assert_allclose(average(PROBLEM, members).muscles(test[0])[0], np.mean(each, axis=0), rtol=1e-4)


def test_ensembles_nest_and_survive_the_disk(laboratories, tmp_path):
    split, test = laboratories
    inner = average(PROBLEM, [Knn(PROBLEM).fit(split), networks(PROBLEM, SHORT)(split, 1)])
    outer = average(PROBLEM, [inner, Ridge(PROBLEM).fit(split)])
    outer.save(tmp_path / "model")
    loaded = Predictor.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_recording(test[0])[0], outer.predict_recording(test[0])[0])
    np.testing.assert_array_equal(loaded.muscles(test[0])[0], outer.muscles(test[0])[0])
    assert any(name.startswith("0/1/layers.0") for name in outer.model.arrays())


def test_seeds_go_to_the_members_and_default_to_six(laboratories):
    seen = []

    def member(split, seed):
        seen.append(seed)
        return Constant(PROBLEM, seed=seed).fit(split)

    Ensemble(PROBLEM, member, (4, 5)).fit(laboratories[0])
    predictor = Ensemble(PROBLEM, member, seed=1).fit(laboratories[0])
    assert seen == [4, 5, 6, 7, 8, 9, 10, 11]
    assert [card["seed"] for card in predictor.card["members"]] == [6, 7, 8, 9, 10, 11]


def test_by_default_half_of_the_networks_keep_posture(laboratories):
    members = [networks(PROBLEM, SHORT)(laboratories[0], seed) for seed in (0, 1)]
    assert [m.model.config()["norm"] for m in members] == ["zscore", "centre"]


def test_only_outputs_that_every_member_knows_are_given(laboratories):
    split, test = laboratories
    whole = Constant(PROBLEM).fit(split)
    partial = replace(whole, trained=PROBLEM.outputs[:2])
    values, _ = average(PROBLEM, [whole, partial]).predict_recording(test[0])
    assert np.isfinite(values).all(axis=0).tolist() == [True, True, False, False, False] * 2


def test_members_of_another_problem_are_refused(laboratories):
    other = replace(PROBLEM, outputs=("soleus",))
    with pytest.raises(ConfigError, match=r"member 1.*soleus"):
        average(PROBLEM, [Constant(PROBLEM).fit(laboratories[0]), Constant(other).fit(laboratories[0])])


def test_members_of_other_lateness_wait_for_each_other_in_a_stream():
    plain = SavedTCN(network(TCN, causal=True))
    late = Shift(np.full(3, 0.05), np.zeros(3), np.zeros(3), ("",) * 3)
    slow = calibrated(plain, OUTPUTS, OUTPUTS, 50.0, Chain((("delay", late),)))
    model, move = EnsembleModel([slow, plain], OUTPUTS), motion(60)
    stream = model.stream()
    found = [each for frame in move if (each := stream.step(frame[None])) is not None] + stream.finish()
    assert stream.lag == slow.stream().lag > 0
    for part, expected in (
        ("outputs", model(move)),
        ("muscles", model.muscles(move)),
        ("features", model.features(move)),
    ):
        np.testing.assert_allclose(np.concatenate([getattr(each, part) for each in found]), expected, atol=1e-5)
    left = slow.stream(look_ahead=False).left
    np.testing.assert_allclose(model.stream(look_ahead=False).left, left / 2)
