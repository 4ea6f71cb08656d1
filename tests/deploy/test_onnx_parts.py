"""Models as tensors in, tensors out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from deploy.onnx_models import PROBLEM, WALKS, mean, net, personal
from myoshift.deploy.onnx_check import made_up
from myoshift.deploy.onnx_parts import about, part, spread
from myoshift.errors import ConfigError
from myoshift.estimators.knn import Knn
from myoshift.estimators.ridge import Ridge
from myoshift.estimators.template import Template
from myoshift.models.tcn import TCN
from myoshift.models.transformer import Transformer
from myoshift.predictor import spread as spread_values


@pytest.mark.parametrize(
    "predictor",
    [
        lambda: net(TCN),
        lambda: net(Transformer, norm="centre"),
        lambda: net(TCN, causal=True),
        lambda: Ridge(PROBLEM).fit(WALKS),
        lambda: Knn(PROBLEM, samples=100).fit(WALKS),
        lambda: personal(mean(net(TCN), Ridge(PROBLEM).fit(WALKS)), "mixing+last_layer"),
        lambda: mean(personal(Ridge(PROBLEM).fit(WALKS), "ridge_head"), net(TCN)),
    ],
)
def test_a_part_says_what_its_model_says(predictor):
    made = predictor()
    motion = made_up(3)
    with torch.no_grad():
        said = part(made.model, PROBLEM.outputs)(torch.from_numpy(motion))
    for leg, sites, muscles in zip(motion, said.sites.numpy(), said.muscles.numpy(), strict=True):
        wanted = made.model(leg)
        there = np.array([name in (made.trained or PROBLEM.outputs) for name in PROBLEM.outputs])
        np.testing.assert_allclose(sites[:, there], wanted[:, there], atol=1e-5)
        known = np.isfinite(moved := _muscles(made, leg)).all(axis=0)
        np.testing.assert_allclose(muscles[:, known], moved[:, known], atol=1e-5)


def _muscles(predictor, leg):
    from myoshift.predictor import muscle_values

    return muscle_values(predictor.model, leg, PROBLEM.outputs)


def test_muscles_are_spread_as_by_the_predictor():
    values = np.random.default_rng(0).uniform(size=(5, 3)).astype(np.float32)
    values[:, 1] = np.nan
    ours = np.nan_to_num(values) @ spread(PROBLEM.outputs, [True, False, True]).numpy()
    np.testing.assert_allclose(ours, np.nan_to_num(spread_values(values, PROBLEM.outputs)), atol=1e-6)


def test_totals_about_another_level():
    x = torch.randn(1, 20, 3, dtype=torch.float64)
    level = torch.tensor([0.3, -1.0, 0.0], dtype=torch.float64)

    def totals(values):
        return torch.stack([torch.full_like(values[:, 0], 20), values.sum(1), values.square().sum(1)], dim=1)

    torch.testing.assert_close(about(totals(x), level), totals(x - level))
    torch.testing.assert_close(about(about(totals(x), level), -level), totals(x))


def test_what_is_no_function_of_one_leg_is_refused():
    with pytest.raises(ConfigError, match=r"template cannot be exported.*To mend"):
        part(mean(net(TCN), Template(PROBLEM).fit(WALKS)).model, PROBLEM.outputs)
