"""All numbers of a leg."""

from __future__ import annotations

import numpy as np
import pytest

from bench.test_oracle import SPEC, legs
from bench.toys import benchmark
from conftest import make_walk
from myoshift import metrics
from myoshift.bench.measures import measures
from myoshift.bench.traces import Pair, Trace


def by_name(found):
    return {(each.muscle, each.metric): each.value for each in found}


def test_the_scores_of_muscles_are_those_of_metrics():
    trace = legs(lambda values: np.roll(values, 2, axis=0))
    found = by_name(measures(trace, SPEC))
    for metric, values in metrics.score(trace.predicted, trace.measured, 50.0).items():
        for muscle, value in zip(SPEC.outputs, values, strict=True):
            assert found[muscle, metric] == pytest.approx(value, nan_ok=True)


def test_pairs_are_of_the_prediction_and_of_the_measurement():
    trace = legs(lambda values: values[:, ::-1])
    found = by_name(measures(trace, SPEC))
    pair = "tibialis_anterior/gastrocnemius"
    expected = metrics.falconer_winter(trace.measured[:, :1], trace.measured[:, 1:2])
    assert found[pair, "falconer_winter_measured"] == pytest.approx(expected[0])
    expected = metrics.rudolph(trace.predicted[:, :1], trace.predicted[:, 1:2])
    assert found[pair, "rudolph_predicted"] == pytest.approx(expected[0])


def test_tenths_of_the_gait_cycle_are_of_primary_muscles():
    found = by_name(measures(legs(lambda values: values + 0.1), SPEC))
    tenths = {(muscle, metric) for muscle, metric in found if "phase" in metric}
    assert tenths == {(m, f"{k}_phase_{i}") for m in SPEC.primary for k in ("rmse", "bias") for i in range(10)}
    assert all(found[key] == pytest.approx(0.1, abs=1e-6) for key in tenths)


FIVE = benchmark(outputs=[*SPEC.outputs, "rectus_femoris", "hamstrings"])


def five(change=lambda values: values):
    """Five muscles of three synergies."""
    walk, random = make_walk(seconds=8.0), np.random.default_rng(0)
    values = (random.random((400, 3)) ** 3 @ (random.random((3, 5)) ** 3)).astype(np.float32)
    return Trace((Pair(walk, "r", change(values), values),), 50.0)


def test_synergies_of_a_perfect_prediction_are_the_same_and_beat_chance():
    found = by_name(measures(five(), FIVE))
    assert found["all", "synergy_similarity"] == pytest.approx(1.0)
    assert found["all", "synergy_chance"] < 0.95


def test_exchanged_muscles_have_other_synergies():
    found = by_name(measures(five(lambda values: values[:, [3, 4, 0, 1, 2]]), FIVE))
    assert found["all", "synergy_similarity"] < 0.95


def test_neither_three_muscles_nor_a_silent_prediction_have_synergies():
    for trace, spec in ((legs(), SPEC), (five(lambda values: -values), FIVE)):
        assert ("all", "synergy_similarity") not in by_name(measures(trace, spec))


def test_what_cannot_be_given_has_no_row_but_for_the_scores_of_muscles():
    trace = legs(lambda values: values * np.nan)
    found = by_name(measures(trace, SPEC))
    assert {metric for _, metric in found} == {
        *metrics.score(*np.ones((2, 5, 1)), 50.0),
        *("r_ceiling", "r2_ceiling"),
    }
