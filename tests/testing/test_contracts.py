"""Every plug-in in the registry keeps its contract."""

from __future__ import annotations

import pytest

from conftest import make_walk
from myoshift import registry
from myoshift.datasets.base import within_reach
from myoshift.models.saved import SavedNetwork
from myoshift.predictor import Problem
from myoshift.testing import (
    ContractError,
    check_calibrator,
    check_cards,
    check_dataset,
    check_estimator,
    check_metric,
    check_network,
    check_protocol,
)
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Answers, Fold, Split

PROBLEM = Problem(
    inputs=("hip_flexion", "knee_angle", "ankle_angle"),
    outputs=("tibialis_anterior", "gastrocnemius", "soleus"),
    rate=50.0,
)
SOURCE = tuple(make_walk(subject=f"s{i}", institution=f"toy-{'ab'[i % 2]}", seed=i) for i in range(4))
TARGET = make_walk(subject="new", institution="toy-c", seed=9)
NETWORKS = [n for n in registry.names("models") if issubclass(registry.load("models", n), SavedNetwork)]
CALIBRATORS = [n for n in registry.names("calibrators") if not hasattr(registry.load("calibrators", n), "tune")]
SPLIT = Split(name="toy", source=SOURCE, calibration=(TARGET.window(0, 110),))


@pytest.mark.parametrize("kind", list(registry.CARDS))
def test_cards(kind):
    check_cards(kind)


@pytest.mark.parametrize("name", [n for n in registry.names("datasets") if n not in ("toy", "virtual-labs")])
def test_dataset(name, data_root):
    if not within_reach(name, data_root):
        pytest.skip(f"no copy of {name}, which is published elsewhere")
    check_dataset(name, data_root)


@pytest.mark.parametrize("name", [n for n in registry.names("estimators") if n not in ("ensemble", "calibrated")])
def test_estimator(name):
    check_estimator(name, registry.load("estimators", name)(PROBLEM, seed=0), SPLIT, TARGET)


def test_ensemble():
    def member(split, seed):
        return Trained("source_only", PROBLEM, TrainingConfig(steps=3), seed=seed).fit(split)

    ensemble = registry.load("estimators", "ensemble")(PROBLEM, member=member, seeds=(0, 1))
    check_estimator("ensemble", ensemble, SPLIT, TARGET)


def test_calibrated():
    def member(split, seed):
        return Trained("source_only", PROBLEM, TrainingConfig(steps=3), seed=seed).fit(split)

    calibrated = registry.load("estimators", "calibrated")(PROBLEM, member=member, seeds=(0,))
    check_estimator("calibrated", calibrated, SPLIT, TARGET)


@pytest.mark.parametrize("name", CALIBRATORS)
def test_calibrator(name):
    check_calibrator(name)


@pytest.mark.parametrize("name", NETWORKS)
def test_network(name):
    check_network(name)


@pytest.mark.parametrize("name", registry.names("metrics"))
def test_metric(name):
    check_metric(name)


def test_a_protocol_that_shows_the_answers_is_caught():
    leaky = Fold(
        protocol="leaky",
        name="all",
        split=SPLIT,
        test_motion=(TARGET,),
        test_activation=Answers(recordings=(TARGET,)),
    )
    with pytest.raises(ContractError, match="activations are NaN"):
        check_protocol("leaky", [leaky])


def test_a_protocol_that_tests_on_its_source_is_caught():
    person = SOURCE[0]
    leaky = Fold(
        protocol="leaky",
        name="all",
        split=SPLIT,
        test_motion=(person.hidden(),),
        test_activation=Answers(recordings=(person,)),
    )
    with pytest.raises(ContractError, match="both in source and test"):
        check_protocol("leaky", [leaky])
