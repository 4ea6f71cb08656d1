"""From the name of a method or estimator to one that can be fitted."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from myoshift import registry
from myoshift.errors import ConfigError
from myoshift.predictor import Estimator, Problem

if TYPE_CHECKING:
    from myoshift.training import TrainingConfig

RESERVED = {"self", "problem", "seed", "member", "seeds", "config"}
"""Parameters that are no settings of a method's own."""


def by_gradient(name: str) -> bool:
    """Whether this is a method that the training loop trains, so that several seeds are worth their time."""
    return name in registry.names("methods")


def plug_in(name: str) -> Any:
    """The class behind a name, of a method or else of an estimator."""
    return registry.load("methods" if by_gradient(name) else "estimators", name)


def by_training(name: str) -> bool:
    """Whether a training config decides what this is: a method, or an estimator that trains networks."""
    return by_gradient(name) or "config" in inspect.signature(plug_in(name)).parameters


def named(
    name: str, problem: Problem, *, config: TrainingConfig | None, seed: int, settings: Mapping[str, Any]
) -> Estimator:
    """The estimator of this name.

    Parameters
    ----------
    config : how it is trained; the defaults when None; not looked at where nothing is trained
    settings : of the method or the estimator itself

    Raises
    ------
    UnknownNameError
        When there is none of this name.
    ConfigError
        When it does not know a setting.
    """
    refuse_unknown_settings(name, set(settings) - RESERVED)
    if by_gradient(name):
        from myoshift.training import Trained, TrainingConfig

        return Trained(name, problem, config or TrainingConfig(), seed, settings)
    known = {"config": config} if by_training(name) else {}
    built: Estimator = plug_in(name)(problem, seed=seed, **known, **settings)
    return built


def refuse_unknown_settings(name: str, settings: Iterable[str]) -> None:
    """Raise ConfigError, naming the settings that there are, for one that a method does not know."""
    known = set(inspect.signature(plug_in(name)).parameters) - RESERVED
    for key in settings:
        if key not in known:
            there = ", ".join(sorted(known)) or "none"
            raise ConfigError(f"unknown setting {key!r} of method {name!r}", why=f"its settings: {there}")


def training_config(settings: Mapping[str, Any]) -> TrainingConfig:
    """How a network is trained; ConfigError for a setting that there is not, or a value that it may not have."""
    from pydantic import ValidationError

    from myoshift.training import TrainingConfig

    try:
        return TrainingConfig(**settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(TrainingConfig.model_fields)
        raise ConfigError(f"training.{key}: {first['msg']}", why=f"its settings: {known}") from error
