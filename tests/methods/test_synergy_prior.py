"""The synergies of the source, and the price beside them."""

from __future__ import annotations

import numpy as np
import torch

from conftest import make_walk
from myoshift.methods.synergy_prior import SynergyPrior, learned
from myoshift.predictor import Problem
from myoshift.training import Pool, TrainingConfig, fit
from myoshift.types import Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "gastrocnemius", "soleus"), 50.0
)


def walks(count=3):
    return [make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=5) for i in range(count)]


def test_synergies_of_labels_leave_out_what_nobody_measured():
    source = walks()
    for each in source:
        each.activation[:, [name.startswith("soleus") for name in each.activation_names]] = np.nan
    seen, weights = learned(Pool(PROBLEM.legs(source)), 5)
    assert seen.tolist() == [True, True, False]
    assert weights.shape == (2, 2)
    torch.testing.assert_close(weights.norm(dim=0), torch.ones(2, dtype=torch.float64))


def test_a_strong_prior_leaves_predictions_in_the_span_of_one_synergy():
    split, test = Split(name="x", source=tuple(walks())), make_walk(subject="t", institution="new", seed=9, seconds=5)
    config, found = TrainingConfig(steps=60, batch=8, window=40, lr=1e-2), []
    for weight in (0.0, 30.0):
        method = SynergyPrior(rank=1, weight=weight)
        values, names = fit(method, PROBLEM, split, config).predict_recording(test)
        leg = values[:, [names.index(f"{name}_r") for name in PROBLEM.outputs]]
        own = np.linalg.svd(leg, compute_uv=False)
        found.append(float((own[1:] ** 2).sum() / (own**2).sum()))
    assert found[1] < 0.5 * found[0]
