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


def test_one_stray_frame_does_not_bend_a_quantile_map(random):
    source = random.normal(size=(5000, 1))
    target = source.copy()
    target[0] = 1e3
    np.testing.assert_allclose(QuantileMap.of(source, target)(np.array([[3.0], [3.4]])), [[3.0], [3.4]], atol=0.1)


def test_rows_count_as_much_as_they_weigh(random):
    rows, wrong = random.normal(size=(800, 2)), random.normal(size=(5000, 2)) * 9 + 4
    both, weight = np.concatenate([rows, wrong]), np.concatenate([np.ones(800), np.zeros(5000)])
    other = random.normal(size=(900, 2)) * [2.0, 0.5]
    for kind in (QuantileMap, Colouring):
        expected = kind.of(rows, other)(rows)
        np.testing.assert_allclose(kind.of(both, other, weight)(rows), expected, atol=1e-9)
        assert not np.allclose(kind.of(both, other)(rows), expected, atol=0.1)


def test_a_row_counts_twice_as_much_as_one_of_half_its_weight(random):
    rows, other = random.normal(size=(600, 2)), random.normal(size=(700, 2))
    twice, weight = np.concatenate([rows, rows[:100]]), np.where(np.arange(600) < 100, 2.0, 1.0)
    expected = Colouring.of(twice, other)(rows)
    np.testing.assert_allclose(Colouring.of(rows, other, weight)(rows), expected, atol=1e-9)


def test_coordinates_never_measured_together_are_coloured_as_far_as_they_are_known(random):
    source, target = random.normal(size=(4000, 3)), 2 * random.normal(size=(4000, 3)) + 1
    source[:2000, 1], source[2000:, 2] = np.nan, np.nan
    mapped = Colouring.of(source, target)(source)
    np.testing.assert_array_equal(np.isnan(mapped), np.isnan(source))
    np.testing.assert_allclose(np.nanstd(mapped, axis=0), np.nanstd(target, axis=0), rtol=0.05)
    np.testing.assert_allclose(np.nanmean(mapped, axis=0), np.nanmean(target, axis=0), atol=0.05)


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_rows_to_map_change_nothing(rows, random):
    few, many, values = random.normal(size=(rows, 2)), random.normal(size=(50, 2)), random.normal(size=(5, 2))
    for source, target in ((few, many), (many, few)):
        np.testing.assert_array_equal(Colouring.of(source, target)(values), values)


@pytest.mark.parametrize("count", [1, 4])
def test_a_single_frame_has_no_phase(count):
    np.testing.assert_array_equal(cyclic_weights(np.zeros((1, 2)), count), np.full((1, count), 1 / count))
