"""Mixtures of predictions."""

from __future__ import annotations

import numpy as np

from myoshift.calibration.base import Outputs
from myoshift.calibration.mixing import Mixing

NAMES = ("tibialis_anterior", "gastrocnemius", "soleus")


def seen(prediction):
    return Outputs(NAMES, prediction, prediction, np.zeros((len(prediction), 3), np.float32))


def test_known_crosstalk_is_found():
    x = np.random.default_rng(0).uniform(size=(200, 3))
    mixed = x @ np.array([[0.8, 0.0, 0.1], [0.2, 1.0, 0.0], [0.0, 0.0, 0.9]]) + 0.05
    found = Mixing(penalty=1e-6).fit([seen(x)], [mixed], 50.0)
    np.testing.assert_allclose(found.apply(seen(x), 50.0), mixed, atol=1e-4)


def test_a_large_penalty_leaves_the_prediction_but_for_its_level():
    x = np.random.default_rng(0).uniform(size=(200, 3))
    found = Mixing(penalty=1e9).fit([seen(x)], [x[:, ::-1] + 0.1], 50.0)
    np.testing.assert_allclose(found.weights, np.eye(3), atol=1e-6)


def test_a_missing_prediction_is_not_invented_and_not_missed_by_the_others():
    x = np.random.default_rng(0).uniform(size=(200, 3))
    found = Mixing().fit([seen(x)], [x], 50.0)
    x[:, 1] = np.nan
    values = found.apply(seen(x), 50.0)
    assert np.isnan(values[:, 1]).all()
    assert np.isfinite(values[:, [0, 2]]).all()
