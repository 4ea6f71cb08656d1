from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.toys import INSTITUTIONS, benchmark, recordings
from conftest import make_walk
from myoshift.bench import build, leakage, protocols, results, scoring, synthetic
from myoshift.bench import folds as folds_
from myoshift.bench.cohort import Cohort, labelled_seconds
from myoshift.bench.sensing import Constants
from myoshift.bench.spec import ProtocolSpec, Synthetic
from myoshift.bench.synthetic import Supply
from myoshift.errors import ConfigError, LeakageError
from myoshift.simulate import labs, twins
from myoshift.simulate.engine import Objective
from myoshift.testing import check_protocol
from simulate.fakes import simulator

SPEC = benchmark(synthetic={"twins": True})


@pytest.fixture(autouse=True)
def _fake(monkeypatch):
    monkeypatch.setattr(twins, "solved", simulator)


@pytest.fixture
def found(tmp_path):
    own = recordings()
    return Cohort(own, SPEC, synthetic.supply(SPEC.synthetic, own, tmp_path, tuned=True))


def folds(cohort, name, **settings):
    return list(protocols.folds(ProtocolSpec(name=name, settings=settings), cohort))


@pytest.mark.parametrize("name", ["synthetic_only", "synthetic_plus_real"])
@pytest.mark.parametrize("sensor", ["none", "fixed", "drawn"])
def test_contract(found, name, sensor):
    made = folds(found, name, sensor=sensor)
    check_protocol(name, made)
    assert [fold.name for fold in made] == list(INSTITUTIONS)
    for fold in made:
        leakage.check(fold)
        assert {r.normalisation for r in fold.split.source} == {"percentile"}


def test_nothing_measured_is_in_a_synthetic_source_and_nothing_simulated_is_tested(found):
    for fold in folds(found, "synthetic_only"):
        assert {r.kind for r in fold.split.source} == {"simulated"}
        assert {r.kind for r in fold.test_activation} == {"emg_envelope"}
        assert {r.institution for r in fold.split.source} == {
            f"{i}, simulated" for i in INSTITUTIONS if i != fold.name
        }
        assert not {r.person for r in fold.split.source} & {r.person for r in fold.test_activation}


def test_the_synthetic_source_joins_the_real_one(found):
    plain = {fold.name: fold.split.source for fold in folds(found, "leave_one_domain_out")}
    only = {fold.name: fold.split.source for fold in folds(found, "synthetic_only")}
    for fold in folds(found, "synthetic_plus_real"):
        assert [r.id for r in fold.split.source] == [r.id for r in (*plain[fold.name], *only[fold.name])]


def test_so_many_simulated_seconds_for_each_measured_one(found):
    for fold in folds(found, "synthetic_plus_real", ratio=0.5):
        seconds = {
            kind: sum(labelled_seconds(r, found.spec) for r in fold.split.of_kind(kind).source)
            for kind in ("simulated", "emg_envelope")
        }
        assert seconds["simulated"] == pytest.approx(0.5 * seconds["emg_envelope"], abs=0.2)


def test_a_cohort_with_a_synthetic_source_is_as_without_where_nobody_asks(found):
    plain = Cohort(recordings(), benchmark())
    for name in ("leave_one_domain_out", "pooled_real"):
        for one, other in zip(folds(found, name), folds(plain, name), strict=True):
            assert [r.id for r in one.split.source] == [r.id for r in other.split.source]
            assert [r.id for r in one.test_activation] == [r.id for r in other.test_activation]


def test_measured_activations_have_no_say_in_a_synthetic_source(tmp_path, found):
    loud = tuple(replace(r, activation=7 * r.activation[::-1]) for r in recordings())
    other = Cohort(loud, SPEC, synthetic.supply(SPEC.synthetic, loud, tmp_path / "other", tuned=False))
    for sensor in ("none", "fixed", "drawn"):
        for one, two in zip(found.synthetic(sensor=sensor), other.synthetic(sensor=sensor), strict=True):
            np.testing.assert_array_equal(one.activation, two.activation)


def test_twins_of_the_test_motion_are_declared(found):
    for fold in folds(found, "synthetic_only", motion="everybody"):
        assert fold.split.unlabelled_scope == "test_people"
        assert {r.person for r in fold.test_activation} <= {r.person for r in fold.split.source}
        leakage.check(fold)
        with pytest.raises(LeakageError, match="same person"):
            leakage.check(replace(fold, twins_of_test=False))


def test_a_measured_recording_of_a_tested_person_leaks_whatever_the_split_says(found):
    fold = folds(found, "synthetic_only", motion="everybody")[0]
    measured = replace(fold.test_activation.recordings[0], trial="other", motion=fold.test_motion[0].motion + 1)
    source = (*fold.split.source, measured)
    with pytest.raises(LeakageError, match="same person"):
        leakage.check(replace(fold, split=replace(fold.split, source=source)))


