"""A transfer method of one's own, beside training on the source alone, on virtual laboratories: no download.

    python examples/own_method.py

The class is all that a method needs. In a package of its own, an entry point in the group `myoshift.methods` puts it
into every benchmark, beside the others, with intervals over people and institutions.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from torch import Tensor

from myoshift import Split, metrics
from myoshift.methods.source_only import SourceOnly
from myoshift.models.network import Network
from myoshift.predictor import Problem
from myoshift.simulate.labs import virtual_labs
from myoshift.simulate.randomise import Config
from myoshift.training import Batch, Method, Supervised, TrainingConfig, features, fit


@dataclass
class MeanMatch(Supervised):
    """The mean feature of the target's motion becomes that of the source's."""

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    name: ClassVar[str] = "mean_match"

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        assert batch.unlabelled is not None
        source, target = features(model, batch.source), features(model, batch.unlabelled)
        apart = (source.mean(dim=(0, 1)) - target.mean(dim=(0, 1))).square().sum()
        return self.supervised(model, source, batch.source) | {"apart": progress * apart}


PROBLEM = Problem(
    inputs=("hip_flexion", "knee_angle", "ankle_angle"), outputs=("soleus", "tibialis_anterior"), rate=100.0
)
people = tuple(virtual_labs(6, seed=0, config=Config(movements=("walk",), labs=3, seconds=6.0)))
unseen = people[0].institution
source = tuple(each for each in people if each.institution != unseen)
target = tuple(each for each in people if each.institution == unseen)
split = Split(
    name="example",
    source=source,
    unlabelled=tuple(each.hidden() for each in target),
    unlabelled_scope="test_people",
)


def score(method: Method) -> float:
    """Mean r over the people of the laboratory that was not learned from, both legs and outputs."""
    granted = split if "unlabelled" in method.needs else replace(split, unlabelled=(), unlabelled_scope="none")
    predictor = fit(method, PROBLEM, granted, TrainingConfig(steps=60))
    legs = [(predictor.legs(each)[leg.side], leg.activation) for each in target for leg in PROBLEM.legs([each])]
    return float(np.mean([metrics.r(p.astype(float), y.astype(float)) for p, y in legs]))


for method in (SourceOnly(), MeanMatch()):
    print(f"{method.name}: r = {score(method):.2f} in {unseen}")
