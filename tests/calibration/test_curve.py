"""Amplitude curves."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.base import Outputs
from myoshift.calibration.curve import GaussianProcess, Isotonic


def seen(prediction):
    return Outputs(("soleus",), prediction, prediction, np.zeros((len(prediction), 3), np.float32))


@pytest.mark.parametrize("calibrator", [Isotonic(), GaussianProcess()])
def test_a_square_law_is_found(calibrator):
    x = np.random.default_rng(0).uniform(size=(400, 1))
    found = calibrator.fit([seen(x)], [x**2], 50.0)
    grid = np.linspace(0.1, 0.9, 9)[:, None]
    np.testing.assert_allclose(found.apply(seen(grid), 50.0), grid**2, atol=0.06)


def test_isotonic_never_falls():
    random = np.random.default_rng(0)
    found = Isotonic().fit([seen(random.uniform(size=(100, 1)))], [random.uniform(size=(100, 1))], 50.0)
    assert (np.diff(found.values[:, 0]) >= 0).all()


def test_gaussian_process_returns_to_the_identity_where_nothing_was_seen():
    x = np.random.default_rng(0).uniform(0.0, 0.1, size=(100, 1))
    found = GaussianProcess().fit([seen(x)], [x + 0.2], 50.0)
    assert found.values[0, 0] > 0.1
    assert abs(found.values[-1, 0] - 1.2) < 0.1
