"""A training step of each registered method, over one of `source_only`, with and without what encoding costs.

Methods that look at unlabelled motion encode twice as many windows. `method step` counts that; in `method step, both
encoded` the step that all are measured by encodes those windows, too, for nothing, so that what remains is the
method. A method without an adversary promises to add at most a tenth to the step that encodes as many windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn

from myoshift import registry
from myoshift.methods.adversarial import Adversarial
from myoshift.methods.source_only import SourceOnly
from myoshift.models.network import Network
from myoshift.predictor import PARTS
from myoshift.training import Batch, Method, Pool, TrainingConfig, features, fit
from myoshift.types import Split
from perf.cases.training import PROBLEM, walk
from perf.contest import OURS, Case, Contest, Entrant

PROGRESS = 0.5
"""Of the training, where every weight has risen."""
OVERHEAD = 1.1
SPLIT = Split(
    name="perf",
    source=tuple(walk(lab) for lab in range(3)),
    unlabelled=(walk(3).hidden(),),
    unlabelled_scope="test_people",
    calibration=(walk(4),),
)


class BothEncoded(SourceOnly):
    """`source_only` that encodes the unlabelled windows, too, with their gradient, and learns nothing from them."""

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and 0."""
        assert batch.unlabelled
        idle = 0.0 * features(model, batch.unlabelled).sum()
        return {**super().loss(model, batch, progress), "idle": idle}


@contextmanager
def enter(both: bool, folder: Path, batch: int) -> Iterator[Contest]:
    """All methods, or those whose loss encodes unlabelled windows; the step of `source_only` is ours."""
    config = TrainingConfig(steps=1, batch=batch)
    entrants = {OURS: Entrant(Step(BothEncoded() if both else SourceOnly(), config), same=False)}
    for name in registry.names("methods"):
        step = Step(registry.load("methods", name)(), config)
        if name != SourceOnly.name and (step.encodes_twice or not both):
            bound = step.encodes_twice == both and not isinstance(step.method, Adversarial)
            entrants[name] = Entrant(step, same=False, most=OVERHEAD if bound else None)
    yield Contest(entrants)


class Step:
    """One step of a method on windows that are drawn once, with a network, modules and optimiser of its own."""

    def __init__(self, method: Method, config: TrainingConfig) -> None:
        self.method, self.config = method, config
        first = fit(SourceOnly(), PROBLEM, SPLIT, config)
        self.model = cast(Network, cast(Any, first.model).module)
        pools = _pools(method)
        torch.manual_seed(0)
        self.trained = nn.ModuleList([self.model, *method.modules(self.model, pools["source"])]).train()
        self.optimiser = torch.optim.AdamW(self.trained.parameters(), lr=config.lr, weight_decay=config.weight_decay)
        random = np.random.default_rng(0)
        drawn = {part: pool.draw(random, config.batch, config.window) for part, pool in pools.items()}
        self.batch = Batch(**drawn)

    @property
    def encodes_twice(self) -> bool:
        """Whether the loss encodes the unlabelled windows beside the source's."""
        if "unlabelled" not in self.method.needs:
            return False
        with patch.object(self.model, "encode", wraps=self.model.encode) as encode:
            self.method.loss(self.model, self.batch, PROGRESS)
        return bool(encode.call_count > 1)

    def __call__(self) -> None:
        """What the loop does with a batch."""
        terms = self.method.loss(self.model, self.batch, PROGRESS)
        self.optimiser.zero_grad()
        torch.autograd.backward(torch.stack(list(terms.values())).sum())
        nn.utils.clip_grad_norm_(self.trained.parameters(), self.config.clip)
        self.optimiser.step()
        self.method.after_step(self.model, PROGRESS)


def _pools(method: Method) -> dict[str, Pool]:
    legs = {part: PROBLEM.some_legs(getattr(SPLIT, part), part=part) for part in sorted(method.needs & PARTS)}
    legs["source"] = tuple(method.translate(legs["source"], legs.get("unlabelled", ())))
    return {part: Pool(each) for part, each in legs.items()}


ALL = Case(
    name="method step",
    job="one training step of each method (windows of 2 s, 3 muscles); ours is `source_only`",
    unit="windows a step",
    sizes=(16,),
    quick=(16,),
    tiny=2,
    enter=partial(enter, False),
    marked=16,
)
BOTH = replace(
    ALL,
    name="method step, both encoded",
    job="the same for methods that encode unlabelled windows; ours is `source_only` that encodes them, too",
    enter=partial(enter, True),
)
