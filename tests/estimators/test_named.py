from __future__ import annotations

import pytest

from myoshift.errors import ConfigError, UnknownNameError
from myoshift.estimators.ensemble import Ensemble
from myoshift.estimators.knn import Knn
from myoshift.estimators.named import by_gradient, by_training, named, training_config
from myoshift.predictor import Problem
from myoshift.training import Trained, TrainingConfig

PROBLEM = Problem(("knee_angle",), ("soleus",), 50.0)


def build(name: str, config: TrainingConfig | None = None, **settings):
    return named(name, PROBLEM, config=config, seed=3, settings=settings)


def test_a_method_is_trained_and_an_estimator_is_itself():
    config = TrainingConfig(steps=7)
    method, estimator = build("coral", config), build("knn", config, neighbours=5)
    assert isinstance(method, Trained)
    assert (method.method, method.config, method.seed) == ("coral", config, 3)
    assert isinstance(estimator, Knn)
    assert (estimator.neighbours, estimator.seed) == (5, 3)


def test_an_ensemble_of_its_own_members_is_fitted():
    assert isinstance(build("ensemble"), Ensemble)


def test_who_is_trained():
    assert by_gradient("coral")
    assert not by_gradient("pretrained")
    assert by_training("pretrained")
    assert not by_training("knn")


def test_the_unknown_is_named():
    with pytest.raises(ConfigError, match="unknown setting 'k' of method 'knn'"):
        build("knn", k=1)
    with pytest.raises(UnknownNameError):
        build("nobody")
    with pytest.raises(ConfigError, match=r"training\.steps"):
        training_config({"steps": 0})
