from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock

from bench.toys import benchmark, recordings, with_activation
from myoshift import registry
from myoshift.bench import results
from myoshift.bench.runs import run_folder
from myoshift.errors import AccessError, ConfigError, IntegrityError, LeakageError
from myoshift.predictor import Predictor

TRAINED = {"methods": [{"name": "constant"}, {"name": "source_only"}], "reference": "constant"}


def runs(out):
    return json.loads((out / "benchmark.json").read_text())["runs"]


def folders(out):
    return [run_folder(out, run["run"]) for run in runs(out)]


def begun(out):
    """How often each run was begun."""
    logs = [(folder.path / "log.jsonl").read_text() for folder in folders(out)]
    return sum(log.count('"begin"') for log in logs)


def test_a_run_folder_holds_all_that_is_promised(tmp_path, run_small):
    outcome = run_small(tmp_path, benchmark(**TRAINED), page=True)
    assert (outcome.planned, outcome.done, outcome.failed) == (6, 6, ())
    for folder in folders(tmp_path):
        held = {file.name for file in folder.path.iterdir()}
        promised = {
            "config.json",
            "log.jsonl",
            "model.json",
            "model.safetensors",
            "scores.parquet",
            "DONE",
        }
        assert promised <= held
        assert folder.state() == "done"
        events = [json.loads(line)["event"] for line in (folder.path / "log.jsonl").read_text().splitlines()]
        assert events[0] == "begin"
        assert events[-1] == "done"
    for path in (outcome.results, outcome.leaderboard, outcome.report):
        assert path.is_file()


def test_a_model_of_a_run_can_be_loaded(tmp_path, run_small):
    run_small(tmp_path)
    for run in runs(tmp_path):
        assert Predictor.load(tmp_path / "models" / run["model"]).problem.rate == 50.0


def test_results_hold_no_time_and_no_host(finished):
    table = results.read(finished)
    assert list(table.columns) == list(results.COLUMNS)
    assert set(table["run"]) == {run["run"] for run in runs(finished)}


def test_an_interrupted_benchmark_resumes_to_the_same_bytes(tmp_path, run_small):
    whole = run_small(tmp_path / "whole", benchmark(**TRAINED)).results.read_bytes()
    out = tmp_path / "broken"
    run_small(out, benchmark(**TRAINED))
    before = begun(out)
    first, second, third = folders(out)[:3]
    (first.path / "DONE").unlink()
    second.scores.write_bytes(second.scores.read_bytes()[:100])
    shutil.rmtree(third.path)
    shutil.rmtree(out / "models")
    outcome = run_small(out, benchmark(**TRAINED))
    assert outcome.results.read_bytes() == whole
    assert begun(out) == before + 2  # the log of the third one went with its folder


def test_what_is_done_is_not_done_again(tmp_path, run_small):
    once = run_small(tmp_path).results.read_bytes()
    count = begun(tmp_path)
    assert run_small(tmp_path).results.read_bytes() == once
    assert begun(tmp_path) == count
    run_small(tmp_path, mode="force")
    assert begun(tmp_path) == 2 * count


def test_read_only_does_nothing(tmp_path, run_small):
    outcome = run_small(tmp_path, mode="read-only", page=True)
    assert (outcome.done, outcome.failed) == (0, ())
    assert len(results.read(tmp_path)) == 0
    assert "Incomplete" in outcome.report.read_text()


def broken_loader(monkeypatch, name):
    """Make one estimator fail while it learns."""
    load = registry.load

    class Broken(load("estimators", name)):
        def fit(self, split):
            raise ValueError("cannot learn")

    monkeypatch.setattr(registry, "load", lambda kind, wanted: Broken if wanted == name else load(kind, wanted))


def test_an_error_is_kept_and_the_rest_goes_on(tmp_path, run_small, monkeypatch):
    with monkeypatch.context() as patch:
        broken_loader(patch, "constant")
        outcome = run_small(tmp_path, page=True)
    assert len(outcome.failed) == 3
    assert outcome.done == 3
    assert "ValueError: cannot learn" in run_folder(tmp_path, outcome.failed[0]).error()
    assert set(results.read(tmp_path)["method"]) == {"template"}
    assert "ValueError: cannot learn" in outcome.report.read_text()

    assert len(run_small(tmp_path).failed) == 3
    again = run_small(tmp_path, mode="retry")
    assert (again.done, again.failed) == (6, ())


