"""Known distortions are found and undone."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.signal.transfer import Colouring, QuantileMap, cyclic_weights


@pytest.fixture
def random():
    return np.random.default_rng(0)


def test_a_monotone_distortion_is_undone(random):
    plain, other = random.normal(size=(4000, 2)), random.normal(size=(4000, 2))
    distorted = np.stack([np.exp(plain[:, 0]), plain[:, 1] ** 3], axis=1)
    mapped = QuantileMap.of(distorted, other)(distorted)
    inner = (np.abs(plain) < 1.5).all(axis=1)
    np.testing.assert_allclose(mapped[inner], plain[inner], atol=0.15)


def test_a_quantile_map_onto_oneself_changes_nothing_and_gaps_stay(random):
    values = random.normal(size=(500, 2))
    values[10, 0] = np.nan
    np.testing.assert_allclose(QuantileMap.of(values, values)(values), values, atol=1e-12)


def test_beyond_the_known_range_the_end_is_moved_along(random):
    values = random.uniform(size=(500, 1))
    mapped = QuantileMap.of(values, values + 3)(np.array([[5.0], [-5.0]]))
    np.testing.assert_allclose(mapped, [[8.0], [-2.0]], atol=1e-9)


def test_a_column_that_one_side_lacks_stays(random):
    values, other = random.normal(size=(200, 2)), random.normal(size=(200, 2))
    other[:, 1] = np.nan
    for made in (QuantileMap.of(values, other), Colouring.of(values, other)):
        np.testing.assert_array_equal(made(values)[:, 1], values[:, 1])


def test_a_linear_distortion_is_matched_in_mean_and_covariance(random):
    mix = np.array([[1.0, 0.5], [0.0, 0.3]])
    source, target = random.normal(size=(5000, 2)), random.normal(size=(5000, 2)) @ mix.T + [1.0, -2.0]
    mapped = Colouring.of(source, target)(source)
    np.testing.assert_allclose(mapped.mean(axis=0), target.mean(axis=0), atol=0.01)
    np.testing.assert_allclose(np.cov(mapped.T), np.cov(target.T), atol=0.06)


def test_phases_cover_a_cycle_in_order_and_overlap():
    time = np.arange(400) / 50
    motion = np.stack([0.3 + np.cos(2 * np.pi * time), np.sin(time)], axis=1)
    weights = cyclic_weights(motion, 4)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    at = [int(weights[frame].argmax()) for frame in (100, 112, 125, 138)]
    assert at == [0, 1, 2, 3]
    assert (weights > 0).sum(axis=1).max() == 2


def test_one_phase_and_an_unknown_phase():
    motion = np.zeros((10, 1))
    np.testing.assert_array_equal(cyclic_weights(motion, 1), np.ones((10, 1)))
    np.testing.assert_array_equal(cyclic_weights(motion, 4), np.full((10, 4), 0.25))
    motion[3] = np.nan
    assert np.isfinite(cyclic_weights(motion, 4)).all()
