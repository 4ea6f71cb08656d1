"""A network trained on simulated recordings first, and on measured ones after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, cast

from myoshift import registry
from myoshift.models.saved import SavedNetwork
from myoshift.predictor import Predictor, Problem, require
from myoshift.training import TrainingConfig, fit
from myoshift.types import Split

GENTLE = 0.3
"""Learning rate of the second training, as a share of the first's, so that what was learned is not run over."""


@dataclass(frozen=True)
class Pretrained:
    """Simulated labels teach where muscles work in a stride, measured ones when and how laboratories see it.

    Where the source is of one kind only, it is a plain training on that.

    Parameters
    ----------
    method : entry point of the method that trains both times
    """

    name: ClassVar[str] = "pretrained"
    needs: ClassVar[frozenset[str]] = frozenset({"source"})

    problem: Problem
    seed: int = 0
    config: TrainingConfig | None = None
    method: str = "source_only"

    def fit(self, split: Split) -> Predictor:
        """Train twice."""
        require(split, self.needs, by=self.name)
        config, method = self.config or TrainingConfig(), registry.load("methods", self.method)
        first, then = split.of_kind("simulated"), split.of_kind("emg_envelope")
        if not first.source or not then.source:
            return fit(method(), self.problem, split, config, self.seed)
        taught = fit(method(), self.problem, first, config, self.seed)
        gentle = config.model_copy(update={"lr": GENTLE * config.lr})
        tuned = fit(method(), self.problem, then, gentle, self.seed, start=cast(SavedNetwork, taught.model).module)
        known = {*(taught.trained or ()), *(tuned.trained or ())}
        persons = sorted({*taught.card["persons"], *tuned.card["persons"]})
        told = {"estimator": self.name, "persons": persons, "pretrained_on": taught.card["institutions"]}
        card = {**tuned.card, **told}
        return replace(tuned, card=card, trained=tuple(name for name in self.problem.outputs if name in known))
