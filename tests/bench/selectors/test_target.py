"""Selectors by predictions choose what agrees and what is plausible; where that misleads is tested too."""

from __future__ import annotations

import numpy as np
import pytest

from bench.planted import best, case, evidence, labelled, noisy, seen, truth
from bench.toys import benchmark, cohort
from myoshift.bench.selectors.labels import source_validation
from myoshift.bench.selectors.target import consensus, faults, plausibility, seed_agreement
from myoshift.bench.typical import typical

AHEAD = truth(7)


def shown(predicted, **changes):
    return evidence(target=seen(predicted), **changes)


def test_seeds_that_agree_win_and_one_alone_has_no_score():
    steady = tuple(shown(noisy(AHEAD, 0.05, seed)) for seed in (1, 2))
    erratic = tuple(shown(noisy(AHEAD, 1.0, seed)) for seed in (1, 2))
    scores = seed_agreement(case(erratic=erratic, alone=shown(AHEAD), steady=steady))
    assert best(scores) == "steady"
    assert np.isnan(scores["alone"])


def test_agreement_misleads_where_the_seeds_are_wrong_alike():
    right, wrong = truth(), truth(5)
    alike = tuple(shown(truth(5), validation=labelled(wrong, right)) for _ in range(2))
    apart = tuple(shown(noisy(AHEAD, 0.5, s), validation=labelled(noisy(right, 0.5, s), right)) for s in (1, 2))
    told = case(alike=alike, apart=apart)
    assert best(seed_agreement(told)) == "alike"
    assert best(source_validation(told)) == "apart"


def test_the_odd_one_out_loses_the_consensus():
    told = case(odd=shown(truth(3)), one=shown(noisy(AHEAD, 0.3, 1)), other=shown(noisy(AHEAD, 0.2, 2)))
    assert consensus(told).idxmin() == "odd"
    assert consensus(case(alone=shown(AHEAD))).isna().all()


@pytest.fixture(scope="module")
def measured():
    """What was measured of a person, at 50 Hz, and what is typical of the others."""
    everybody = cohort().labelled()
    own = np.concatenate([r.activation[:, :3].astype(float) for r in everybody[:2]])
    return own, typical(everybody, benchmark())


def test_a_measured_activation_is_more_plausible_than_any_fault_of_it(measured):
    own, source = measured

    def fault(predicted):
        return faults(seen(predicted), source, (0, 1))

    plain = fault(own)
    assert fault(own - 0.3)["bounds"] > plain["bounds"] + 0.2
    assert fault(noisy(own, 0.2))["rate"] > plain["rate"] + 0.2
    assert fault(np.full_like(own, own.mean()))["variance"] == pytest.approx(1)
    assert fault(np.full_like(own, np.nan)) == pytest.approx({"bounds": 1, "rate": 1, "variance": 1, "synergies": 1})


def test_plausibility_chooses_what_looks_measured(measured):
    own, _ = measured
    told = case(flat=shown(np.full_like(own, own.mean())), noise=shown(noisy(own, 0.5)), real=shown(own))
    assert best(plausibility(told)) == "real"


def test_marginals_that_agree_mislead_plausibility(measured):
    """The same activations at the wrong time are as plausible as the right ones; labels of the source tell."""
    own, right = measured[0], truth()
    told = case(
        late=shown(own[::-1].copy(), validation=labelled(right[::-1].copy(), right)),
        right=shown(own, validation=labelled(right, right)),
    )
    scores = plausibility(told)
    assert scores["late"] == pytest.approx(scores["right"], abs=0.05)
    assert best(source_validation(told)) == "right"
