"""The benchmark of MinT on miniatures: a simulated source, and laboratories whose EMG is a known way from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from miniatures import mint as miniature
from myoshift import anatomy
from myoshift.bench import leakage, protocols, spec
from myoshift.bench.cohort import Cohort
from myoshift.bench.sources import at_rate, supply
from myoshift.bench.spec import ProtocolSpec
from myoshift.datasets.mint import Mint
from myoshift.datasets.prepare import prepare

pd = pytest.importorskip("pandas")

DELAY = 0.06  # s by which the EMG of the miniature laboratories comes before MinT's activation
SITES = ("tibialis_anterior", "gastrocnemius", "hamstrings")
MUSCLES = ("addlong",)
METHODS = ("knn", "source_only", "scratch_ridge")
PEOPLE = ("KIT/KIT/3", "KIT/KIT/7", "BMLrub/BioMotionLab_NTroje/rub001", "TotalCapture/TotalCapture/s1")
WALKS = tuple(
    miniature.Walk(f"{person}/walking{seed}_poses", seed=seed, gaps=(1,) if seed == 2 else ())
    for seed, person in enumerate(PEOPLE)
)


def laboratory(name, number, *, seconds=14.0, rate=50.0):
    """Somebody who walks as in MinT, and whose EMG is what sites see of the same muscles, earlier, in V."""
    walk, time = miniature.Walk(seed=10 + number), np.arange(round(seconds * rate)) / rate
    names = [f"{site}_{side}" for side in "rl" for site in SITES]
    muscles = [f"{base}_{side}" for side in "rl" for base in anatomy.IPSILATERAL]
    whole = miniature.muscles(walk, time + DELAY)
    columns = [anatomy.mint_names().index(anatomy.muscle(muscle).mint) for muscle in muscles]
    angles = miniature.angles(walk, time)
    return replace(
        make_walk(subject=f"{name}-{number}", institution=name, seconds=seconds, rate=rate, seed=number),
        motion=np.concatenate([angles[side] for side in "rl"], axis=1).astype(np.float32),
        activation=(80e-6 * whole[:, columns] @ anatomy.montage(names, muscles).T).astype(np.float32),
        activation_names=tuple(names),
    )


def laboratories():
    return tuple(laboratory(name, number) for number, name in enumerate(("north", "south")))


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    root = miniature.write_tree(tmp_path_factory.mktemp("data"), WALKS)
    return tuple(prepare(trial) for trial in Mint().trials(root))


def benchmark(**changes):
    """The benchmark as it is shipped, with the conditions, outputs and methods that take seconds on a miniature."""
    shipped = spec.read("mint").model_dump()
    methods = [each for each in shipped["methods"] if each["name"] in METHODS]
    names = {each["called"] or each["name"] for each in methods}
    protocols_ = [
        {**each, "methods": [name for name in each["methods"] if name in names], "reference": None}
        for each in shipped["protocols"]
    ]
    content = {
        "conditions": {"level walking": ["walk"]},
        "outputs": [*SITES, *MUSCLES],
        "primary": list(SITES),
        "training": {**shipped["training"], "steps": 30},
        "methods": methods,
        "protocols": protocols_,
    }
    return spec.Benchmark.model_validate(shipped | content | changes)


def cohort(simulated, **changes):
    plan = benchmark(**changes)
    return Cohort(laboratories(), plan, supply(plan, (*laboratories(), *simulated)))


def folds(found, name, **settings):
    return list(protocols.folds(ProtocolSpec(name=name, settings=settings), found))


def test_the_shipped_file_names_80_muscles_and_every_data_set_of_gait():
    shipped, gait = spec.read("mint"), spec.read("gait")
    assert {*anatomy.IPSILATERAL} <= {*shipped.outputs}
    assert {*gait.datasets, "mint"} == {*shipped.datasets}
    assert shipped.conditions == gait.conditions


def test_people_of_mint_are_on_one_side(simulated):
    found = folds(cohort(simulated), "simulated_people", folds=2)
    assert len(found) == 2
    for fold in found:
        leakage.check(fold)
        learned, tested = ({r.person for r in part} for part in (fold.split.source, fold.test_activation))
        assert len(learned) == len(tested) == 2
        assert not learned & tested
        assert {r.kind for r in (*fold.split.source, *fold.test_activation)} == {"simulated"}
    assert {r.person for fold in found for r in fold.test_activation} == {r.person for r in simulated}


def test_mint_alone_and_with_real_and_never_unasked(simulated):
    found = cohort(simulated)
    for fold in folds(found, "leave_one_domain_out"):
        assert {r.kind for r in fold.split.source} == {"emg_envelope"}
    for fold in folds(found, "synthetic_only"):
        assert {r.institution for r in fold.split.source} == {"MinT, simulated"}
        assert {r.kind for r in fold.test_activation} == {"emg_envelope"}
        leakage.check(fold)
    for fold in folds(found, "synthetic_plus_real"):
        assert {r.kind for r in fold.split.source} == {"emg_envelope", "simulated"}
        leakage.check(fold)


@pytest.mark.parametrize("sensor", ["none", "fixed", "drawn"])
def test_every_sensor_sees_the_sites(simulated, sensor):
    plan = benchmark(outputs=list(SITES), primary=list(SITES))
    found = Cohort(laboratories(), plan, supply(plan, (*laboratories(), *simulated)))
    for fold in folds(found, "synthetic_only", sensor=sensor):
        assert {r.activation_names for r in fold.split.source} == {
            tuple(f"{site}_{side}" for side in "rl" for site in SITES)
        }


@pytest.fixture(scope="module")
def scores(simulated, tmp_path_factory):
    """The whole benchmark, end to end, with the delay that was planted in place of the shipped one."""
    from bench.conftest import Inline
    from myoshift import datasets
    from myoshift.bench import campaign, work

    plan = benchmark(synthetic={"twins": False, "delay": DELAY})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "recordings", lambda names, data=None, hours=None: (*laboratories(), *simulated))
        work._cohort.cache_clear()
        outcome = campaign.run(plan, tmp_path_factory.mktemp("out"), pool=Inline)
        work._cohort.cache_clear()
    assert outcome.done == outcome.planned
    assert not outcome.failed
    return pd.read_parquet(outcome.results)


def mean(scores, metric, protocol, method):
    own = scores[(scores["protocol"] == protocol) & (scores["method"] == method) & scores["muscle"].isin(SITES)]
    return own.loc[own["metric"] == metric, "value"].mean()


@pytest.mark.parametrize("method", ["knn", "source_only"])
def test_the_planted_delay_is_measured_and_modelled(scores, method):
    """MinT as it is comes late by what was planted; told the delay, it is in time and agrees better."""
    plain, told = "synthetic_only(sensor=none)", "synthetic_only(sensor=fixed)"
    assert mean(scores, "lag", plain, method) == pytest.approx(DELAY, abs=0.01)
    assert mean(scores, "lag", told, method) == pytest.approx(0.0, abs=0.01)
    assert mean(scores, "r", plain, method) < 0.9 < 0.95 < mean(scores, "r", told, method)
    assert mean(scores, "r_best", plain, method) > 0.95


def test_every_protocol_and_every_muscle_is_scored(scores):
    assert set(scores["protocol"]) == {protocol.label for protocol in benchmark().protocols}
    own = scores[scores["protocol"] == "simulated_people"]
    assert set(MUSCLES) <= set(own["muscle"])
    assert mean(scores, "r", "simulated_people", "knn") > 0.95


def test_mint_to_mia(simulated, tmp_path):
    """The second file: simulated walks to measured kicks, guarded, fitted and finite."""
    from miniatures import mia
    from myoshift.bench import build
    from myoshift.datasets.mia import Mia

    mia.write(tmp_path, exercises=("FrontKick", "KneeKick", "Squat"))
    shipped = spec.read("mint_mia").model_dump()
    kept = {"conditions": {"kicks": ["front_kick", "knee_kick"], "legs": ["squat"]}, "source_tasks": ["walk"]}
    plan = spec.Benchmark.model_validate(shipped | kept)
    measured = tuple(at_rate(prepare(trial), plan.rate) for trial in Mia().trials(tmp_path))
    found = Cohort(measured, plan, supply(plan, (*measured, *simulated)))
    (fold,) = folds(found, "synthetic_only")
    leakage.check(fold, found)
    assert {r.dataset for r in fold.split.source} == {"mint"}
    assert {r.dataset for r in fold.test_activation} == {"mia"}
    predictor = build.estimator(plan, "knn", 0).fit(fold.split)
    assert np.isfinite(predictor.predict_recording(fold.test_motion[0])[0]).all()