def test_a_failed_member_fails_its_ensemble_alone(tmp_path, run_small, monkeypatch):
    from myoshift.training import Trained

    methods = [{"name": "constant"}, {"name": "source_only"}, {"name": "ensemble", "members": ["source_only"]}]

    def fail(self, split):
        raise ValueError("diverged")

    with monkeypatch.context() as patch:
        patch.setattr(Trained, "fit", fail)
        outcome = run_small(tmp_path, benchmark(methods=methods, seeds=2, reference="constant"))
    assert outcome.done == 3
    assert set(results.read(tmp_path)["method"]) == {"constant"}


def test_an_ensemble_is_the_mean_of_the_trained_members(finished):
    from bench.toys import cohort

    by_method = {(run["method"], run["seed"]): run["model"] for run in runs(finished) if run["fold"] == "north"}
    models = {key: Predictor.load(finished / "models" / model) for key, model in by_method.items()}
    recording = cohort().answers()[0].hidden()
    one, two, both = (
        models[key].legs(recording)["r"] for key in [("source_only", 0), ("source_only", 1), ("ensemble", 0)]
    )
    assert np.allclose((one + two) / 2, both, atol=1e-6)
    assert not np.allclose(one, two)


def test_members_whose_models_are_gone_are_trained_again(tmp_path, run_small):
    spec = benchmark(
        methods=[{"name": "source_only"}, {"name": "ensemble", "members": ["source_only"]}],
        seeds=2,
        reference="source_only",
    )
    whole = run_small(tmp_path, spec).results.read_bytes()
    ensemble = [run for run in runs(tmp_path) if run["method"] == "ensemble"]
    for run in ensemble:
        shutil.rmtree(tmp_path / "runs" / run["run"])
    shutil.rmtree(tmp_path / "models")
    assert run_small(tmp_path, spec).results.read_bytes() == whole


def test_trainings_are_shared_between_protocols(finished):
    models = {(run["protocol"], run["method"]): set() for run in runs(finished)}
    for run in runs(finished):
        models[run["protocol"], run["method"]].add(run["model"])
    few = "few_shot(seconds=2.0)"
    assert models[few, "source_only"] == models["leave_one_domain_out", "source_only"]
    assert models[few, "ensemble"] == models["leave_one_domain_out", "ensemble"]
    assert len(list((finished / "models").iterdir())) == len(set().union(*models.values()))


def test_the_view_holds_only_the_runs_of_this_benchmark(tmp_path, run_small):
    run_small(tmp_path, benchmark(seeds=1))
    run_small(tmp_path, benchmark(methods=[{"name": "template"}]))
    assert set(results.read(tmp_path)["method"]) == {"template"}


def test_changed_recordings_are_new_runs(tmp_path, run_small):
    run_small(tmp_path)
    before = {run["run"] for run in runs(tmp_path)}
    found = list(recordings())
    found[0] = with_activation(found[0], found[0].activation + 1)
    assert run_small(tmp_path, found=tuple(found)).done == 6
    assert before.isdisjoint(run["run"] for run in runs(tmp_path))


def test_recordings_that_change_under_way_are_noticed(tmp_path, run_small, monkeypatch):
    from myoshift.bench import work

    other = tuple(with_activation(r, r.activation + 1) for r in recordings())

    def late(spec, data):
        from bench.toys import cohort
        from myoshift.bench.spec import Benchmark

        return cohort(Benchmark.model_validate_json(spec), other)

    late.cache_clear = lambda: None
    monkeypatch.setattr(work, "_cohort", late)
    outcome = run_small(tmp_path)
    assert outcome.done == 0
    assert IntegrityError.__name__ in run_folder(tmp_path, outcome.failed[0]).error()


