"""Three numbers for all muscles: how much of the load a muscle works with, how much it works along, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from myoshift import anatomy
from myoshift.anatomy import Leg
from myoshift.errors import DataRefused
from myoshift.predictor import Predictor, Problem, balance, require, source_card
from myoshift.simulate.effort import Effort, efforts
from myoshift.types import Array, Array32, Recording, Side, Split

TERMS = ("agonist", "co_contraction")
LATEST = 0.15
"""Seconds; the longest time that is tried by which the EMG may be ahead of the load."""
KEPT = 512
"""Recordings whose effort is remembered: folds share their sources."""


class SharedEffortModel:
    """`activation(t) = level + (a agonist + b total)(t + delay)` of every site, the same a, b >= 0 for all of them.

    What a muscle does under a load that nobody was learned from follows from what others did under theirs.
    """

    kind: ClassVar[str] = "shared_effort"

    def __init__(self, problem: Problem, gains: Array, level: float, frames: int = 0) -> None:
        self.problem, self.gains, self.level, self.frames = problem, gains, level, frames

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M) of one leg of a person of whom nothing else is known; NaN where it cannot be simulated."""
        nothing = np.full((len(motion), len(self.problem.outputs)), np.nan, np.float32)
        return self.recording(self.problem.alone(motion), self.problem.outputs).get("r", nothing)

    def recording(self, recording: Recording, names: Sequence[str]) -> Mapping[Side, Array32]:
        """Sites or muscles (T, K) of every leg, from all coordinates of the recording, mass, height and posture."""
        found = _efforts(recording)
        return {
            leg.side: self._values(leg.side, found, names, len(recording.motion))
            for leg in anatomy.legs(recording, self.problem.inputs, ())
        }

    def _values(self, side: Side, found: Mapping[Side, Effort], names: Sequence[str], frames: int) -> Array32:
        if side not in found:
            return np.full((frames, len(names)), np.nan, np.float32)
        values: Array32 = (self.level + seen(found[side], names, self.frames) @ self.gains).astype(np.float32)
        return values

    def config(self) -> dict[str, Any]:
        """Names, rate, level and frames of delay."""
        problem = self.problem
        names = {"inputs": list(problem.inputs), "outputs": list(problem.outputs)}
        return {**names, "rate": problem.rate, "level": self.level, "frames": self.frames}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The two gains."""
        return {"gains": self.gains}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model of these gains."""
        problem = Problem(tuple(config["inputs"]), tuple(config["outputs"]), config["rate"])
        return cls(problem, np.asarray(arrays["gains"], np.float64), float(config["level"]), int(config["frames"]))


@dataclass(frozen=True)
class SharedEffort:
    """Learns the gains of agonists and of co-contraction, and one delay, from whichever muscles the source measured.

    Least squares under a >= 0 and b >= 0 on every leg's own mean, so that no laboratory's baseline counts: an
    antagonist may be silent, but it does not rest the more the harder the joint works (co-contraction: De Luca and
    Mambrito 1987, J Neurophysiol 58:525). The delay, in whole frames, is the one with the smallest residual.
    """

    name: ClassVar[str] = "shared_effort"
    needs: ClassVar[frozenset[str]] = frozenset({"source"})
    simulates: ClassVar[bool] = True

    problem: Problem
    seed: int = 0

    def fit(self, split: Split) -> Predictor:
        """Learn two gains. An output without a muscle of the leg is predicted as NaN."""
        require(split, self.needs, by=self.name)
        legs = self.problem.labelled(split.source, part="source")
        fits = [self._fitted(legs, frames) for frames in range(round(LATEST * self.problem.rate) + 1)]
        frames, (gains, level, _) = min(enumerate(fits), key=lambda each: each[1][2])
        known = anatomy.of_the_leg(self.problem.outputs)
        named = dict(zip(TERMS, map(float, gains), strict=True))
        card = {
            **source_card(legs, self.problem),
            "estimator": self.name,
            "gains": named,
            "delay": frames / self.problem.rate,
        }
        return Predictor(self.problem, SharedEffortModel(self.problem, gains, level, frames), card, known)

    def _fitted(self, legs: Sequence[Leg], frames: int) -> tuple[Array, float, float]:
        """Gains, level and residual of a delay."""
        facts = [fact for leg, w in zip(legs, balance(legs), strict=True) for fact in self._facts(leg, w, frames)]
        if not facts:
            raise DataRefused(
                "no source recording can be simulated",
                why=f"none of {len(legs)} legs",
                mend="leave this estimator out, or state mass, height and posture of the recordings",
            )
        rows = [np.sqrt(w / len(y)) * np.column_stack([x - x.mean(axis=0), y - y.mean()]) for w, x, y in facts]
        both = np.concatenate(rows)
        gains, residual = nnls(both[:, :-1], both[:, -1])
        rest = [float(np.mean(y - x @ gains)) for _, x, y in facts]
        return gains, max(float(np.average(rest, weights=[w for w, _, _ in facts])), 0.0), float(residual)

    def _facts(self, leg: Leg, weight: float, frames: int) -> Iterator[tuple[float, Array, Array]]:
        """Weight, what it is wanted for (T, 2) and measured activation (T,), of each output of a leg."""
        own = _efforts(leg.recording).get(leg.side)
        if own is None:
            return
        terms = seen(own, self.problem.outputs, frames)
        there = np.isfinite(leg.activation) & np.isfinite(terms).all(axis=2)
        for column in np.flatnonzero(there.any(axis=0)):
            rows = there[:, column]
            yield weight, terms[rows, column], leg.activation[rows, column].astype(np.float64)


def seen(effort: Effort, names: Sequence[str], frames: int = 0) -> Array:
    """What sites or muscles (T, K, 2) will be wanted for so many frames later: by the montage, and with the leg."""
    muscles = anatomy.strands(names)
    there = [muscles.index(name) for name in effort.names if name in muscles]
    weights = anatomy.output_weights(names)[:, there]
    agonist = effort.agonist[:, [effort.names.index(muscles[column]) for column in there]] @ weights.T
    total = np.repeat(effort.total[:, None], len(names), axis=1)
    later = np.minimum(np.arange(len(total)) + frames, len(total) - 1)
    return np.stack([agonist, total], axis=2)[later]


@lru_cache(maxsize=KEPT)
def _efforts(recording: Recording) -> Mapping[Side, Effort]:
    try:
        return efforts(recording)
    except DataRefused:
        return {}
