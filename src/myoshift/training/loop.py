"""The one training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from myoshift import registry
from myoshift.anatomy import Leg
from myoshift.errors import MyoshiftError
from myoshift.models.network import Network
from myoshift.models.saved import SavedNetwork
from myoshift.predictor import PARTS, Predictor, Problem, measured_outputs, require, source_card
from myoshift.training.augmentation import augment
from myoshift.training.batch import Batch, Windows
from myoshift.training.config import TrainingConfig
from myoshift.training.method import Method
from myoshift.training.pool import Pool
from myoshift.types import Split

THREADS = 1
"""The same seed on one and on two threads gives different weights, so that there is one choice."""
NON_FINITE = 0.01
"""Largest share of steps with a loss term or gradient that was not finite; they are skipped and counted."""

KEPT_EVERY = 20
"""Steps between the weights that are kept in case the next ones are not finite."""

OnStep = Callable[[int, Mapping[str, float]], None]


class NotFiniteError(MyoshiftError):
    """A training whose loss or gradient did not stay finite; `kept` is the predictor of the last good steps."""

    skipped: int = 0
    kept: Predictor | None = None


def fit(
    method: Method,
    problem: Problem,
    split: Split,
    config: TrainingConfig | None = None,
    seed: int = 0,
    *,
    start: Network | None = None,
    on_step: OnStep | None = None,
) -> Predictor:
    """Train a network by a method on what the split grants.

    Parameters
    ----------
    start : a trained network whose weights are gone on from, with its normalisation; a new one when None
    on_step : called with the step (from 0) and the value of each loss term

    Raises
    ------
    AccessError
        When the split lacks what the method needs.
    NotFiniteError
        When more than 1 % of the steps were not finite. It holds the predictor of the last good steps.
    """
    config = config or TrainingConfig()
    require(split, method.needs, by=method.name)
    parts = {part: _legs(problem, split, part) for part in sorted((method.needs & PARTS) | {"source"})}
    legs = parts["source"]
    parts["source"] = tuple(method.translate(legs, parts.get("unlabelled", ())))
    pools = {part: Pool(legs, config.simulated) for part, legs in parts.items()}

    def predictor(model: Network, skipped: int) -> Predictor:
        card = {
            "method": method.name,
            "training": config.model_dump(),
            "seed": seed,
            "threads": THREADS,
            "skipped_steps": skipped,
            **source_card(legs, problem),
        }
        return Predictor(problem, _kind(model.kind)(model), card, measured_outputs(legs, problem.outputs))

    with _reproducible(seed):
        model = deepcopy(start) if start else _untrained(problem, parts["source"], pools["source"], config)
        try:
            skipped = _descend(method, model, pools, config, np.random.default_rng(seed), on_step)
        except NotFiniteError as error:
            error.kept = predictor(model, error.skipped)
            raise
        model = method.finish(model, pools["source"])
        if "unlabelled" in pools:
            model = method.adapt(model, pools["unlabelled"].motions)
    return predictor(model, skipped)


@dataclass(frozen=True)
class Trained:
    """The estimator that trains a network by a registered method."""

    method: str
    problem: Problem
    config: TrainingConfig = field(default_factory=TrainingConfig)
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)

    def fit(self, split: Split) -> Predictor:
        """Train on the split."""
        method: Method = registry.load("methods", self.method)(**self.settings)
        return fit(method, self.problem, split, self.config, self.seed)


@contextmanager
def _reproducible(seed: int) -> Iterator[None]:
    """One thread and this seed inside; outside, torch is left as it was."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(THREADS)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def _legs(problem: Problem, split: Split, part: str) -> tuple[Leg, ...]:
    """The legs of one part of the split, labelled ones wherever labels are granted."""
    if part != "unlabelled":
        return problem.labelled(getattr(split, part), part=part)
    return problem.some_legs(split.unlabelled, part=part)


def _kind(name: str) -> type[SavedNetwork]:
    return cast(type[SavedNetwork], registry.load("models", name))


def _untrained(problem: Problem, legs: Sequence[Leg], pool: Pool, config: TrainingConfig) -> Network:
    """A network that knows the scale of the source's motion and the mean level of its activation."""
    network = _kind(config.model).network
    model = network(problem.inputs, problem.outputs, problem.rate, config.norm, causal=config.causal)
    model.norm.learn(pool.span, torch.tensor(pool.weight, dtype=torch.float32))
    model.start_at(float(pool.weight @ [np.nanmean(leg.activation) for leg in legs]))
    return model


def _descend(
    method: Method,
    model: Network,
    pools: Mapping[str, Pool],
    config: TrainingConfig,
    random: np.random.Generator,
    on_step: OnStep | None,
) -> int:
    """All the steps of a training; gives the number of those with a term or gradient that was not finite."""
    own = method.modules(model, pools["source"])
    trained = nn.ModuleList([model, *own]).train()
    optimiser = torch.optim.AdamW(trained.parameters(), lr=config.lr, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=config.lr, total_steps=config.steps)
    skipped, kept = 0, deepcopy(model.state_dict())
    for step in range(config.steps):
        batch = Batch(**{part: _windows(pool, model, config, random) for part, pool in pools.items()})
        terms = method.loss(model, batch, step / config.steps)
        finite = [term for term in terms.values() if torch.isfinite(term)]
        optimiser.zero_grad()
        if finite:
            torch.autograd.backward(torch.stack(finite).sum())
        length = nn.utils.clip_grad_norm_(trained.parameters(), config.clip)
        if torch.isfinite(length):
            optimiser.step()
            method.after_step(model, step / config.steps)
        schedule.step()
        good = len(finite) == len(terms) and bool(torch.isfinite(length))
        skipped += not good
        if skipped > max(NON_FINITE * config.steps, 1):
            model.load_state_dict(kept)
            raise _not_finite(skipped, step, config.steps, terms)
        if good and step % KEPT_EVERY == 0:
            kept = deepcopy(model.state_dict())
        if on_step:
            on_step(step, {name: float(term.detach()) for name, term in terms.items()})
    return skipped


def _windows(pool: Pool, model: Network, config: TrainingConfig, random: np.random.Generator) -> Windows:
    """Windows with what the network must be told of the recordings that they come from."""
    drawn = augment(pool.draw(random, config.batch, config.window, config.speed), model.norm, config)
    return replace(drawn, span=drawn.history) if model.causal else drawn


def _not_finite(skipped: int, step: int, steps: int, terms: Mapping[str, Tensor]) -> NotFiniteError:
    broken = [name for name, term in terms.items() if not torch.isfinite(term)]
    error = NotFiniteError(
        "the training does not stay finite",
        where=f"step {step}",
        why=f"{skipped} of {steps} steps had a loss or gradient that was not finite; "
        f"now: {', '.join(broken) or 'the gradient'}",
        mend="look for extreme values in the source recordings, lower the learning rate or that term's weight",
    )
    error.skipped = skipped
    return error
