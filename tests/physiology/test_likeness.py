"""Matched synergies, their likeness, and what chance gives."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.errors import DataRefused
from myoshift.physiology.factorisation import unit
from myoshift.physiology.likeness import match, shrunk, similarity

RANDOM = np.random.default_rng(0)
WEIGHTS = unit(RANDOM.gamma(0.4, size=(12, 4)) + 1e-3)
ORDER = [2, 0, 3, 1]


def test_the_same_synergies_in_another_order_are_matched():
    pairs, cosines = match(WEIGHTS, 3 * WEIGHTS[:, ORDER])
    np.testing.assert_allclose(cosines, 1)
    assert [ORDER[other] for _, other in pairs] == [0, 1, 2, 3]


def test_likeness_stands_beside_chance():
    noisy = WEIGHTS[:, ORDER] + 0.05 * RANDOM.random(WEIGHTS.shape)
    alike = similarity(WEIGHTS, noisy, permutations=200)
    assert alike.mean > 0.95 > alike.chance.mean()
    assert alike.p == pytest.approx(1 / 201)
    assert alike.angles.max() < 0.5
    other = similarity(WEIGHTS, unit(RANDOM.gamma(0.4, size=(12, 4))), permutations=200)
    assert other.p > 0.01
    np.testing.assert_array_equal(alike.chance, similarity(WEIGHTS, noisy, permutations=200).chance)


def test_fewer_synergies_are_matched_to_some_of_more():
    pairs, cosines = match(WEIGHTS, WEIGHTS[:, [3, 1]])
    assert pairs.tolist() == [[1, 1], [3, 0]]
    np.testing.assert_allclose(cosines, 1)


def test_shrunk_weights_lie_between_and_keep_the_order_of_the_source():
    own = unit(WEIGHTS[:, ORDER] + 0.1 * RANDOM.random(WEIGHTS.shape))
    np.testing.assert_allclose(shrunk(WEIGHTS, own, 0.0), WEIGHTS)
    np.testing.assert_allclose(shrunk(WEIGHTS, own, 1.0)[:, ORDER], own)
    half = shrunk(WEIGHTS, own, 0.5)
    np.testing.assert_allclose(half[:, ORDER], unit(WEIGHTS[:, ORDER] + own))


def test_a_muscle_that_the_target_lacks_is_the_sources():
    own = WEIGHTS[:, ORDER].copy()
    own[4] = np.nan
    np.testing.assert_allclose(shrunk(WEIGHTS, own, 1.0), WEIGHTS, atol=1e-12)


def test_a_synergy_without_partner_stays():
    found = shrunk(WEIGHTS, WEIGHTS[:, [0, 1]] + 0.1, 0.5)
    np.testing.assert_allclose(found[:, 2:], WEIGHTS[:, 2:])


def test_other_muscles_are_refused():
    with pytest.raises(DataRefused, match="different muscles"):
        match(WEIGHTS, WEIGHTS[1:])
    with pytest.raises(DataRefused, match="share"):
        shrunk(WEIGHTS, WEIGHTS, 2)
