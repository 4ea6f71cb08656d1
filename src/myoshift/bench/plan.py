"""What there is to do: a run for every fold, method and seed, a job for every distinct training that runs share.

A run is named by the hash of all that its scores follow from: settings, seed, the content of the recordings that
it may see and is scored on, and the code.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import __version__
from myoshift.bench import build, protocols
from myoshift.bench.cohort import Cohort
from myoshift.bench.spec import Benchmark, ProtocolSpec
from myoshift.types import Fold, Recording, Split

DECIDING = (
    "anatomy",
    "bench",
    "estimators",
    "losses",
    "methods",
    "metrics",
    "models",
    "predictor",
    "signal",
    "training",
)
"""Rooms whose code decides the scores of given recordings. How these came about is in the recordings' own hash."""
PRESENTING = ("campaign.py", "execution.py", "figures.py", "report.py", "results.py", "stats.py")
"""Files of the bench that only arrange or show scores."""


@dataclass(frozen=True)
class Run:
    """One fold, one method, one seed."""

    id: str
    protocol: str
    fold: str
    method: str
    seed: int
    config: dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One training and all the runs that it is scored in; `members` are the trainings that an ensemble is made of."""

    key: str
    method: str
    seed: int
    granted: str
    members: tuple[str, ...]
    runs: tuple[Run, ...] = ()


def plan(spec: Benchmark, cohort: Cohort) -> tuple[Job, ...]:
    """All jobs of a benchmark, members before their ensemble.

    A method is left out of the folds that do not grant what it needs (`scratch_ridge` without calibration).
    """
    jobs: dict[str, Job] = {}
    for protocol in spec.protocols:
        for fold in protocols.folds(protocol, cohort):
            for name, seed in _entries(spec, protocol, fold):
                job = _job(spec, protocol, fold, name, seed)
                job = jobs.get(job.key, job)
                jobs[job.key] = replace(job, runs=(*job.runs, _run(spec, protocol, fold, job)))
    return tuple(sorted(jobs.values(), key=lambda job: bool(job.members)))


def _entries(spec: Benchmark, protocol: ProtocolSpec, fold: Fold) -> Iterator[tuple[str, int]]:
    """Methods and seeds of a fold; an ensemble only where it has two members or more."""
    seeds = min(spec.seeds, protocol.seeds or spec.seeds)
    names = protocol.methods or tuple(method.name for method in spec.methods)
    for name in names:
        alone = spec.method(name).members is not None and seeds < 2
        if build.serves(fold.split, build.needs(spec, name)) and not alone:
            yield from ((name, seed) for seed in range(seeds if build.by_gradient(name) else 1))


def _job(spec: Benchmark, protocol: ProtocolSpec, fold: Fold, name: str, seed: int) -> Job:
    granted = split_digest(build.grant(fold.split, build.needs(spec, name)))
    members = spec.method(name).members
    keys = tuple(
        _job(spec, protocol, fold, members, each).key
        for each in range(min(spec.seeds, protocol.seeds or spec.seeds) if members else 0)
        if members
    )
    trained = build.by_gradient(members or name)
    config = {
        "problem": [spec.inputs, spec.outputs, spec.rate],
        "method": name,
        "settings": spec.method(name).settings,
        "training": spec.training if trained else {},
        "members": keys,
        "seed": seed,
        "granted": granted,
        "code": code(name),
    }
    return Job(key=digest(config), method=name, seed=seed, granted=granted, members=keys)


def _run(spec: Benchmark, protocol: ProtocolSpec, fold: Fold, job: Job) -> Run:
    config = {
        "benchmark": spec.name,
        "protocol": protocol.label,
        "fold": fold.name,
        "method": job.method,
        "settings": spec.method(job.method).settings,
        "training": spec.training,
        "seed": job.seed,
        "inputs": spec.inputs,
        "outputs": spec.outputs,
        "rate": spec.rate,
        "conditions": spec.conditions,
        "hygiene": spec.hygiene.model_dump(),
        "model": job.key,
        "granted": job.granted,
        "test": recordings_digest(fold.test_activation),
        "code": code(job.method),
        "version": __version__,
    }
    return Run(digest(config), protocol.label, fold.name, job.method, job.seed, config)


def digest(content: Any) -> str:
    """Short hash of JSON content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def split_digest(split: Split) -> str:
    """Hash of the content of all that a split grants."""
    parts = (split.source, split.unlabelled, split.calibration)
    return digest([split.unlabelled_scope, *(recordings_digest(part) for part in parts)])


def recordings_digest(recordings: Iterable[Recording]) -> str:
    """Hash of the content of recordings, in their order."""
    return digest([_content(recording) for recording in recordings])


@lru_cache(maxsize=8192)
def _content(recording: Recording) -> str:
    total = hashlib.sha256()
    names = [recording.id, recording.institution, recording.domain, recording.rate, recording.start]
    channels = [recording.motion_names, recording.activation_names, recording.reference]
    events = [(event.name, event.time, event.side) for event in recording.events]
    total.update(json.dumps([*names, *channels, events]).encode())
    for values in (recording.motion, recording.activation):
        total.update(np.ascontiguousarray(values).tobytes())
    return total.hexdigest()


@cache
def code(method: str) -> str:
    """Hash of the code that decides scores: the package's, and the method's own file, which may be another's."""
    total = hashlib.sha256(__version__.encode())
    for room in DECIDING:
        for file in sorted(resources.files(f"myoshift.{room}").iterdir(), key=lambda each: each.name):
            if _decides(file):
                total.update(file.name.encode() + file.read_bytes())
    home = inspect.getsourcefile(build.plug_in(method))
    if home:
        total.update(Path(home).read_bytes())
    return total.hexdigest()[:16]


def _decides(file: Traversable) -> bool:
    return file.is_file() and file.name.endswith((".py", ".csv")) and file.name not in PRESENTING
