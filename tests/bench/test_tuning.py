from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import INSTITUTIONS, benchmark, recordings
from myoshift.bench import leakage, protocols, sensing, synthetic, tuning
from myoshift.bench.cohort import Cohort
from myoshift.bench.spec import ProtocolSpec
from myoshift.simulate import twins
from myoshift.simulate.engine import Objective
from myoshift.testing import check_protocol
from simulate.fakes import simulator

INPUTS = ("hip_flexion", "knee_angle", "ankle_angle")
SITES = ("tibialis_anterior", "gastrocnemius", "soleus")
TRUE = (3.0, 0.01, 0.1)


def lag_of(institution, site):
    """Frames by which the EMG of the toy laboratories comes before the activation: soleus earlier, south later."""
    return {"tibialis_anterior": 1, "gastrocnemius": 3, "soleus": 4}[site] + (institution == "south")


def measured(recording):
    """EMG made from the twin of the true objective, earlier by what `lag_of` says."""
    made = twins.twin(recording, Objective(exponent=TRUE[0], floor=TRUE[1]), solver=simulator)
    truth = sensing.sites(sensing.co_activated(made, TRUE[2]), INPUTS, SITES)
    columns = []
    for name, column in zip(truth.activation_names, truth.activation.T, strict=True):
        lag = lag_of(recording.institution, name[:-2])
        columns.append(np.r_[column[lag:], np.repeat(column[-1], lag)])
    return replace(
        recording, activation=np.stack(columns, 1).astype(np.float32), activation_names=truth.activation_names
    )


@pytest.fixture
def cohort(tmp_path, monkeypatch):
    monkeypatch.setattr(twins, "solved", simulator)
    spec = benchmark(synthetic={"twins": True, "exponents": [0.5 + 1, 2.0, 3.0], "floors": [0.01]})
    own = tuple(measured(r) for r in recordings())
    return Cohort(own, spec, synthetic.supply(spec.synthetic, own, tmp_path, tuned=True))


def test_agreement_is_largest_at_the_true_delay(cohort):
    found = cohort._agreement[TRUE]
    assert found.institutions == INSTITUTIONS
    np.testing.assert_allclose(found.delays, np.arange(13) / 100)
    for row, place in enumerate(found.institutions):
        for column, site in enumerate(found.sites):
            assert found.r[row, :, column].argmax() == 2 * lag_of(place, site)
            assert found.r[row, :, column].max() > 0.999
            np.testing.assert_allclose(
                found.r[row, 1::2, column], (found.r[row, :-1:2] + found.r[row, 2::2])[:, column] / 2
            )


def test_the_true_objective_and_delays_are_found(cohort):
    told = cohort.tuned(["north", "west"])
    assert (told.exponent, told.floor, told.co_activation) == TRUE
    assert dict(told.delays) == pytest.approx({site: lag_of("north", site) / 50 for site in SITES})


def test_a_laboratory_that_is_not_named_has_no_say(cohort):
    before = cohort.tuned(["north", "west"])
    upset = tuple(
        replace(r, activation=r.activation[::-1].copy()) if r.institution == "south" else r for r in cohort.recordings
    )
    assert replace(cohort, recordings=upset).tuned(["north", "west"]) == before
    assert replace(cohort, recordings=upset).tuned(INSTITUTIONS) != before


def test_too_few_laboratories_choose_nothing(cohort):
    assert tuning.choose(cohort._agreement, ["north"], SITES) is None
    assert cohort.tuned(["north"]) == synthetic.fixed(cohort.spec.synthetic, "fixed")
    assert tuning.choose({}, INSTITUTIONS, SITES) is None


def test_the_protocol_chooses_without_the_target(cohort):
    made = list(protocols.folds(ProtocolSpec(name="synthetic_tuned"), cohort))
    check_protocol("synthetic_tuned", made)
    for fold in made:
        leakage.check(fold)
        expected = str(cohort.tuned(set(INSTITUTIONS) - {fold.name}))
        (said,) = synthetic.constants(fold.split.source)
        assert said.startswith(expected)


def test_a_site_that_nobody_measured_has_the_median_delay(cohort):
    without = tuple(
        replace(r, activation=np.where([n.startswith("soleus") for n in r.activation_names], np.nan, r.activation))
        for r in cohort.recordings
    )
    told = replace(cohort, recordings=without).tuned(INSTITUTIONS)
    assert [site for site, _ in told.delays] == ["tibialis_anterior", "gastrocnemius"]
    assert told.delay == pytest.approx(np.median([seconds for _, seconds in told.delays]))


def test_delays_are_pulled_towards_the_usual_one():
    delays = np.arange(13) / 100
    curve = 0.5 - 4.0 * (delays - 0.12) ** 2
    rows = np.stack([curve, np.full(13, np.nan)], axis=1)[None]
    found = [delays[tuning._delays(rows, delays, pull)] for pull in tuning.PULLS]
    assert found[0].tolist() == [0.12, 0.05]
    assert found[-1].tolist() == [0.06, 0.05]
    own = [each[0] for each in found]
    assert own == sorted(own, reverse=True)
