"""From a name in a benchmark to an estimator, which is handed no more of a split than it declares to need."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from myoshift import registry
from myoshift.bench.spec import Benchmark
from myoshift.errors import ConfigError
from myoshift.predictor import Estimator, Predictor, Problem
from myoshift.types import Split

Member = Callable[[Split, int], Predictor]
RESERVED = {"self", "problem", "seed", "member", "seeds"}


def problem(spec: Benchmark) -> Problem:
    """Inputs, outputs and rate of a benchmark."""
    return Problem(spec.inputs, spec.outputs, spec.rate)


def by_gradient(name: str) -> bool:
    """Whether this is a method that the training loop trains, so that several seeds are worth their time."""
    return name in registry.names("methods")


def plug_in(name: str) -> Any:
    """The class behind a method's name."""
    return registry.load("methods" if by_gradient(name) else "estimators", name)


def needs(spec: Benchmark, name: str) -> frozenset[str]:
    """The parts of a split that a method uses; an ensemble uses those of its members."""
    members = spec.method(name).members
    return needs(spec, members) if members else frozenset(getattr(plug_in(name), "needs", {"source"}))


def grant(split: Split, parts: frozenset[str]) -> Split:
    """The split without what was not asked for, so that nobody can use it by mistake."""
    return replace(
        split,
        source=split.source if "source" in parts else (),
        unlabelled=split.unlabelled if "unlabelled" in parts else (),
        unlabelled_scope=split.unlabelled_scope if "unlabelled" in parts else "none",
        calibration=split.calibration if "calibration" in parts else (),
    )


def serves(split: Split, parts: frozenset[str]) -> bool:
    """Whether the split has every part that is needed."""
    return all(getattr(split, part) for part in parts)


def estimator(spec: Benchmark, name: str, seed: int, *, member: Member | None = None, seeds: int = 1) -> Estimator:
    """The estimator that a benchmark means by a method's name.

    Parameters
    ----------
    member : for an ensemble, gives the fitted member of a seed; trained on the spot when None
    seeds : number of members of an ensemble
    """
    method, settings = spec.method(name), dict(spec.method(name).settings)
    if method.members:
        members = method.members
        trained = member or (lambda split, seed: estimator(spec, members, seed).fit(split))
        ensemble: Estimator = plug_in(name)(problem(spec), member=trained, seeds=tuple(range(seeds)), **settings)
        return ensemble
    if by_gradient(name):
        from myoshift.training import Trained, TrainingConfig

        return Trained(name, problem(spec), TrainingConfig(**spec.training), seed, settings)
    plain: Estimator = plug_in(name)(problem(spec), seed=seed, **settings)
    return plain


def fit(spec: Benchmark, name: str, data: Path | None, *, seed: int = 0) -> Predictor:
    """Fit a method of a benchmark to every person of its data sets: the model that `myoshift train` writes."""
    from myoshift.bench.cohort import gather

    cohort = gather(spec, data)
    split = Split(name=f"{spec.name}/everybody", source=cohort.labelled())
    return estimator(spec, name, seed, seeds=spec.seeds).fit(grant(split, needs(spec, name)))


def check_settings(spec: Benchmark) -> None:
    """Refuse settings that a method or the training does not know, before any data is read.

    Raises
    ------
    ConfigError
        The message names the settings that there are.
    """
    for method in spec.methods:
        known = set(inspect.signature(plug_in(method.name)).parameters) - RESERVED
        for key in method.settings:
            if key not in known:
                there = ", ".join(sorted(known)) or "none"
                raise ConfigError(f"unknown setting {key!r} of method {method.name!r}", why=f"its settings: {there}")
    _check_training(spec)


def _check_training(spec: Benchmark) -> None:
    from pydantic import ValidationError

    from myoshift.training import TrainingConfig

    try:
        TrainingConfig(**spec.training)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(TrainingConfig.model_fields)
        raise ConfigError(f"training.{key}: {first['msg']}", why=f"its settings: {known}") from error
