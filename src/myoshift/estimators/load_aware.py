"""Learned where the posture is familiar, reasoned from the load where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.estimators.shared_effort import SharedEffort
from myoshift.predictor import Model, Predictor, Problem, RecordingModel, muscle_values, require, restore, unfamiliar
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Array32, Recording, Side, Split

MEMBERS = ("familiar", "unfamiliar")


class LoadAwareModel:
    """Two models, and the postures of which the first was learned.

    A recording that declares another posture is predicted by the second; one that declares none, by the first.
    """

    kind: ClassVar[str] = "load_aware"

    def __init__(self, problem: Problem, members: Mapping[str, Model], postures: Sequence[str]) -> None:
        self.problem, self.members, self.postures = problem, members, tuple(postures)

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M) of one leg of which no posture is declared."""
        return self.members["familiar"](motion)

    def recording(self, recording: Recording, names: Sequence[str]) -> Mapping[Side, Array32]:
        """Sites or muscles (T, K) of every leg, by the model that fits the posture which the recording declares."""
        flags = unfamiliar(recording, {"segment_orientations": self.postures})
        chosen = self.members["unfamiliar" if flags else "familiar"]
        if isinstance(chosen, RecordingModel):
            return chosen.recording(recording, names)
        legs = self.problem.legs([recording])
        return {leg.side: self._values(chosen, leg.motion, names) for leg in legs}

    def _values(self, model: Model, motion: Array32, names: Sequence[str]) -> Array32:
        if tuple(names) == self.problem.outputs:
            return model(motion)
        muscles = muscle_values(model, motion, self.problem.outputs)
        strands = anatomy.strands(self.problem.outputs)
        return muscles[:, [strands.index(name) for name in names]]

    def config(self) -> dict[str, Any]:
        """Names, rate, postures; kind and config of each member."""
        members = {name: {"kind": each.kind, "config": each.config()} for name, each in self.members.items()}
        return {**self.problem.config(), "postures": list(self.postures), "members": members}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of both members, its name and a slash before theirs."""
        return {f"{name}/{key}": a for name, each in self.members.items() for key, a in each.arrays().items()}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model of these members."""
        problem = Problem.of(config)
        members = {}
        for name in MEMBERS:
            own = {key.removeprefix(f"{name}/"): a for key, a in arrays.items() if key.startswith(f"{name}/")}
            members[name] = restore(config["members"][name]["kind"], config["members"][name]["config"], own)
        return cls(problem, members, config["postures"])


@dataclass(frozen=True)
class LoadAware:
    """A network for the postures that the source declares, `shared_effort` for any other.

    Parameters
    ----------
    method : entry point of the method that trains the network
    """

    name: ClassVar[str] = "load_aware"
    needs: ClassVar[frozenset[str]] = frozenset({"source"})
    simulates: ClassVar[bool] = True

    problem: Problem
    seed: int = 0
    config: TrainingConfig | None = None
    method: str = "source_only"

    def fit(self, split: Split) -> Predictor:
        """Fit both."""
        require(split, self.needs, by=self.name)
        learned = Trained(self.method, self.problem, self.config or TrainingConfig(), self.seed).fit(split)
        effort = SharedEffort(self.problem).fit(split)
        members = dict(zip(MEMBERS, (learned.model, effort.model), strict=True))
        model = LoadAwareModel(self.problem, members, learned.card["segment_orientations"])
        card = {**learned.card, "estimator": self.name, "effort": effort.card["gains"]}
        return replace(learned, model=model, card=card)