def test_other_people_of_the_same_institution_may_be_the_source(found):
    made = folds(found, "synthetic_only", motion="other people", condition="shifted gait")
    assert len(made) == 6
    for fold in made:
        assert fold.held == "person"
        leakage.check(fold)
        assert {r.task for r in (*fold.split.source, *fold.test_activation)} == {"run"}
        assert len({r.person for r in fold.split.source}) == 5


def test_a_fixed_delay_brings_the_emg_forward(found):
    plain, early = (found.synthetic(sensor=sensor)[0] for sensor in ("none", "fixed"))
    frames, rate = np.arange(len(plain.motion)), plain.rate
    column = plain.activation[:, 0] / np.nanmax(plain.activation[:, 0])
    moved = early.activation[:, 0] / np.nanmax(early.activation[:, 0])
    expected = np.interp(frames + 0.05 * rate, frames, column)
    np.testing.assert_allclose(moved[10:-10], expected[10:-10], atol=0.02)
    assert np.abs(moved - column)[10:-10].max() > 0.1


def test_channels_with_a_delay_of_their_own(found):
    told = Constants(2.0, 0.01, delays=(("soleus", 0.08),))
    plain, early = found.synthetic()[0], found.synthetic(constants=told)[0]
    for name, one, two in zip(plain.activation_names, plain.activation.T, early.activation.T, strict=True):
        assert np.allclose(one, two, equal_nan=True) == (not name.startswith("soleus"))


def test_a_channel_that_hardly_changes_is_not_learned_from(tmp_path, monkeypatch):
    def flat(recording, objective):
        solution = simulator(recording, objective)
        still = np.where([n.startswith("tibant") for n in solution.names], 0.01, solution.activation)
        return replace(solution, activation=still)

    monkeypatch.setattr(twins, "solved", flat)
    cohort = Cohort(recordings(), SPEC, synthetic.supply(SPEC.synthetic, recordings(), tmp_path, tuned=False))
    for recording in cohort.synthetic():
        for name, column in zip(recording.activation_names, recording.activation.T, strict=True):
            assert np.isnan(column).all() == name.startswith("tibialis")
    fold = folds(cohort, "synthetic_only")[0]
    masked = cohort.masked_of(fold.split.source)
    assert {each.channel for each in masked} == {"tibialis_anterior_r", "tibialis_anterior_l"}
    assert {each.recording for each in masked} == {r.id for r in fold.split.source}


def test_twins_are_made_once(tmp_path, monkeypatch):
    calls = []

    def counted(recording, objective):
        calls.append(recording.id)
        return simulator(recording, objective)

    monkeypatch.setattr(twins, "solved", counted)
    first = synthetic.supply(SPEC.synthetic, recordings(), tmp_path, tuned=False)
    second = synthetic.supply(SPEC.synthetic, recordings(), tmp_path, tuned=False)
    assert len(calls) == len(recordings())
    for one, two in zip(*(next(iter(s.twins.values())) for s in (first, second)), strict=True):
        np.testing.assert_array_equal(one.activation, two.activation)
    heavier = tuple(replace(r, mass=90.0) for r in recordings())
    synthetic.supply(SPEC.synthetic, heavier, tmp_path, tuned=False)
    assert len(calls) == 2 * len(recordings())


def test_recordings_without_a_twin_are_counted_with_the_reason(tmp_path):
    own = (*recordings(), replace(recordings()[0].window(0, 10), trial="short"))
    made = synthetic.supply(SPEC.synthetic, own, tmp_path, tuned=False)
    assert [name for name, _ in made.refused] == [own[-1].id]
    assert "too short" in made.refused[0][1]
    assert len(made.twins[2.0, 0.01]) == len(recordings())


def test_the_hash_of_the_constants_changes_with_each_of_them():
    hashes = {synthetic.frozen(Synthetic(**each)) for each in ({}, {"delay": 0.04}, {"seed": 1}, {"exponent": 3.0})}
    assert len(hashes) == 4


def test_a_benchmark_without_a_synthetic_source_says_so():
    with pytest.raises(ConfigError, match="no synthetic source"):
        folds(Cohort(recordings(), benchmark(), Supply()), "synthetic_only")


