from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np
import pytest

from bench.toys import benchmark, cohort, recordings, with_activation
from myoshift.bench.plan import code, left_out, plan, recordings_digest
from myoshift.errors import AccessError

ENSEMBLE = [
    {"name": "constant"},
    {"name": "source_only"},
    {"name": "ensemble", "members": ["source_only"]},
]


def runs(jobs):
    return {run.id: run for job in jobs for run in job.runs}


def made(found=None, **changes):
    spec = benchmark(**changes)
    return plan(spec, cohort(spec, found))


def test_a_run_for_every_fold_method_and_seed():
    found = runs(made(methods=ENSEMBLE, seeds=2, reference="constant"))
    rows = sorted((run.fold, run.method, run.seed) for run in found.values())
    each = [("constant", 0), ("ensemble", 0), ("source_only", 0), ("source_only", 1)]
    assert rows == [(fold, *rest) for fold in ("north", "south", "west") for rest in each]


def test_ids_are_the_same_again_and_for_another_order_of_recordings():
    assert runs(made()).keys() == runs(made()).keys() == runs(made(recordings()[::-1])).keys()


def test_ids_follow_all_that_scores_follow_from():
    base = runs(made()).keys()
    assert not base & runs(made(rate=49.0)).keys()
    assert not base & runs(made(outputs=["tibialis_anterior", "gastrocnemius"])).keys()
    assert not base & runs(made(name="other")).keys()
    assert not base & runs(made(hygiene={"high": 2.0})).keys()


def test_only_runs_that_saw_a_changed_recording_change():
    found = list(recordings())
    found[0] = with_activation(found[0], found[0].activation + np.float32(0.01))
    before, after = runs(made()), runs(made(tuple(found)))
    assert found[0].institution == "north"
    assert before.keys().isdisjoint(after)  # a tested or a source recording of every fold

    run_only = list(recordings())
    run_only[1] = with_activation(run_only[1], 2 * run_only[1].activation)
    assert run_only[1].task == "run"
    changed = {before[key].fold for key in before.keys() - runs(made(tuple(run_only))).keys()}
    assert changed == {"north"}


def test_training_settings_matter_to_what_is_trained_alone():
    methods = [{"name": "constant"}, {"name": "source_only"}]
    one, two = (runs(made(methods=methods, reference="constant", training={"steps": s})) for s in (2, 3))
    same = {one[key].method for key in one.keys() & two.keys()}
    assert same == {"constant"}


def test_protocols_share_trainings_with_the_same_source():
    protocols = [{"name": "leave_one_domain_out"}, {"name": "few_shot", "settings": {"seconds": 2.0}}]
    jobs = made(protocols=protocols, methods=[{"name": "source_only"}], reference="source_only")
    assert len(jobs) == 3
    assert [len(job.runs) for job in jobs] == [3, 3, 3]


def test_what_needs_calibration_is_left_out_where_there_is_none():
    protocols = [{"name": "leave_one_domain_out"}, {"name": "few_shot", "settings": {"seconds": 2.0}}]
    methods = [{"name": "constant"}, {"name": "scratch_ridge"}]
    found = runs(made(protocols=protocols, methods=methods, reference="constant"))
    assert {run.protocol for run in found.values() if run.method == "scratch_ridge"} == {"few_shot(seconds=2.0)"}


def test_a_calibrated_model_needs_the_calibration_and_its_members_do_not():
    protocols = [{"name": "leave_one_domain_out"}, {"name": "few_shot", "settings": {"seconds": 2.0}}]
    own = {"name": "calibrated", "members": ["source_only"], "settings": {"calibrator": "delay"}}
    jobs = made(protocols=protocols, methods=[{"name": "source_only"}, own], reference="source_only")
    calibrated = [job for job in jobs if job.method.startswith("calibrated")]
    assert {run.protocol for job in calibrated for run in job.runs} == {"few_shot(seconds=2.0)"}
    assert [len(job.runs) for job in calibrated] == [1] * 6
    assert {key for job in calibrated for key in job.members} == {j.key for j in jobs if j.method == "source_only"}


def test_members_come_before_their_ensemble_and_are_named_by_it():
    jobs = made(methods=ENSEMBLE[::-1], seeds=3, reference="constant")
    keys = [job.key for job in jobs]
    for index, job in enumerate(jobs):
        assert len(job.members) == (3 if job.method == "ensemble" else 0)
        assert all(keys.index(member) < index for member in job.members)


def test_an_ensemble_of_one_is_left_out():
    assert {job.method for job in made(methods=ENSEMBLE, seeds=1, reference="constant")} == {
        "constant",
        "source_only",
    }


def test_an_ensemble_may_mix_methods():
    mixed = [
        {"name": "source_only"},
        {"name": "source_only", "training": {"norm": "centre"}},
        {"name": "ensemble", "members": ["source_only", "source_only(norm=centre)"]},
    ]
    jobs = made(methods=mixed, seeds=2, reference="source_only")
    ensemble = next(job for job in jobs if job.method == "ensemble")
    assert len(set(ensemble.members)) == 4
    assert set(ensemble.members) <= {job.key for job in jobs}


