"""Static optimisation of the target's own motion: nothing is learned. What a user of OpenSim would do instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray

from myoshift import anatomy, physiology
from myoshift.anatomy import Leg
from myoshift.errors import DataRefused
from myoshift.predictor import Predictor, Problem
from myoshift.simulate.engine import Objective
from myoshift.simulate.twins import twin
from myoshift.types import Array32, Recording, Side, Split


@dataclass(frozen=True)
class Constants:
    """All that the simulation is told: exponent and floor of the objective, seconds by which EMG comes earlier."""

    exponent: float = 2.0
    floor: float = 0.01
    delay: float = 0.0


class StaticOptimisationModel:
    """Completes the posture, simulates the muscles, and reads the sites off them by the montage."""

    kind: ClassVar[str] = "static_optimisation"

    def __init__(self, problem: Problem, constants: Constants) -> None:
        self.problem, self.constants = problem, constants

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M) of one leg of a person of whom nothing else is known; NaN where it cannot be simulated."""
        nothing = np.full((len(motion), len(self.problem.outputs)), np.nan, np.float32)
        return self.recording(self.problem.alone(motion), self.problem.outputs).get("r", nothing)

    def recording(self, recording: Recording, names: Sequence[str]) -> Mapping[Side, Array32]:
        """Sites or muscles (T, K) of every leg, from all coordinates of the recording, mass, height and posture."""
        try:
            simulated = twin(recording, Objective(exponent=self.constants.exponent, floor=self.constants.floor))
        except DataRefused:
            simulated = recording.hidden()
        known = anatomy.legs(simulated, self.problem.inputs, names, self.problem.optional)
        return {leg.side: self._early(leg) for leg in known}

    def _early(self, leg: Leg) -> Array32:
        """Frames that are not feasible are bridged, as whoever plots the curve does; NaN where most are not."""
        values = np.stack([_bridged(column) for column in leg.activation.T], axis=1)
        delay = torch.full((1, values.shape[1]), self.constants.delay)
        early = physiology.advance(torch.tensor(values)[None], delay, self.problem.rate)[0]
        return early.clamp(min=0.0).numpy().astype(np.float32)

    def config(self) -> dict[str, Any]:
        """Names, rate and constants."""
        return {**self.problem.config(), **vars(self.constants)}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """None."""
        return {}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model of these constants."""
        problem = Problem.of(config)
        return cls(problem, Constants(config["exponent"], config["floor"], config["delay"]))


@dataclass(frozen=True)
class StaticOptimisation:
    """Needs no recording of anybody; its predictions follow from the code of `simulate`.

    Parameters
    ----------
    delay : s by which the EMG comes before the activation
    exponent, floor : of the objective
    """

    name: ClassVar[str] = "static_optimisation"
    needs: ClassVar[frozenset[str]] = frozenset()
    simulates: ClassVar[bool] = True

    problem: Problem
    seed: int = 0
    delay: float = 0.0
    exponent: float = 2.0
    floor: float = 0.01

    def fit(self, split: Split) -> Predictor:
        """Nothing to learn. An output without a muscle of the leg is predicted as NaN."""
        constants = Constants(self.exponent, self.floor, self.delay)
        known = anatomy.of_the_leg(self.problem.outputs)
        card = {"estimator": self.name, "constants": vars(constants)}
        return Predictor(self.problem, StaticOptimisationModel(self.problem, constants), card, known)


def _bridged(values: Array32) -> Array32:
    there = np.isfinite(values)
    if 2 * there.sum() < len(values):
        return np.full(len(values), np.nan, np.float32)
    frames = np.arange(len(values))
    return np.interp(frames, frames[there], values[there]).astype(np.float32)
