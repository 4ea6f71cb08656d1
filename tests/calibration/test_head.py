"""Heads in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from myoshift.calibration.base import Outputs
from myoshift.calibration.head import LastLayer, RidgeHead, ridge


@given(frames=st.integers(6, 40), features=st.integers(1, 30), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_it_is_the_ridge_regression_of_scikit_learn(frames, features, seed):
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(frames, features)), random.normal(size=frames)
    slope, level = ridge(x, y, 0.05)
    alpha = 0.05 * np.square(x - x.mean(axis=0)).sum()
    theirs = Ridge(alpha=alpha).fit(x, y)
    np.testing.assert_allclose(slope, theirs.coef_, atol=1e-8)
    assert level == pytest.approx(theirs.intercept_, abs=1e-8)


def test_features_that_do_not_vary_have_no_slope():
    assert ridge(np.ones((10, 3)), np.arange(10.0), 0.1) == (pytest.approx([0, 0, 0]), 4.5)


def seen(features, prediction):
    return Outputs(("soleus", "gastrocnemius"), prediction, features, np.zeros((len(features), 3), np.float32))


@pytest.fixture
def person():
    random = np.random.default_rng(0)
    features = random.normal(size=(300, 6))
    prediction = random.uniform(size=(300, 2))
    return features, prediction, prediction + 0.1 * features[:, :2] + 0.05


def test_what_the_features_add_to_the_prediction_is_found(person):
    features, prediction, measured = person
    found = LastLayer(penalty=1e-6).fit([seen(features, prediction)], [measured], 50.0)
    np.testing.assert_allclose(found.apply(seen(features, prediction), 50.0), measured, atol=1e-4)


def test_a_head_on_the_features_alone_does_not_look_at_the_prediction(person):
    features, prediction, measured = person
    found = RidgeHead().fit([seen(features, prediction)], [measured], 50.0)
    other = seen(features, np.zeros_like(prediction))
    np.testing.assert_array_equal(found.apply(seen(features, prediction), 50.0), found.apply(other, 50.0))


def test_an_output_that_was_not_measured_keeps_its_prediction(person):
    features, prediction, measured = person
    measured[:, 1] = np.nan
    for head in (LastLayer(), RidgeHead()):
        found = head.fit([seen(features, prediction)], [measured], 50.0)
        np.testing.assert_array_equal(found.apply(seen(features, prediction), 50.0)[:, 1], prediction[:, 1])


def test_more_seconds_let_the_slope_grow(person):
    features, prediction, measured = person
    short, long = (
        LastLayer(penalty=1.0).fit([seen(features[:n], prediction[:n])], [measured[:n]], 50.0) for n in (30, 300)
    )
    assert np.linalg.norm(long.slope) > np.linalg.norm(short.slope)
