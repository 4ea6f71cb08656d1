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

from myoshift import __version__, anatomy
from myoshift.bench import build, protocols, synthetic
from myoshift.bench.cohort import Cohort
from myoshift.bench.spec import Benchmark, ProtocolSpec
from myoshift.errors import AccessError
from myoshift.estimators.named import by_gradient, by_training, plug_in
from myoshift.predictor import lacking
from myoshift.types import Fold, Recording, Split

DECIDING = (
    "anatomy",
    "bench",
    "calibration",
    "estimators",
    "losses",
    "methods",
    "metrics",
    "models",
    "physiology",
    "predictor",
    "signal",
    "training",
)
"""Rooms whose code decides the scores of given recordings. How these came about is in the recordings' own hash."""
MEND = "grant it (`unlabelled: test_people`, more institutions, calibration seconds), or leave the method out there"
PRESENTING = (
    "campaign.py",
    "cluster.py",
    "committed.py",
    "contents.py",
    "curves.py",
    "decomposition.py",
    "execution.py",
    "folds.py",
    "forecast.py",
    "inference.py",
    "intervals.py",
    "leakage.py",
    "markdown.py",
    "results.py",
    "scales.py",
    "selection.py",
    "shifted_labs.py",
    "shifts.py",
    "shipped.py",
    "stats.py",
)
"""Files of the bench that only arrange or show scores, or stop a benchmark."""


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

    Raises
    ------
    AccessError
        When a protocol names a method and no fold of it grants what the method needs.
    """
    jobs: dict[str, Job] = {}
    for protocol in spec.protocols:
        folds = tuple(protocols.folds(protocol, cohort))
        for label in protocol.methods or ():
            if lack := _lacking(spec, label, folds):
                raise AccessError(
                    f"{label} cannot be run under {protocol.label}",
                    where=spec.name,
                    why=f"it needs {lack}",
                    mend=MEND,
                )
        for fold in folds:
            for name, seed in _entries(spec, protocol, fold):
                job = _job(spec, protocol, fold, name, seed)
                job = jobs.get(job.key, job)
                jobs[job.key] = replace(job, runs=(*job.runs, _run(spec, protocol, fold, job)))
    return tuple(sorted(jobs.values(), key=lambda job: bool(job.members)))


def left_out(spec: Benchmark, cohort: Cohort) -> tuple[tuple[str, str, str], ...]:
    """Protocol, method and the reason, of every method that no fold of a protocol grants what it needs."""
    return tuple(
        (protocol.label, method.label, lack)
        for protocol in spec.protocols
        if protocol.methods is None
        for folds in [tuple(protocols.folds(protocol, cohort))]
        for method in spec.methods
        if (lack := _lacking(spec, method.label, folds))
    )


def _lacking(spec: Benchmark, label: str, folds: tuple[Fold, ...]) -> str:
    """What every fold lacks of what a method needs; empty when one has it all."""
    lacks = [lacking(fold.split, build.needs(spec, label)) for fold in folds]
    return lacks[0] if lacks and all(lacks) else ""


def _entries(spec: Benchmark, protocol: ProtocolSpec, fold: Fold) -> Iterator[tuple[str, int]]:
    """Labels and seeds of a fold; an ensemble only where it has two members or more."""
    seeds = _seeds(spec, protocol)
    for label in protocol.methods or tuple(method.label for method in spec.methods):
        method = spec.method(label)
        alone = method.name == "ensemble" and len(build.roster(spec, label, seeds)) < 2
        if build.serves(fold.split, build.needs(spec, label)) and not alone:
            trainings = min(seeds, method.seeds or seeds) if by_gradient(method.name) else 1
            yield from ((label, seed) for seed in range(trainings))


def _seeds(spec: Benchmark, protocol: ProtocolSpec) -> int:
    return min(spec.seeds, protocol.seeds or spec.seeds)


def _job(spec: Benchmark, protocol: ProtocolSpec, fold: Fold, label: str, seed: int) -> Job:
    granted = split_digest(build.grant(fold.split, build.needs(spec, label)))
    members = build.roster(spec, label, _seeds(spec, protocol))
    keys = tuple(_job(spec, protocol, fold, *member).key for member in members)
    config = {
        **_method(spec, label),
        "members": keys,
        "seed": seed,
        "granted": granted,
        "code": _code(spec, label),
    }
    return Job(key=digest(config), method=label, seed=seed, granted=granted, members=keys)


def _method(spec: Benchmark, label: str) -> dict[str, Any]:
    """All that a method's label stands for."""
    method = spec.method(label)
    trained = by_training(method.name)
    settings = build.training(spec, label).model_dump() if trained else {}
    problem = build.problem(spec, label)
    return {
        "name": method.name,
        "settings": method.settings,
        "training": settings,
        "problem": [problem.inputs, problem.outputs, problem.rate, *([problem.optional] if problem.optional else [])],
    }


def _run(spec: Benchmark, protocol: ProtocolSpec, fold: Fold, job: Job) -> Run:
    config = {
        "benchmark": spec.name,
        "protocol": protocol.label,
        "fold": fold.name,
        "label": job.method,
        **_method(spec, job.method),
        "seed": job.seed,
        "primary": spec.primary,
        "conditions": spec.conditions,
        "hygiene": spec.hygiene.model_dump(),
        "model": job.key,
        "granted": job.granted,
        "test": recordings_digest(fold.test_activation),
        "code": _code(spec, job.method),
        "version": __version__,
    }
    if simulated := synthetic.constants(fold.split.source):
        config["synthetic"] = simulated
    if fold.split.validation:
        config["evidence"] = split_digest(fold.split)
    return Run(digest(config), protocol.label, fold.name, job.method, job.seed, config)


def digest(content: Any) -> str:
    """Short hash of JSON content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def split_digest(split: Split) -> str:
    """Hash of the content of all that a split grants; recordings to select by count where there are any."""
    parts = (split.source, split.unlabelled, split.calibration, *([split.validation] if split.validation else []))
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
    body = [recording.mass, recording.height, recording.segment_orientation, recording.external_load]
    total.update(json.dumps([*names, *channels, events, body]).encode())
    for values in (recording.motion, recording.activation):
        total.update(np.ascontiguousarray(values).tobytes())
    return total.hexdigest()


def _code(spec: Benchmark, label: str) -> str:
    informed = any(anatomy.derived(name) for name in build.problem(spec, label).inputs)
    return code(spec.method(label).name, simulates=informed)


@cache
def code(method: str, *, simulates: bool = False) -> str:
    """Hash of the code that decides scores: the package's, and the method's own file, which may be another's.

    That of the simulation counts for a method that simulates, or is given derived inputs (`simulates`), not for one
    that learns from what was simulated. Of a method that learns nothing, what it has learned before counts (`files`).
    """
    total = hashlib.sha256(__version__.encode())
    for room in DECIDING:
        for file in sorted(resources.files(f"myoshift.{room}").iterdir(), key=lambda each: each.name):
            if _decides(file):
                total.update(file.name.encode() + file.read_bytes())
    if simulates or getattr(plug_in(method), "simulates", False):
        total.update(synthetic.code().encode())
    home = inspect.getsourcefile(plug_in(method))
    for path in (*([home] if home else []), *getattr(plug_in(method), "files", ())):
        total.update(Path(path).read_bytes())
    return total.hexdigest()[:16]


def _decides(file: Traversable) -> bool:
    return file.is_file() and file.name.endswith((".py", ".csv")) and file.name not in PRESENTING
