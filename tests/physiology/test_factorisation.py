"""Non-negative factors, with muscles missing here and there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from myoshift.physiology.factorisation import Measured, descend, solve_activations, solve_weights, unit


def draw(seed, frames=80, muscles=7, rank=3, missing=0.0):
    random = np.random.default_rng(seed)
    weights, values = random.gamma(0.5, size=(muscles, rank)), random.gamma(0.5, size=(frames, rank))
    activation = values @ weights.T + 0.05 * random.random((frames, muscles))
    activation[random.random(activation.shape) < missing] = np.nan
    return activation, unit(random.random((muscles, rank)))


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_activations_for_fixed_weights_are_those_of_nnls(missing):
    activation, weights = draw(0, missing=missing)
    found = solve_activations(Measured.of(activation), weights).T
    for row, own in zip(activation, found, strict=True):
        there = np.isfinite(row)
        least = nnls(weights[there], row[there])[1] if there.any() else 0.0
        assert np.linalg.norm(weights[there] @ own - row[there]) < least + 1e-4


def test_a_ridge_is_that_of_the_normal_equations():
    activation, weights = draw(1)
    found = solve_activations(Measured.of(activation), weights, ridge=0.1).T
    wider = np.concatenate([weights, np.sqrt(0.1) * np.eye(3)])
    expected = [nnls(wider, np.append(row, np.zeros(3)))[0] for row in activation]
    np.testing.assert_allclose(found, expected, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.2, 0.6]))
def test_every_round_makes_the_error_smaller_and_it_is_the_error(seed, missing):
    activation, weights = draw(seed, missing=missing)
    data, before = Measured.of(activation), np.inf
    values = solve_activations(data, weights, sweeps=2)
    for _ in range(6):
        weights, error = solve_weights(data, values, weights)
        assert error == pytest.approx(np.nansum((activation - values.T @ weights.T) ** 2), abs=1e-8 * data.power)
        assert error <= before + 1e-9 * data.power
        values, before = solve_activations(data, weights, values, sweeps=2), error


def test_one_set_of_missing_muscles_is_the_same_as_leaving_them_out():
    activation, weights = draw(2)
    gap = activation.copy()
    gap[:, 5] = np.nan
    some, fewer = Measured.of(gap), Measured.of(np.delete(activation, 5, axis=1))
    one = solve_activations(some, weights)
    np.testing.assert_allclose(one, solve_activations(fewer, np.delete(weights, 5, axis=0)), atol=1e-9)


def test_columns_have_length_one_and_nothing_is_negative():
    activation, weights = draw(3, missing=0.1)
    found, values, error = descend(Measured.of(activation), weights, tolerance=1e-7, most=300)
    np.testing.assert_allclose(np.linalg.norm(found, axis=0), 1.0)
    assert min(found.min(), values.min()) >= 0
    assert error < 0.01 * Measured.of(activation).power


def test_frames_in_which_nothing_was_measured_change_nothing():
    activation, weights = draw(4)
    gap = np.concatenate([activation, np.full((5, 7), np.nan)])
    one, other = (descend(Measured.of(each), weights, tolerance=1e-7, most=50)[0] for each in (activation, gap))
    np.testing.assert_allclose(one, other, atol=1e-8)