def test_rows_say_that_the_source_was_simulated_by_which_constants_and_whose_motion_was_seen(found):
    for motion, seen in (("other institutions", "none"), ("everybody", "test_people")):
        fold = folds(found, "synthetic_only", sensor="fixed", motion=motion)[0]
        granted = build.grant(fold.split, frozenset({"source"}))
        predictor = build.estimator(SPEC, "template", 0).fit(granted)
        rows, _ = scoring.score(fold, granted, predictor, SPEC)
        assert {row["target_inputs"] for row in rows} == {seen}
        assert {row["target_labels"] for row in rows} == {"none"}
        (source,) = {row["source"] for row in rows}
        assert source.startswith("north, simulated+" if motion == "everybody" else "south, simulated+")
        assert f"EMG 50 ms earlier, sensor fixed, frozen {synthetic.frozen(SPEC.synthetic)}" in source


def test_the_hash_of_the_constants_is_written_before_anything_is_scored(run_small, tmp_path, monkeypatch):
    spec = benchmark(
        synthetic={"twins": True},
        protocols=[{"name": "synthetic_only", "settings": {"sensor": "drawn"}}, {"name": "synthetic_tuned"}],
        methods=[{"name": "template"}, {"name": "static_optimisation"}],
    )
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path / "cache"))
    frozen, seen = synthetic.frozen(spec.synthetic), []

    def watching(*arguments):
        seen.append(json.loads((tmp_path / "out" / "benchmark.json").read_text())["frozen"])
        return score(*arguments)

    score = scoring.score
    monkeypatch.setattr(scoring, "score", watching)
    short = replace(recordings()[0].window(0, 10), trial="short")
    outcome = run_small(tmp_path / "out", spec, (*recordings(), short), page=True)
    assert outcome.failed == ()
    assert outcome.done == outcome.planned == 12
    assert set(seen) == {frozen}
    for config in (tmp_path / "out" / "runs").glob("*/config.json"):
        assert frozen in json.loads(config.read_text())["synthetic"][0]
    split = folds_.read(tmp_path / "out")[spec.protocols[0].label][0]
    assert split["without_twin"] == ["north/n1//short: 0.20 s are too short to derive accelerations"]
    page = outcome.report.read_text()
    assert "recordings without a simulated twin: 1" in page
    assert frozen in page
    table = results.read(outcome.results)
    own = table[(table.method == "static_optimisation") & (table.metric == "r")]
    assert own.value.notna().all()


def test_virtual_laboratories_are_drawn_once_and_join_whatever_is_granted(tmp_path, monkeypatch):
    calls = []

    def drawn(subjects, seed, config):
        calls.append((subjects, seed, config.movements, config.labels))
        for number in range(subjects):
            moving = make_walk(institution="virtual-0", subject=f"p{number}", seed=700 + number)
            walk = replace(moving, dataset="virtual", trial="walk")
            muscles = twins.twin(walk)
            yield replace(walk, kind="simulated", session="s1", domain="virtual/healthy-walk")
            yield replace(muscles, session="s1", trial="walk-activation", domain="virtual/healthy-walk-activation")

    monkeypatch.setattr(labs, "virtual_labs", drawn)
    spec = benchmark(synthetic={"twins": False, "virtual": {"subjects": 3, "seed": 5, "config": {"labs": 2}}})
    for _ in range(2):
        made = synthetic.supply(spec.synthetic, recordings(), tmp_path, tuned=False)
    assert calls == [(3, 5, ("walk",), "both")]
    assert not made.twins
    assert len(made.virtual) == len(made.sensed) == 3
    cohort = Cohort(recordings(), spec, made)
    for sensor in ("none", "drawn"):
        for fold in folds(cohort, "synthetic_only", sensor=sensor):
            assert {r.institution for r in fold.split.source} == {"virtual-0, simulated"}
            assert len(fold.split.source) == 3
            leakage.check(fold)
    few = folds(cohort, "virtual_people", people=2)
    assert [len({r.person for r in fold.split.source}) for fold in few] == [2, 2, 2]
    assert folds(cohort, "virtual_people", people=4) == []
    plain, seen = cohort.synthetic(), cohort.synthetic(sensor="drawn")
    assert not np.allclose(plain[0].activation, seen[0].activation, equal_nan=True)


def test_twins_of_several_objectives_are_kept_apart(tmp_path):
    own = tuple(replace(r, session="day 1") for r in recordings())
    spec = SPEC.synthetic.model_copy(update={"exponents": (1.5, 2.0, 3.0)})
    for _ in range(2):
        made = synthetic.supply(spec, own, tmp_path, tuned=True)
        assert sorted(made.twins) == [(1.5, 0.01), (2.0, 0.01), (3.0, 0.01)]
        for (exponent, floor), found in made.twins.items():
            assert {r.id for r in found} == {f"{r.id}-simulated" for r in own}
            for twin in found:
                original = next(r for r in own if f"{r.id}-simulated" == twin.id)
                expected = twins.twin(original, Objective(exponent=exponent, floor=floor))
                np.testing.assert_array_equal(twin.activation, expected.activation)
