"""From a name in a benchmark to an estimator, which is handed no more of a split than it declares to need."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoshift import registry
from myoshift.bench.spec import Benchmark
from myoshift.errors import ConfigError
from myoshift.predictor import Estimator, Predictor, Problem, lacking
from myoshift.types import Split

if TYPE_CHECKING:
    from myoshift.bench.sensing import Sensor
    from myoshift.training import TrainingConfig

Member = Callable[[Split, int], Predictor]
RESERVED = {"self", "problem", "seed", "member", "seeds", "config"}


def problem(spec: Benchmark, label: str) -> Problem:
    """Inputs, outputs and rate of a method of a benchmark, and which of the inputs may be missing."""
    method = spec.method(label)
    return Problem(method.inputs or spec.inputs, spec.outputs, spec.rate, method.optional)


def by_gradient(name: str) -> bool:
    """Whether this is a method that the training loop trains, so that several seeds are worth their time."""
    return name in registry.names("methods")


def by_training(name: str) -> bool:
    """Whether the training of the benchmark decides what this is: a method, or an estimator that trains networks."""
    return by_gradient(name) or "config" in inspect.signature(plug_in(name)).parameters


def plug_in(name: str) -> Any:
    """The class behind a method's name."""
    return registry.load("methods" if by_gradient(name) else "estimators", name)


def needs(spec: Benchmark, label: str) -> frozenset[str]:
    """The parts of a split that a method uses, itself and through its members."""
    method = spec.method(label)
    own = frozenset(getattr(plug_in(method.name), "needs", {"source"}))
    return own.union(*(needs(spec, member) for member in method.members))


def roster(spec: Benchmark, label: str, seeds: int) -> tuple[tuple[str, int], ...]:
    """Label and seed of every member of an ensemble: so many seeds of each of its methods, or fewer if it says so."""
    method = spec.method(label)
    return tuple((member, seed) for member in method.members for seed in range(min(seeds, method.seeds or seeds)))


def grant(split: Split, parts: frozenset[str]) -> Split:
    """The split without what was not asked for, so that nobody can use it by mistake. No validation is."""
    return replace(
        split,
        source=split.source if "source" in parts else (),
        unlabelled=split.unlabelled if "unlabelled" in parts else (),
        unlabelled_scope=split.unlabelled_scope if "unlabelled" in parts else "none",
        calibration=split.calibration if "calibration" in parts else (),
        validation=(),
    )


def serves(split: Split, parts: frozenset[str]) -> bool:
    """Whether the split has all that is needed."""
    return not lacking(split, parts)


def estimator(spec: Benchmark, label: str, seed: int, *, member: Member | None = None, seeds: int = 1) -> Estimator:
    """The estimator that a benchmark means by a method's label.

    Parameters
    ----------
    member : for an ensemble, gives the fitted member of that number in its roster; trained on the spot when None
    seeds : seeds of each of an ensemble's methods
    """
    method, settings = spec.method(label), dict(spec.method(label).settings)
    if method.members:
        who = roster(spec, label, seeds)
        trained = member or (lambda split, number: fit_member(spec, *who[number], split))
        settings |= {"member": trained, "seeds": tuple(range(len(who)))}
    elif by_gradient(method.name):
        from myoshift.training import Trained

        return Trained(method.name, problem(spec, label), training(spec, label), seed, settings)
    if by_training(method.name):
        settings["config"] = training(spec, label)
    built: Estimator = plug_in(method.name)(problem(spec, label), seed=seed, **settings)
    return built


def fit_member(spec: Benchmark, label: str, seed: int, split: Split) -> Predictor:
    """One member of an ensemble, which sees no more of the ensemble's split than it would alone."""
    return estimator(spec, label, seed).fit(grant(split, needs(spec, label)))


def training(spec: Benchmark, label: str) -> TrainingConfig:
    """How a method is trained: the benchmark's way with the method's own changes."""
    from myoshift.training import TrainingConfig

    return TrainingConfig(**{**spec.training, **spec.method(label).training})


def fit(
    spec: Benchmark, label: str, data: Path | None, *, seed: int = 0, simulated: Sensor | None = None
) -> Predictor:
    """Fit a method of a benchmark to every person of its data sets: the model that `myoshift train` writes.

    Parameters
    ----------
    simulated : the sensor through which the benchmark's simulated source alone is learned from; None for what was
        measured

    Raises
    ------
    ConfigError
        When the benchmark has no such method, or no synthetic source where that is asked for.
    """
    from myoshift.bench.cohort import gather

    spec.method(label)
    cohort = gather(spec, data)
    source = cohort.synthetic(sensor=simulated) if simulated else cohort.labelled()
    split = Split(name=f"{spec.name}/everybody", source=source)
    return estimator(spec, label, seed, seeds=spec.seeds).fit(grant(split, needs(spec, label)))


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
        if by_training(method.name):
            _check_training(spec, method.label)


def _check_training(spec: Benchmark, label: str) -> None:
    from pydantic import ValidationError

    from myoshift.training import TrainingConfig

    try:
        training(spec, label)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(TrainingConfig.model_fields)
        raise ConfigError(f"training.{key}: {first['msg']}", why=f"its settings: {known}") from error
