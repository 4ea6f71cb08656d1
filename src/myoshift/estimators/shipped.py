"""The model that comes with the package, as a row beside models that learn from the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.errors import ConfigError
from myoshift.predictor import Model, Predictor, Problem, feature_values, muscle_values, restore, shipped
from myoshift.predictor.folder import ARRAYS
from myoshift.types import Array32, Split


class RearrangedModel:
    """A model that is asked for other outputs, from inputs in another order, than it was made for.

    An input that is not given is NaN, as if it had not been measured; so is an output that the model does not have.
    """

    kind: ClassVar[str] = "rearranged"

    def __init__(self, model: Model, of: Problem, problem: Problem) -> None:
        self.model, self.of, self.problem = model, of, problem

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M) asked for, from the motion (T, C) given."""
        return _columns(self.model(self._motion(motion)), self.of.outputs, self.problem.outputs)

    def muscles(self, motion: Array32) -> Array32:
        """Muscles (T, K) that the outputs asked for see."""
        values = muscle_values(self.model, self._motion(motion), self.of.outputs)
        return _columns(values, anatomy.strands(self.of.outputs), anatomy.strands(self.problem.outputs))

    def features(self, motion: Array32) -> Array32:
        """Those of the model (T, D)."""
        return feature_values(self.model, self._motion(motion))

    def config(self) -> dict[str, Any]:
        """Kind and config of the model, what it was made for and what it is asked for."""
        model = {"kind": self.model.kind, "config": self.model.config()}
        return {"model": model, "of": self.of.config(), "problem": self.problem.config()}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Those of the model."""
        return self.model.arrays()

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The same model, asked for the same."""
        model = restore(config["model"]["kind"], config["model"]["config"], arrays)
        return cls(model, Problem.of(config["of"]), Problem.of(config["problem"]))

    def _motion(self, motion: Array32) -> Array32:
        return _columns(motion, self.problem.inputs, self.of.inputs)


@dataclass(frozen=True)
class Shipped:
    """Whatever the source, it is the model of the package (`predictor.shipped`), which has seen nobody.

    Parameters
    ----------
    causal : the one for streams, which never looks ahead
    """

    name: ClassVar[str] = "shipped"
    needs: ClassVar[frozenset[str]] = frozenset()
    files: ClassVar[tuple[Path, ...]] = tuple(shipped.folder(causal) / ARRAYS for causal in (False, True))
    """What was learned before: other weights are other scores."""

    problem: Problem
    seed: int = 0
    causal: bool = False

    def fit(self, split: Split) -> Predictor:
        """The shipped model, for the inputs and outputs asked for; an output that it does not have is NaN.

        Raises
        ------
        ConfigError
            When the rate is another, or none of the model's inputs is among those asked for.
        """
        predictor = Predictor.load(shipped.folder(self.causal))
        own = predictor.problem
        if self.problem.rate != own.rate:
            raise ConfigError(
                "the shipped model works at another rate",
                why=f"{self.problem.rate:g} Hz asked for, the model has {own.rate:g} Hz",
                mend=f"set `rate: {own.rate:g}`",
            )
        if not set(own.inputs) & set(self.problem.inputs):
            raise ConfigError(
                "none of the inputs is one of the shipped model's",
                why=f"{', '.join(self.problem.inputs)}; it needs some of {', '.join(own.inputs)}",
                mend="leave `shipped` out",
            )
        known = tuple(name for name in self.problem.outputs if name in (predictor.trained or own.outputs))
        model = RearrangedModel(predictor.model, own, self.problem)
        return Predictor(self.problem, model, {**predictor.card, "estimator": self.name}, known)


def _columns(values: Array32, names: Sequence[str], wanted: Sequence[str]) -> Array32:
    """(T, W) those columns of (T, N) that are wanted, NaN where there is none of the name."""
    there = {name: k for k, name in enumerate(names)}
    taken = np.full((len(values), len(wanted)), np.nan, np.float32)
    for k, name in enumerate(wanted):
        if name in there:
            taken[:, k] = values[:, there[name]]
    return taken
