"""Weights follow the densities, and a candidate that is right where the target is wins over one right elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from bench.planted import best, case, evidence, labelled, seen, truth
from myoshift.bench.selectors.importance import controlled, deep_embedded, density_ratio, importance_weighted
from myoshift.bench.selectors.labels import source_validation

RANDOM = np.random.default_rng(3)


def test_the_ratio_of_two_gaussians():
    source, target = RANDOM.normal(0, 1, (4000, 1)), RANDOM.normal(0.5, 1, (3000, 1))
    true = np.exp(0.5 * source[:, 0] - 0.125)
    ratio = density_ratio(source, target)
    below = true < np.percentile(true, 90)
    assert np.abs(np.log(ratio[below] / true[below])).max() < 0.2
    assert ratio.max() == pytest.approx(np.percentile(ratio, 96))


def test_the_control_variate_is_that_of_the_paper():
    losses, weights = RANDOM.uniform(size=200), RANDOM.exponential(size=200)
    eta = -np.cov(weights * losses, weights, bias=True)[0, 1] / np.var(weights)
    assert controlled(losses, weights) == pytest.approx((weights * losses).mean() + eta * weights.mean() - eta)
    assert controlled(losses, np.ones(200)) == pytest.approx(losses.mean())


def test_the_control_variate_lessens_the_scatter_of_the_risk():
    def risks():
        for _ in range(300):
            x = RANDOM.normal(size=200)
            weights, losses = np.exp(0.5 * x - 0.125), 1 + 0.1 * RANDOM.normal(size=200)
            yield (weights * losses).mean(), controlled(losses, weights)

    plain, with_variate = np.array(list(risks())).T
    assert with_variate.std() < plain.std() / 2
    assert with_variate.mean() == pytest.approx(1, abs=0.01)


@pytest.fixture
def shifted():
    """`common` is right for three quarters of the source's frames; the target is like the other quarter."""
    right, x = truth(frames=800), np.where(np.arange(800) % 4 == 0, 1.0, -1.0) + RANDOM.normal(0, 0.5, 800)
    rare = (x > 0)[:, None]
    features, wrong = x[:, None], truth(11, 800)
    ahead = seen(truth(7, 800), RANDOM.normal(1, 0.5, (800, 1)))
    common = evidence(labelled(np.where(rare, wrong, right), right, features), ahead)
    special = evidence(labelled(np.where(rare, right, wrong), right, features), ahead)
    return case(common=common, special=special)


def test_who_is_right_where_the_target_is_wins(shifted):
    assert best(source_validation(shifted)) == "common"
    assert best(importance_weighted(shifted)) == "special"
    assert best(deep_embedded(shifted)) == "special"


def test_an_unseen_condition_has_no_score(shifted):
    from dataclasses import replace

    assert importance_weighted(replace(shifted, condition="running")).isna().all()
