"""What a worker does with one job: learn once, or load what was learned, then score every fold that shares it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from myoshift.bench import build, leakage, protocols, results, scoring, signs
from myoshift.bench.cohort import Cohort, gather
from myoshift.bench.execution import one_thread
from myoshift.bench.plan import Job, Run, recordings_digest, split_digest
from myoshift.bench.runs import model_folder, run_folder
from myoshift.bench.spec import Benchmark
from myoshift.errors import IntegrityError
from myoshift.predictor import Estimator, Predictor
from myoshift.types import Fold, Split


def message(spec: Benchmark, data: Path | None, out: Path, job: Job) -> str:
    """A job as text, which every executor can carry."""
    place = {"data": None if data is None else str(data.resolve()), "out": str(out.resolve())}
    return json.dumps({"spec": spec.model_dump_json(), **place, "job": asdict(job)})


def perform(text: str) -> None:
    """Do one job. What goes wrong with it is written to the ERROR of its runs, not raised."""
    content = json.loads(text)
    spec = Benchmark.model_validate_json(content["spec"])
    job = Job(**{**content["job"], "runs": [Run(**run) for run in content["job"]["runs"]]})
    cohort = _cohort(content["spec"], content["data"])
    _perform(spec, cohort, Path(content["out"]), job)


@lru_cache(maxsize=1)
def _cohort(spec: str, data: str | None) -> Cohort:
    """Recordings are read once per process."""
    return gather(Benchmark.model_validate_json(spec), Path(data) if data else None)


def _perform(spec: Benchmark, cohort: Cohort, out: Path, job: Job) -> None:
    folders = [run_folder(out, run.id) for run in job.runs]
    for run, folder in zip(job.runs, folders, strict=True):
        folder.begin(run.config, threads=one_thread())
    try:
        predictor = _predictor(spec, cohort, out, job)
    except Exception as error:
        if kept := getattr(error, "kept", None):
            kept.save(out / "unfinished" / job.key)
        for folder in folders:
            folder.fail(traceback.format_exc())
        return
    for run, folder in zip(job.runs, folders, strict=True):
        try:
            _score(spec, cohort, out, job, run, predictor)
        except Exception:
            folder.fail(traceback.format_exc())


def _predictor(spec: Benchmark, cohort: Cohort, out: Path, job: Job) -> Predictor:
    """The predictor from disk, fitted first when it is not there: a resumed run predicts with the same bytes."""

    def fit() -> Predictor:
        granted = _granted(spec, _fold(spec, cohort, job.runs[0]), job)
        log = run_folder(out, job.runs[0].id).log
        log("training")
        predictor = _estimator(spec, out, job).fit(granted)
        log("trained")
        return predictor

    return _kept(model_folder(out, job.key), fit)


def _kept(folder: Path, fit: Callable[[], Predictor]) -> Predictor:
    """The predictor in a folder, fitted and saved first when it is not there or damaged."""
    try:
        return Predictor.load(folder)
    except IntegrityError:
        fit().save(folder)
        return Predictor.load(folder)


def _estimator(spec: Benchmark, out: Path, job: Job) -> Estimator:
    """The estimator of a job; an ensemble takes the members that earlier jobs have trained."""
    methods = len(spec.method(job.method).members)
    seeds = len(job.members) // methods if methods else 1

    def member(split: Split, number: int) -> Predictor:
        who = build.roster(spec, job.method, seeds)[number]
        return _kept(model_folder(out, job.members[number]), lambda: build.fit_member(spec, *who, split))

    return build.estimator(spec, job.method, job.seed, member=member, seeds=seeds)


def _score(spec: Benchmark, cohort: Cohort, out: Path, job: Job, run: Run, predictor: Predictor) -> None:
    folder, fold = run_folder(out, run.id), _fold(spec, cohort, run)
    granted = _granted(spec, fold, job)
    if recordings_digest(fold.test_activation) != run.config["test"]:
        raise IntegrityError("the test recordings have changed since the run was planned", where=run.fold)
    rows, curves = scoring.score(fold, granted, predictor, spec)
    rows += signs.rows(rows, fold, granted, predictor, spec)
    identity = {
        "run": run.id,
        "benchmark": spec.name,
        "protocol": run.protocol,
        "fold": run.fold,
        "method": run.method,
        "seed": run.seed,
    }
    folder.adopt(model_folder(out, job.key))
    if run.seed == 0:
        results.write_curves(folder.curves, curves)
    results.write_scores(folder.scores, [{**identity, **row} for row in rows])
    folder.finish()


def _fold(spec: Benchmark, cohort: Cohort, run: Run) -> Fold:
    """The fold of a run; one that leaks is neither learned from nor scored."""
    fold = _folds(cohort, spec.protocol(run.protocol).label)[run.fold]
    leakage.check(fold, cohort)
    return fold


@lru_cache(maxsize=8)
def _folds(cohort: Cohort, label: str) -> dict[str, Fold]:
    """The folds of a protocol by name. Many jobs share one, whose recordings are then hashed once."""
    return {fold.name: fold for fold in protocols.folds(cohort.spec.protocol(label), cohort)}


def _granted(spec: Benchmark, fold: Fold, job: Job) -> Split:
    """What the method may see, proven to be what the plan said."""
    granted = build.grant(fold.split, build.needs(spec, job.method))
    if split_digest(granted) != job.granted:
        raise IntegrityError("the recordings to learn from have changed since the run was planned", where=fold.name)
    return granted
