"""What holds for all estimators alike, on toy laboratories and on bad input."""

from dataclasses import replace

import numpy as np
import pytest

from estimators.laboratories import MEASURED, PROBLEM, mean_error, mean_r, toy_split
from myoshift import registry
from myoshift.errors import AccessError, DataRefused
from myoshift.estimators.ensemble import Ensemble
from myoshift.predictor import Predictor
from myoshift.types import Split

CLOSED = ["constant", "template", "own_template", "knn", "ridge", "scratch_ridge"]
PERSONAL = {"own_template", "scratch_ridge"}


def estimator(name: str, seed: int = 0):
    if name == "ensemble":
        parts = [registry.load("estimators", each) for each in ("knn", "ridge")]
        return Ensemble(PROBLEM, lambda split, seed: parts[seed](PROBLEM).fit(split), (0, 1))
    return registry.load("estimators", name)(PROBLEM, seed=seed)


@pytest.fixture(scope="module")
def split():
    return toy_split()[0]


@pytest.fixture(scope="module")
def test_recordings():
    return toy_split()[1]


@pytest.fixture(scope="module", params=[*CLOSED, "ensemble"])
def fitted(request, split) -> tuple[str, Predictor]:
    return request.param, estimator(request.param).fit(split)


def test_it_beats_the_constant_on_a_new_laboratory(fitted, split, test_recordings):
    name, predictor = fitted
    constant = estimator("constant").fit(split)
    if name == "constant":
        assert mean_r(predictor, test_recordings) == 0
        assert mean_error(predictor, test_recordings) < 0.5
    else:
        assert mean_r(predictor, test_recordings) > 0.6
        assert mean_error(predictor, test_recordings) < 0.9 * mean_error(constant, test_recordings)


def test_saved_and_loaded_it_predicts_exactly_the_same(fitted, test_recordings, tmp_path):
    _, predictor = fitted
    predictor.save(tmp_path / "model")
    loaded = Predictor.load(tmp_path / "model")
    for recording in test_recordings:
        for made, again in (
            (predictor.predict_recording(recording), loaded.predict_recording(recording)),
            (predictor.muscles(recording), loaded.muscles(recording)),
        ):
            assert made[1] == again[1]
            np.testing.assert_array_equal(made[0], again[0])
    assert loaded.card == predictor.card


def test_an_output_that_nobody_measured_is_nan(fitted, test_recordings):
    _, predictor = fitted
    values, names = predictor.predict_recording(test_recordings[0])
    unknown = [i for i, name in enumerate(names) if name.startswith("adductor_longus")]
    assert len(unknown) == 2
    assert np.isnan(values[:, unknown]).all()
    assert np.isfinite(np.delete(values, unknown, axis=1)).all()
    assert predictor.trained == MEASURED


def test_muscles_are_those_that_a_trained_output_sees(fitted, test_recordings):
    _, predictor = fitted
    values, names = predictor.muscles(test_recordings[0])
    bases = {name.rpartition("_")[0] for name in names}
    assert bases == {"tibant", "gasmed", "gaslat", "recfem", "bflh", "semimem", "semiten"}
    assert values.shape == (len(test_recordings[0].motion), 14)
    assert np.isfinite(values).all()


def test_activation_is_never_negative(fitted, test_recordings):
    values, _ = fitted[1].predict_recording(test_recordings[0])
    assert np.nanmin(values) >= 0


def test_the_prediction_does_not_depend_on_measured_activation(fitted, test_recordings):
    recording = test_recordings[0]
    shown, hidden = fitted[1].predict_recording(recording), fitted[1].predict_recording(recording.hidden())
    np.testing.assert_array_equal(shown[0], hidden[0])


@pytest.mark.parametrize("frames", [1, 5, 30])
def test_short_recordings_are_predicted(fitted, test_recordings, frames):
    values, _ = fitted[1].predict_recording(test_recordings[0].window(0, frames))
    assert len(values) == frames
    assert np.isfinite(values[:, : len(MEASURED)]).all()


def test_gaps_in_the_motion_are_bridged_or_left_out(fitted, test_recordings):
    recording = test_recordings[0]
    motion = recording.motion.copy()
    motion[40:44, 0] = np.nan
    motion[80:83] = np.nan
    values, _ = fitted[1].predict_recording(replace(recording, motion=motion))
    assert np.isfinite(values[40:44, : len(MEASURED)]).all()
    assert np.isnan(values[80:83]).all()


@pytest.mark.parametrize("name", CLOSED)
def test_the_same_seed_gives_the_same_bytes(name, split, tmp_path):
    for folder in ("1", "2"):
        estimator(name, seed=7).fit(split).save(tmp_path / folder)
    for file in ("model.json", "model.safetensors"):
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes()


@pytest.mark.parametrize("name", CLOSED)
def test_it_says_what_it_needs_and_is_refused_without(name, split):
    kind = registry.load("estimators", name)
    assert kind.needs == {"calibration" if name in PERSONAL else "source"}
    (part,) = kind.needs
    with pytest.raises(AccessError, match=rf"{name} needs {part}.*To mend"):
        kind(PROBLEM).fit(replace(split, **{part: ()}))
    hidden = replace(split, **{part: tuple(r.hidden() for r in getattr(split, part))})
    with pytest.raises(DataRefused, match=rf"no labelled leg in the {part}"):
        kind(PROBLEM).fit(hidden)


@pytest.mark.parametrize("name", sorted(PERSONAL))
def test_personal_estimators_learn_from_the_calibration_alone(name, split, test_recordings):
    with_source = estimator(name).fit(split)
    without = estimator(name).fit(Split(name="x", source=(), calibration=split.calibration))
    made, again = (p.predict_recording(test_recordings[0])[0] for p in (with_source, without))
    np.testing.assert_array_equal(made, again)


@pytest.mark.parametrize("name", ["constant", "template", "knn", "ridge"])
def test_a_second_recording_of_one_laboratory_does_not_outweigh_the_others(name, split, test_recordings):
    """Institution and person weights: writing one person's recording twice changes next to nothing."""
    twice = replace(split, source=(*split.source, split.source[0]))
    once, again = (estimator(name).fit(s).predict_recording(test_recordings[0])[0] for s in (split, twice))
    assert np.nanmax(np.abs(once - again)) < (0.35 if name == "knn" else 1e-5)
