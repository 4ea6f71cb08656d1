"""Inner validation."""

from __future__ import annotations

import numpy as np

from myoshift.calibration.base import Outputs
from myoshift.calibration.choice import Chosen
from myoshift.testing.calibrators import RATE, error, toy


def test_a_prediction_that_is_right_is_left_alone():
    seen, _ = toy(2.0)
    right = [each.prediction + 0.05 * np.random.default_rng(0).normal(size=each.prediction.shape) for each in seen]
    useless = [
        Outputs(s.names, s.prediction, np.random.default_rng(1).normal(size=(100, 30)), s.motion) for s in seen
    ]
    found = Chosen(candidates=("none", "ridge_head")).fit(useless, right, RATE)
    assert found.links == ()


def test_what_fits_best_where_it_was_not_fitted_is_taken():
    seen, measured = toy()
    found = Chosen(candidates=("none", "gain", "delay+last_layer")).fit(seen, measured, RATE)
    assert [name for name, _ in found.links] == ["delay", "last_layer"]
    new, answers = toy(seed=1)
    assert error(found, new, answers) < error(Chosen(candidates=("none",)).fit(seen, measured, RATE), new, answers)


def test_held_blocks_are_whole_and_cover_everything():
    measured = np.ones((50, 2))
    blocks = np.concatenate([Chosen()._block(measured, k, 0) for k in range(4)], axis=1)
    np.testing.assert_array_equal(blocks.sum(axis=1), 1)
    assert (Chosen()._block(measured, 1, 3).sum() - blocks[:, 1].sum()) == 6