def test_a_method_may_have_fewer_seeds():
    methods = [*ENSEMBLE, {"name": "source_only", "called": "once", "seeds": 1, "training": {"norm": "centre"}}]
    found = runs(made(methods=methods, seeds=3, reference="constant"))
    seeds = {label: {run.seed for run in found.values() if run.method == label} for label in ("source_only", "once")}
    assert seeds == {"source_only": {0, 1, 2}, "once": {0}}


def test_a_method_with_inputs_of_its_own_is_another_training_on_the_same_people():
    other = {"name": "ridge", "called": "wider", "inputs": ["hip_flexion", "contralateral_hip_flexion"]}
    found = runs(made(methods=[{"name": "ridge"}, other], reference="ridge"))
    north = {run.method: run.config for run in found.values() if run.fold == "north"}
    assert north["wider"]["problem"][0] == ("hip_flexion", "contralateral_hip_flexion")
    assert north["wider"]["model"] != north["ridge"]["model"]
    assert north["wider"]["granted"] == north["ridge"]["granted"]


def test_a_protocol_may_have_fewer_seeds_and_methods():
    protocols = [{"name": "leave_one_domain_out", "seeds": 1, "methods": ["source_only"]}]
    found = runs(made(protocols=protocols, methods=ENSEMBLE, seeds=4, reference="constant"))
    assert {(run.method, run.seed) for run in found.values()} == {("source_only", 0)}


def test_content_is_told_apart():
    one, other = recordings()[:2]
    assert recordings_digest([one]) != recordings_digest([other])
    assert recordings_digest([one]) == recordings_digest([replace(one)])
    assert recordings_digest([one]) != recordings_digest([replace(one, subject="z")])
    assert recordings_digest([one]) != recordings_digest([one.window(0, 300)])


def test_code_counts(monkeypatch, tmp_path):
    before = code("constant")
    file = tmp_path / "method.py"
    file.write_text("changed")
    monkeypatch.setattr(inspect, "getsourcefile", lambda _: str(file))
    code.cache_clear()
    assert code("constant") != before
    code.cache_clear()


def test_ids_follow_the_body_and_the_posture_of_those_who_are_tested():
    base = recordings_digest(recordings())
    for change in ({"mass": 60.0}, {"height": 1.6}, {"segment_orientation": "thigh vertical"}):
        assert recordings_digest(tuple(replace(r, **change) for r in recordings())) != base


def test_the_code_of_the_simulation_counts_for_what_simulates_alone(monkeypatch):
    names = ("static_optimisation", "source_only")
    before = [code.__wrapped__(name) for name in names]
    monkeypatch.setattr("myoshift.bench.synthetic.code", lambda: "another engine")
    after = [code.__wrapped__(name) for name in names]
    assert [one == two for one, two in zip(before, after, strict=True)] == [False, True]


SHY = [{"name": "constant"}, {"name": "coral"}, {"name": "scratch_ridge"}]


def test_a_named_method_that_no_fold_can_serve_is_refused():
    protocols = [{"name": "leave_one_domain_out", "methods": ["constant", "scratch_ridge"]}]
    with pytest.raises(AccessError, match=r"scratch_ridge cannot be run under leave_one_domain_out.*calibration"):
        made(protocols=protocols, methods=SHY, reference="constant")


def test_who_is_left_out_unasked_is_named_with_the_reason():
    spec = benchmark(methods=SHY, reference="constant", protocols=[{"name": "leave_one_domain_out"}])
    assert left_out(spec, cohort(spec)) == (
        ("leave_one_domain_out", "coral", "unlabelled recordings: the split grants none"),
        ("leave_one_domain_out", "scratch_ridge", "calibration recordings: the split grants none"),
    )
    assert {run.method for run in runs(plan(spec, cohort(spec))).values()} == {"constant"}


def test_the_code_of_the_simulation_counts_where_inputs_are_derived(monkeypatch):
    informed = {"name": "ridge", "called": "informed", "inputs": ["knee_angle", "moment_knee_angle"]}
    methods = [{"name": "ridge"}, informed, {"name": "ensemble", "members": ["informed"]}]

    def codes():
        found = runs(made(methods=methods, seeds=2, reference="ridge")).values()
        return {run.method: (run.config["code"], run.config["model"]) for run in found if run.fold == "north"}

    code.cache_clear()
    before = codes()
    monkeypatch.setattr("myoshift.bench.synthetic.code", lambda: "changed")
    code.cache_clear()
    after = codes()
    code.cache_clear()
    assert before["ridge"] == after["ridge"]
    assert before["informed"][0] != after["informed"][0]
    assert before["ensemble"][1] != after["ensemble"][1]


def test_what_is_optional_counts():
    inputs = ["hip_flexion", "knee_angle"]
    strict = {"name": "ridge", "called": "strict", "inputs": inputs}
    found = runs(made(methods=[strict, {**strict, "called": "lax", "optional": inputs}], reference="strict"))
    models = {run.method: run.config["model"] for run in found.values() if run.fold == "north"}
    assert models["strict"] != models["lax"]
