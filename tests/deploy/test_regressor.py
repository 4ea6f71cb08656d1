from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold

from myoshift.deploy.regressor import ActivationRegressor
from myoshift.errors import ConfigError, DataRefused, UnknownNameError

RATE = 50.0


def walks(people: int = 4, frames: int = 300) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Motion (T, 3) of people who walk at their own pace, and an activation that follows from hip and ankle."""
    random, motions, activations = np.random.default_rng(0), [], []
    for _ in range(people):
        phase = 2 * np.pi * np.arange(frames) / RATE * random.uniform(0.8, 1.2) + random.uniform(0, 6)
        hip, knee, ankle = 0.5 * np.sin(phase), 0.5 + 0.5 * np.sin(phase + 1), 0.3 * np.sin(phase + 2)
        motions.append(np.stack([hip, knee, ankle], axis=1))
        soleus = np.maximum(ankle, 0) + 0.1
        activations.append(np.stack([soleus, np.maximum(-hip, 0) + 0.1], axis=1))
    return motions, activations


def knn(**changes) -> ActivationRegressor:
    return ActivationRegressor(**{"method": "knn", "outputs": ("soleus", "tibialis_anterior")} | changes)


def test_arrays_in_arrays_out():
    X, y = walks()
    fitted = knn().fit(X[:3], y[:3])
    one, many = fitted.predict(X[3]), fitted.predict(X[3:])
    assert one.shape == y[3].shape
    assert np.array_equal(one, many[0])
    assert fitted.score(X[3:], y[3:]) > 0.8
    assert fitted.score(X[3], y[3]) == fitted.score(X[3:], y[3:])


def test_recordings_name_their_columns():
    X, y = walks()
    problem = knn().fit(X, y).predictor_.problem
    recordings = [
        replace(
            problem.alone(motion.astype(np.float32)),
            activation=activation.astype(np.float32),
            activation_names=("soleus_r", "tibialis_anterior_r"),
            subject=f"{k}",
        )
        for k, (motion, activation) in enumerate(zip(X, y, strict=True))
    ]
    fitted = knn().fit(recordings[:3])
    assert fitted.predict(recordings[3]).shape == y[3].shape
    assert fitted.score(recordings[3:]) == pytest.approx(knn().fit(X[:3], y[:3]).score(X[3:], y[3:]), abs=1e-6)
    assert fitted.predictor_.card["people"] == 3


def test_groups_are_people():
    X, y = walks()
    card = knn().fit(X, y, groups=["a", "a", "a", "b"]).predictor_.card
    assert card["people"] == 2


def test_it_is_an_estimator_of_scikit_learn():
    X, y = walks(6)
    search = GridSearchCV(
        knn(),
        {"settings": [{"neighbours": 1}, {"neighbours": 15}]},
        cv=GroupKFold(3),
        error_score="raise",
        refit=True,
    ).fit(X, y, groups=[0, 0, 1, 1, 2, 2])
    assert set(search.best_params_) == {"settings"}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    again = clone(search.best_estimator_)
    assert not hasattr(again, "predictor_")
    assert again.get_params()["method"] == "knn"


def test_a_network_is_trained_as_told():
    X, y = walks(2)
    fitted = ActivationRegressor("source_only", outputs=("soleus", "tibialis_anterior"), training={"steps": 3}).fit(
        X, y
    )
    assert fitted.predictor_.card["training"]["steps"] == 3


def test_what_was_not_measured_is_not_scored():
    X, y = walks()
    hidden = [np.where([[False, True]], np.nan, each) for each in y]
    fitted = knn().fit(X[:3], y[:3])
    only = fitted.score(X[3:], hidden[3:])
    assert np.isfinite(only)
    assert np.isnan(fitted.score(X[3:], [np.full_like(y[3], np.nan)]))


def test_refusals_name_what_is_wrong():
    X, y = walks()
    with pytest.raises(ConfigError, match="no outputs are named"):
        knn(outputs=()).fit(X, y)
    with pytest.raises(ConfigError, match="need activations"):
        knn().fit(X)
    with pytest.raises(ConfigError, match="4 recordings, 3 activations"):
        knn().fit(X, y[:3])
    with pytest.raises(DataRefused, match="other columns"):
        knn().fit([each[:, :2] for each in X], y)
    with pytest.raises(DataRefused, match="another number of frames"):
        knn().fit(X, [each[:-1] for each in y])
    with pytest.raises(ConfigError, match="unknown setting 'k'"):
        knn(settings={"k": 1}).fit(X, y)
    with pytest.raises(ConfigError, match=r"training\.step: "):
        knn(method="source_only", training={"step": 3}).fit(X, y)
    with pytest.raises(UnknownNameError, match="knnn"):
        knn(method="knnn").fit(X, y)
