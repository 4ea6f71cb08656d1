"""What the closed-form estimators share: where they learn, who counts how much, what goes on the card."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from myoshift.anatomy import Leg
from myoshift.predictor import Model, Predictor, Problem, balance, measured_outputs, require, source_card
from myoshift.types import Array, Split


@dataclass(frozen=True)
class ClosedForm(ABC):
    """An estimator that learns each output from the legs of one part of the split.

    `name` is its entry point, `part` the part of the split it learns from. Where nothing is drawn at random, the
    seed changes nothing.
    """

    name: ClassVar[str]
    part: ClassVar[Literal["source", "calibration"]] = "source"
    needs: ClassVar[frozenset[str]] = frozenset({"source"})

    problem: Problem
    seed: int = field(default=0, kw_only=True)

    def fit(self, split: Split) -> Predictor:
        """Learn from the labelled legs.

        Raises
        ------
        AccessError
            When the split does not grant the part that this estimator learns from.
        DataRefused
            When no leg there has the inputs and a measured output.
        """
        require(split, self.needs, by=self.name)
        legs = self.problem.labelled(getattr(split, self.part), part=self.part)
        card = {"estimator": self.name, "seed": self.seed, **source_card(legs, self.problem)}
        return Predictor(self.problem, self.model(legs), card, measured_outputs(legs, self.problem.outputs))

    @abstractmethod
    def model(self, legs: tuple[Leg, ...]) -> Model:
        """The fitted model."""


def by_output(legs: tuple[Leg, ...]) -> Iterator[tuple[int, list[int], Array]]:
    """For each output that was measured: its column, which legs measured it, and their balanced weights."""
    for column in range(legs[0].activation.shape[1]):
        measuring = [i for i, leg in enumerate(legs) if np.isfinite(leg.activation[:, column]).any()]
        if measuring:
            yield column, measuring, balance(legs[i] for i in measuring)