def test_one_benchmark_at_a_time_in_a_folder(tmp_path, run_small):
    with FileLock(tmp_path / ".lock"), pytest.raises(ConfigError, match="another benchmark"):
        run_small(tmp_path)


def test_progress_is_told(tmp_path, run_small):
    told = []
    run_small(tmp_path, progress=lambda done, total, last: told.append((done, total)))
    assert told == [(i, 6) for i in range(7)]


def test_unknown_settings_are_refused_before_anything_is_written(tmp_path, run_small):
    spec = benchmark(methods=[{"name": "ridge", "settings": {"penalti": 1}}])
    with pytest.raises(ConfigError, match="penalti"):
        run_small(tmp_path / "out", spec)
    assert not (tmp_path / "out").exists()


def test_a_fold_that_leaks_stops_the_benchmark_before_anything_is_learned(tmp_path, run_small):
    copies = tuple(replace(r, subject="copy", institution="east", dataset="east") for r in recordings()[:2])
    with pytest.raises(LeakageError, match=r"duplicate content: east/copy//walk-1 .* north/n1//walk-1"):
        run_small(tmp_path, found=recordings() + copies)
    assert not (tmp_path / "runs").exists()
    assert not (tmp_path / "folds.json").exists()


def test_a_named_method_that_cannot_be_served_is_refused_before_anything_is_learned(tmp_path, run_small):
    protocols = [{"name": "leave_one_domain_out", "methods": ["constant", "coral"]}]
    spec = benchmark(protocols=protocols, methods=[{"name": "constant"}, {"name": "coral"}], reference="constant")
    with pytest.raises(AccessError, match="coral cannot be run"):
        run_small(tmp_path, spec)
    assert not (tmp_path / "runs").exists()


def test_the_benchmark_file_says_who_is_left_out_and_why(tmp_path, run_small):
    run_small(tmp_path, benchmark(methods=[{"name": "constant"}, {"name": "coral"}], reference="constant"))
    (left,) = json.loads((tmp_path / "benchmark.json").read_text())["left_out"]
    assert (left["protocol"], left["method"]) == ("leave_one_domain_out", "coral")
    assert left["why"] == "unlabelled recordings: the split grants none"


def test_an_output_that_nobody_measured_is_refused_before_anything_is_learned(tmp_path, run_small):
    outputs = ["tibialis_anterior", "gastrocnemius", "gluteus_medius", "gluteus_maximus"]
    with pytest.raises(ConfigError, match=r"small: nobody measured gluteus_maximus, gluteus_medius.*outputs"):
        run_small(tmp_path, benchmark(outputs=outputs))
    assert not (tmp_path / "runs").exists()


def test_an_output_that_one_recording_measured_is_enough(tmp_path, run_small):
    def without(recording):
        values = recording.activation.copy()
        values[:, [name.startswith("soleus") for name in recording.activation_names]] = float("nan")
        return with_activation(recording, values)

    first, *rest = recordings()
    assert not run_small(tmp_path, found=(first, *map(without, rest))).failed


def test_what_an_unfinished_training_had_learned_is_saved(tmp_path, run_small, monkeypatch):
    from myoshift.methods.source_only import SourceOnly

    loss = SourceOnly.loss

    def spoilt(self, model, batch, progress):
        terms = loss(self, model, batch, progress)
        return terms if progress < 0.5 else {name: float("nan") * term for name, term in terms.items()}

    monkeypatch.setattr(SourceOnly, "loss", spoilt)
    outcome = run_small(tmp_path, benchmark(**{**TRAINED, "training": {"steps": 6}}))
    broken = [run for run in runs(tmp_path) if run["method"] == "source_only"]
    assert {run["run"] for run in broken} == set(outcome.failed)
    for run in broken:
        assert "NotFiniteError" in run_folder(tmp_path, run["run"]).error()
        saved = Predictor.load(tmp_path / "unfinished" / run["model"])
        assert all(np.isfinite(array).all() for array in saved.model.arrays().values())
        assert np.isfinite(saved.predict(np.zeros((20, 3), np.float32))).all()
    assert not {run["model"] for run in broken} & {folder.name for folder in (tmp_path / "models").iterdir()}
