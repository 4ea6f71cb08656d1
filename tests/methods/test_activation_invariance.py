"""Gains of people, montages and clocks of laboratories, embeddings; muscles and sites in one network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.methods.embedding import thinned, with_mask
from myoshift.methods.shared_drive import Montages, SharedDrive
from myoshift.methods.source_sensors import SourceSensors
from myoshift.predictor import Problem
from myoshift.training import Pool, TrainingConfig, fit
from myoshift.types import Split

INPUTS = ("hip_flexion", "knee_angle", "ankle_angle")
PROBLEM = Problem(INPUTS, ("tibialis_anterior", "gastrocnemius", "soleus"), 50.0)
SHORT = TrainingConfig(steps=20, batch=8, window=40)
LONGER = TrainingConfig(steps=150, batch=8, window=60, lr=1e-2)


def walks(*gains):
    return tuple(
        make_walk(subject=f"s{i}", institution=f"lab-{i // 2}", seed=i, seconds=6, gain=gain)
        for i, gain in enumerate(gains)
    )


def test_the_gains_of_people_are_found():
    method = SourceSensors(shrinkage=1e-4)
    fit(method, PROBLEM, Split(name="x", source=walks(0.7, 1.0, 1.0, 1.4)), LONGER)
    found = method.gains.logarithms().detach().mean(dim=1)
    assert found[0] < -0.15
    assert found[3] > 0.15


def test_the_gains_of_laboratories_are_found_and_the_network_keeps_the_common_drive():
    method = SharedDrive(shrinkage=1e-4)
    fit(method, PROBLEM, Split(name="x", source=walks(0.7, 0.7, 1.4, 1.4)), LONGER)
    found = method.sensors.gains.logarithms().detach().mean(dim=1)
    assert found[0] < -0.15 < 0.15 < found[1]


def test_a_montage_is_the_common_one_at_first_and_keeps_its_sum():
    common = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    montages, muscles = Montages(common, 2), torch.rand(2, 5, 3)
    torch.testing.assert_close(montages(muscles, torch.tensor([0, 1])), muscles @ common.T)
    with torch.no_grad():
        montages.raw[1] += torch.tensor([[2.0, 0.0, 9.0], [0.0, 0.0, 3.0]])
    changed = montages(torch.ones(2, 5, 3), torch.tensor([0, 1]))
    torch.testing.assert_close(changed, torch.ones(2, 5, 2))
    own = montages(muscles, torch.tensor([0, 1]))[1, :, 0]
    torch.testing.assert_close(own, muscles[1, :, :2] @ torch.tensor([2.0, 0.0]).softmax(0))


def test_what_was_not_measured_is_told_to_the_encoder_and_more_is_hidden():
    values = torch.tensor([[[0.5, torch.nan]]])
    assert with_mask(values).tolist() == [[[0.5, 0.0, 1.0, 0.0]]]
    windows = Pool(PROBLEM.legs(walks(1.0))).draw(np.random.default_rng(0), 4, 20)
    assert thinned(windows, 1.0).isnan().all()
    torch.testing.assert_close(thinned(windows, 0.0), windows.activation, equal_nan=True)


def test_a_laboratory_that_lacks_an_output_does_no_harm():
    source = list(walks(1.0, 1.0, 1.0, 1.0))
    source[0].activation[:, :2] = np.nan
    method = SourceSensors()
    predictor = fit(method, PROBLEM, Split(name="x", source=tuple(source)), SHORT)
    assert predictor.card["skipped_steps"] == 0
    assert torch.isfinite(method.gains.raw).all()


@pytest.mark.parametrize(
    "name", ["source_sensors", "lag_tolerant", "shared_drive", "contrastive", "activation_autoencoder"]
)
def test_it_trains(name):
    test = make_walk(subject="t", institution="new", seed=9, seconds=5)
    predictor = fit(registry.load("methods", name)(), PROBLEM, Split(name="x", source=walks(1.0, 1.0, 1.0)), SHORT)
    values, names = predictor.predict_recording(test)
    assert np.isfinite(values[:, names.index("soleus_r")]).all()


def test_one_network_learns_from_simulated_muscles_and_measured_sites():
    problem = Problem(INPUTS, ("gastrocnemius", "soleus", "tibialis_anterior", "gaslat"), 50.0)
    measured = make_walk(subject="m", institution="lab", seed=1, seconds=6)
    muscles = {"gastrocnemius_medialis": "gasmed", "soleus": "soleus", "tibialis_anterior": "tibant"}
    names = tuple(f"{muscles[name[:-2]]}{name[-2:]}" for name in measured.activation_names)
    lateral = measured.activation[:, [names.index("gasmed_r"), names.index("gasmed_l")]]
    simulated = replace(
        make_walk(subject="v", institution="virtual", seed=2, seconds=6),
        activation=np.concatenate([measured.activation, lateral], axis=1),
        activation_names=(*names, "gaslat_r", "gaslat_l"),
        kind="simulated",
    )
    legs = problem.legs([measured, simulated])
    assert np.isnan(legs[0].activation[:, 3]).all()
    assert np.isfinite(legs[2].activation).all()
    predictor = fit(
        registry.load("methods", "source_delays")(), problem, Split(name="x", source=(measured, simulated)), SHORT
    )
    assert predictor.trained == problem.outputs
    values, _ = predictor.predict_recording(make_walk(subject="t", institution="new", seed=3, seconds=5))
    assert np.isfinite(values).all()
