"""Windows of motion and their neighbours, as tensors."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.deploy.onnx_check import made_up
from myoshift.deploy.onnx_neighbours import Neighbours, Windows
from myoshift.estimators.knn import KnnModel
from myoshift.predictor.windows import lagged_windows


@pytest.mark.parametrize("sizes", [None, np.array([np.nan, 0.4, np.inf])])
def test_windows_are_those_of_the_predictor(sizes):
    motion = made_up(3)
    found = Windows(50.0, sizes)(torch.from_numpy(motion)).numpy()
    for leg, windows in zip(motion, found, strict=True):
        np.testing.assert_allclose(windows, lagged_windows(leg, 50.0, sizes), atol=1e-9)


def test_a_window_that_was_seen_gives_what_was_measured_there():
    motion = made_up(3)[:1]
    windows = lagged_windows(motion[0], 50.0).astype(np.float32)
    values = np.random.default_rng(0).uniform(size=len(windows)).astype(np.float32)
    model = KnnModel({1: (windows, values)}, 2, 5, 50.0)
    found = Neighbours(model)(torch.from_numpy(motion))[0].numpy()
    np.testing.assert_allclose(found[:, 1], model(motion[0])[:, 1], atol=1e-5)
    np.testing.assert_allclose(found[:, 1], values, atol=1e-5)
    assert not found[:, 0].any()
