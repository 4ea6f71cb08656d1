"""From a name in a benchmark to an estimator, which is handed no more of a split than it declares to need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoshift.bench.spec import Benchmark
from myoshift.estimators.named import by_training, named, plug_in, refuse_unknown_settings, training_config
from myoshift.predictor import Estimator, Familiarity, Predictor, Problem, lacking
from myoshift.types import Split

if TYPE_CHECKING:
    from myoshift.bench.sensing import Sensor
    from myoshift.training import TrainingConfig

Member = Callable[[Split, int], Predictor]


def problem(spec: Benchmark, label: str) -> Problem:
    """Inputs, outputs and rate of a method of a benchmark, and which of the inputs may be missing."""
    method = spec.method(label)
    return Problem(method.inputs or spec.inputs, spec.outputs, spec.rate, method.optional)


def beforehand(spec: Benchmark, label: str) -> bool:
    """Whether a method has learned before, itself or through its members: it comes with `files` of its own."""
    method = spec.method(label)
    return bool(getattr(plug_in(method.name), "files", ())) or any(beforehand(spec, each) for each in method.members)


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
    config = training(spec, label) if by_training(method.name) else None
    return named(method.name, problem(spec, label), config=config, seed=seed, settings=settings)


def fit_member(spec: Benchmark, label: str, seed: int, split: Split) -> Predictor:
    """One member of an ensemble, which sees no more of the ensemble's split than it would alone."""
    return estimator(spec, label, seed).fit(grant(split, needs(spec, label)))


def training(spec: Benchmark, label: str) -> TrainingConfig:
    """How a method is trained: the benchmark's way with the method's own changes."""
    return training_config({**spec.training, **spec.method(label).training})


def fit(
    spec: Benchmark, label: str, data: Path | None, *, seed: int = 0, simulated: Sensor | None = None
) -> Predictor:
    """Fit a method of a benchmark to every person of its data sets: the model that `myoshift train` writes.

    It knows what its source looked like, and so what is unlike it (`predictor.familiarity`).

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
    fitted = estimator(spec, label, seed, seeds=spec.seeds).fit(grant(split, needs(spec, label)))
    told = {"simulation": _simulation(spec, simulated)} if simulated else {}
    return acquainted(replace(fitted, card={**fitted.card, **told}), split)


def _simulation(spec: Benchmark, sensor: Sensor) -> dict[str, Any]:
    """For the card: what was simulated, what was taken for the delay of EMG, and from where."""
    from myoshift.physiology import PRIORS

    known = spec.synthetic.model_dump(mode="json", include={"twins", "virtual", "delay"}) if spec.synthetic else {}
    return {"sensor": sensor, **known, "literature on the delay": PRIORS["delay"].source}


def acquainted(predictor: Predictor, split: Split) -> Predictor:
    """The predictor with what its source looked like."""
    problem = predictor.problem.measured()
    legs = problem.labelled(split.source, part="source")
    return replace(predictor, familiarity=Familiarity.fit(legs, problem.inputs, problem.rate))


def check_settings(spec: Benchmark) -> None:
    """Refuse settings that a method or the training does not know, before any data is read.

    Raises
    ------
    ConfigError
        The message names the settings that there are.
    """
    for method in spec.methods:
        refuse_unknown_settings(method.name, method.settings)
        if by_training(method.name):
            training(spec, method.label)
