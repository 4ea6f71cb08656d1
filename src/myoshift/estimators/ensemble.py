"""The mean of several predictors: the most reliable gain without any target data."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import ConfigError
from myoshift.models.instant import Instant
from myoshift.predictor import Model, Predictor, Problem, feature_values, muscle_values, restore
from myoshift.predictor.stream import ModelStream, streams
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Array, Array32, Split

Member = Callable[[Split, int], Predictor]
SIZE = 6


class EnsembleModel:
    """Mean of the outputs, and of the muscles, of its members; a member may be an ensemble itself."""

    kind: ClassVar[str] = "ensemble"

    def __init__(self, members: Sequence[Model], outputs: tuple[str, ...]) -> None:
        self.members, self.outputs = tuple(members), outputs

    def __call__(self, motion: Array32) -> Array32:
        """Mean outputs (T, M); NaN where a member gives none."""
        return _mean([member(motion) for member in self.members])

    def muscles(self, motion: Array32) -> Array32:
        """Mean activation (T, K) of the muscles."""
        return _mean([muscle_values(member, motion, self.outputs) for member in self.members])

    def features(self, motion: Array32) -> Array32:
        """Features of all members side by side, (T, D)."""
        return np.concatenate([feature_values(member, motion) for member in self.members], axis=1)

    def stream(self, legs: int = 1, *, look_ahead: bool = True) -> EnsembleStream:
        """Its members on motion as it comes, as late as the latest of them.

        Raises
        ------
        ConfigError
            When one of them cannot follow a stream.
        """
        return EnsembleStream(streams(self.members, legs, look_ahead=look_ahead))

    def config(self) -> dict[str, Any]:
        """Names of the outputs; kind and config of each member."""
        members = [{"kind": member.kind, "config": member.config()} for member in self.members]
        return {"outputs": list(self.outputs), "members": members}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of every member, its number and a slash before their names."""
        return {
            f"{i}/{name}": array for i, member in enumerate(self.members) for name, array in member.arrays().items()
        }

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The ensemble of these members."""
        members = [
            restore(member["kind"], member["config"], _within(arrays, f"{i}/"))
            for i, member in enumerate(config["members"])
        ]
        return cls(members, tuple(config["outputs"]))


class EnsembleStream:
    """The mean of streams; those that are ahead wait for the others."""

    def __init__(self, members: Sequence[ModelStream]) -> None:
        self._members = tuple(members)
        self._waiting: tuple[deque[Instant], ...] = tuple(deque() for _ in self._members)

    @property
    def lag(self) -> int:
        """Frames, of the latest member."""
        return max(member.lag for member in self._members)

    @property
    def left(self) -> Array | float:
        """Seconds, the mean of the members'."""
        return sum((member.left for member in self._members), 0.0) / len(self._members)

    def step(self, motion: Array32) -> Instant | None:
        """Mean outputs and muscles, features side by side."""
        for member, waiting in zip(self._members, self._waiting, strict=True):
            instant = member.step(motion)
            if instant is not None:
                waiting.append(instant)
        return self._next() if all(self._waiting) else None

    def finish(self) -> list[Instant]:
        """Those that wait in the latest member."""
        for member, waiting in zip(self._members, self._waiting, strict=True):
            waiting.extend(member.finish())
        late = []
        while all(self._waiting):
            late.append(self._next())
        return late

    def _next(self) -> Instant:
        each = [waiting.popleft() for waiting in self._waiting]
        features = np.concatenate([instant.features for instant in each], axis=1)
        return Instant(_mean([i.outputs for i in each]), _mean([i.muscles for i in each]), features)


@dataclass(frozen=True)
class Ensemble:
    """Fits one member for each seed and averages them.

    Parameters
    ----------
    problem : what is predicted from what
    member : split and seed to a predictor of this problem; `networks(problem)` by default
    seeds : one for each member; by default six that follow from `seed`
    """

    name: ClassVar[str] = "ensemble"
    needs: ClassVar[frozenset[str]] = frozenset({"source"})

    problem: Problem
    member: Member | None = None
    seeds: tuple[int, ...] = ()
    seed: int = 0

    def fit(self, split: Split) -> Predictor:
        """Fit every member on the split.

        Raises
        ------
        ConfigError
            When a member predicts another problem.
        """
        member = self.member or networks(self.problem)
        seeds = self.seeds or tuple(range(SIZE * self.seed, SIZE * (self.seed + 1)))
        return average(self.problem, [member(split, seed) for seed in seeds])


def networks(problem: Problem, config: TrainingConfig | None = None, method: str = "source_only") -> Member:
    """Members trained by a method, even seeds on z-scored motion, odd seeds on centred motion.

    A z-score removes posture, which some people's gait needs; half of the members keep it.
    """
    config = config or TrainingConfig()

    def member(split: Split, seed: int) -> Predictor:
        norm = "centre" if seed % 2 else "zscore"
        return Trained(method, problem, config.model_copy(update={"norm": norm}), seed).fit(split)

    return member


def average(problem: Problem, members: Sequence[Predictor]) -> Predictor:
    """The predictor that gives the mean of its members, for the outputs that all of them were trained on."""
    for number, member in enumerate(members):
        if member.problem != problem:
            raise ConfigError(
                "the members of an ensemble must predict the same thing",
                where=f"member {number}",
                why=f"{member.problem}, expected {problem}",
                mend="fit all members on one problem",
            )
    known = [set(problem.outputs if m.trained is None else m.trained) for m in members]
    trained = tuple(name for name in problem.outputs if all(name in each for each in known))
    card = {"estimator": "ensemble", "members": [member.card for member in members]}
    return Predictor(problem, EnsembleModel([m.model for m in members], problem.outputs), card, trained)


def _mean(values: Sequence[Array32]) -> Array32:
    total = np.zeros(values[0].shape)
    for each in values:
        total += each
    return (total / len(values)).astype(np.float32)


def _within(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
