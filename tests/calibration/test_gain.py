"""Gain and offset."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.base import Outputs
from myoshift.calibration.gain import Affine, Gain, line


def outputs(prediction):
    prediction = np.asarray(prediction, np.float64)
    return Outputs(("soleus", "gastrocnemius"), prediction, prediction, np.zeros((len(prediction), 3), np.float32))


def test_a_known_gain_and_offset_are_found_without_a_prior():
    x = np.random.default_rng(0).uniform(size=(60, 2))
    found = Gain(prior=0.0).fit([outputs(x)], [0.5 * x + [0.1, 0.0]], 50.0)
    np.testing.assert_allclose(found.gain, 0.5)
    np.testing.assert_allclose(found.offset, [0.1, 0.0], atol=1e-12)


def test_the_prior_draws_the_gain_to_one():
    x = np.random.default_rng(0).uniform(size=60)
    gains = [line(x, 0.5 * x, prior)[0] for prior in (0.0, 0.2, 10.0, 1e6)]
    assert gains == sorted(gains)
    assert gains[-1] == pytest.approx(1.0, abs=1e-4)


def test_a_gain_is_never_negative():
    x = np.linspace(0, 1, 50)
    assert line(x, 1 - x, 0.0) == (0.0, pytest.approx(0.5))


def test_an_output_without_enough_frames_is_left_alone():
    x = np.random.default_rng(0).uniform(size=(60, 2))
    measured = np.full((60, 2), np.nan)
    measured[:, 0], measured[:3, 1] = 0.5 * x[:, 0], 0.5 * x[:3, 1]
    found = Gain().fit([outputs(x)], [measured], 50.0)
    assert (found.gain[1], found.offset[1]) == (1.0, 0.0)


def test_a_constant_prediction_is_moved_to_the_level():
    found = Gain().fit([outputs(np.full((20, 2), 0.5))], [np.full((20, 2), 0.2)], 50.0)
    np.testing.assert_allclose(found.apply(outputs(np.full((4, 2), 0.5)), 50.0), 0.2)


def test_changes_name_gain_and_offset():
    changes = Affine(np.array([0.5, 1.0]), np.array([0.0, 0.1])).changes(("soleus", "gastrocnemius"))
    assert [(c.output, c.parameter, c.value) for c in changes][:2] == [
        ("soleus", "gain", 0.5),
        ("soleus", "level", 0.0),
    ]
