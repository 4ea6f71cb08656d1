from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.toys import with_activation
from conftest import make_walk
from myoshift.bench import scales
from myoshift.calibration.amplitude import scaled, unit

ONE, TWO = (make_walk(seed=seed, gain=seed) for seed in (1, 2))
IDS = [ONE.id, TWO.id]


def both(over=(ONE, TWO)):
    return [scaled(r, unit(over), "own: walk", IDS) for r in (ONE, TWO)]


def test_a_common_unit_is_one_and_follows_from_its_pool():
    own = both()
    assert list(scales.several(own)) == []
    assert scales.over(own[0]) == set(IDS)
    native = {r.id: r for r in (ONE, TWO)}
    for known in (native, {}):
        assert list(scales.departures(own, scales.pool(own, known))) == []


def test_a_unit_of_something_else_departs_from_its_pool():
    own = both(over=(TWO,))
    (name, share), *_ = scales.departures(own, scales.pool(own, {}))
    assert name in ONE.activation_names
    assert share > 1


def test_a_pool_that_is_not_at_hand_is_none():
    assert scales.pool(both()[:1], {}) == ()


def test_a_clipped_channel_is_not_taken_for_scaling_by_trial():
    clipped = [with_activation(r, np.minimum(r.activation, 0.2)) for r in (ONE, TWO)]
    own = [scaled(r, unit(clipped), "own: walk", IDS) for r in clipped]
    assert list(scales.several(own)) == []


def test_simulated_people_have_units_of_their_own():
    measured = both()[0]
    twin = replace(both(over=(ONE,))[0], kind="simulated")
    assert list(scales.several((measured, twin))) == []
