"""What the answers of one half say of the other."""

from __future__ import annotations

import numpy as np
import pytest

from bench.toys import benchmark
from conftest import make_walk
from myoshift import anatomy
from myoshift.bench import oracle
from myoshift.bench.traces import Pair, Trace

SPEC = benchmark()


def legs(change=lambda values: values, *, seconds=(12.0,), seed=3):
    """The right leg of walks, predicted as `change` says of what was measured."""
    pairs = []
    for number, each in enumerate(seconds):
        leg = anatomy.legs(make_walk(seconds=each, seed=seed + number), SPEC.inputs, SPEC.outputs)[0]
        pairs.append(Pair(leg.recording, "r", change(leg.activation.astype(float)), leg.activation))
    return Trace(tuple(pairs), SPEC.rate)


def late(values, frames=4):
    return np.concatenate([np.repeat(values[:1], frames, axis=0), values[:-frames]])


def test_a_perfect_prediction_has_nothing_to_gain():
    found = oracle.steps(legs(), SPEC)
    for step in ("zero", "gain", "delay", "mixing"):
        assert found[f"r_{step}"] == pytest.approx(1.0, abs=2e-3), step
        assert found[f"r2_{step}"] == pytest.approx(1.0, abs=5e-3), step


@pytest.mark.parametrize(
    ("change", "step", "score"),
    [
        (lambda values: 0.3 * values + 0.2, "gain", "r2"),
        (late, "delay", "r"),
        (lambda values: 0.6 * values + 0.8 * np.roll(values, 1, axis=1), "mixing", "r"),
    ],
)
def test_each_step_mends_what_it_is_for(change, step, score):
    found = oracle.steps(legs(change), SPEC)
    before = oracle.STEPS[oracle.STEPS.index(step) - 1]
    assert found[f"{score}_{step}"].mean() > found[f"{score}_{before}"].mean() + 0.02
    assert found[f"{score}_{step}"].mean() > 0.95


def test_a_gain_leaves_r_as_it_is():
    found = oracle.steps(legs(lambda values: 0.3 * values + 0.2), SPEC)
    np.testing.assert_allclose(found["r_gain"], found["r_zero"])


def test_noise_gains_nothing_from_any_step():
    """The trivial fit that halves are there to prevent."""
    random = np.random.default_rng(0)
    found = oracle.steps(legs(lambda values: random.random(values.shape), seconds=(40.0,)), SPEC)
    for step in ("zero", "gain", "delay", "mixing"):
        assert np.abs(found[f"r_{step}"]).mean() < 0.15, step


def test_the_ceiling_knows_nothing_of_the_prediction():
    plain, poor = (oracle.steps(legs(change), SPEC) for change in (lambda v: v, lambda v: v[::-1]))
    np.testing.assert_array_equal(plain["r_ceiling"], poor["r_ceiling"])
    assert (plain["r_ceiling"] > 0.8).all()


def test_a_short_leg_has_no_ceiling_and_a_very_short_one_nothing():
    found = oracle.steps(legs(seconds=(3.0,)), SPEC)
    assert np.isnan(found["r_ceiling"]).all()
    assert np.isfinite(found["r_mixing"]).all()
    assert oracle.steps(legs(seconds=(1.2,)), SPEC) == {}


def test_the_frames_to_learn_from_are_not_tested_on():
    for seconds in ((10.0,), (5.0, 5.0), (2.0, 8.0), (3.0, 3.0, 4.0)):
        trace = legs(seconds=seconds)
        halves = list(oracle.cut(trace))
        tested = np.sum([test for _, test in halves], axis=0)
        np.testing.assert_array_equal(tested == 1, np.isfinite(trace.number))
        for learned, test in halves:
            assert not (learned & test).any()
            assert learned.sum() > 0.2 * len(learned)


def test_a_cut_is_between_recordings_where_one_ends_near_the_middle():
    trace = legs(seconds=(5.0, 6.0))
    learned, tested = next(oracle.cut(trace))
    assert set(trace.number[learned]) == {0.0}
    assert set(trace.number[tested]) == {1.0}


def test_a_muscle_that_one_half_lacks_is_nan():
    trace = legs()
    trace.pairs[0].measured[300:, 0] = np.nan
    found = oracle.steps(trace, SPEC)
    assert np.isnan(found["r_mixing"][0])
    assert np.isfinite(found["r_mixing"][1:]).all()
