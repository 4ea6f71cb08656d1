"""Training steps: our loop, the same steps written out in plain torch, and Lightning."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myoshift.losses import correlation_loss, masked_mse
from myoshift.methods.source_only import SourceOnly
from myoshift.predictor import Problem
from myoshift.training import Batch, TrainingConfig, fit
from myoshift.training.augmentation import augment
from myoshift.training.pool import Pool
from myoshift.types import Recording, Split
from perf.contest import OURS, Case, Contest, Entrant, installed

STEPS = 50
PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "gastrocnemius_medialis", "soleus"), 50.0
)


@contextmanager
def enter(folder: Path, batch: int) -> Iterator[Contest]:
    """Fifty steps of so many windows, with the windows and the augmentation of the loop in all entrants."""
    split = Split(
        name="perf",
        source=tuple(walk(i) for i in range(3)),
    )
    config = TrainingConfig(steps=STEPS, batch=batch)
    fresh = fit(SourceOnly(), PROBLEM, split, config.model_copy(update={"steps": 1})).model.module.train()
    pool = Pool(PROBLEM.labelled(split.source, part="source"))
    entrants = {
        OURS: Entrant(lambda: fit(SourceOnly(), PROBLEM, split, config), same=False),
        "torch loop": Entrant(lambda: _bare(copy.deepcopy(fresh), pool, config), same=False),
    }
    if installed("lightning"):
        entrants["lightning"] = Entrant(lambda: _lightning(copy.deepcopy(fresh), pool, config), same=False)
    yield Contest(entrants)


def walk(lab: int) -> Recording:
    """A minute of something periodic, both legs, from one laboratory."""
    phase = 2 * np.pi * np.arange(3000) / (50 + lab)
    sides = [(side, phase + shift) for side, shift in (("r", 0.0), ("l", np.pi))]
    names = {part: [f"{n}_{s}" for s, _ in sides for n in part] for part in (PROBLEM.inputs, PROBLEM.outputs)}
    motion = [np.sin(k * angle) for _, angle in sides for k in (1, 2, 3)]
    activation = [np.exp(np.cos(angle - k)) / 3 for _, angle in sides for k in (0, 2, 3)]
    return Recording(
        motion=np.stack(motion, 1).astype(np.float32),
        motion_names=tuple(names[PROBLEM.inputs]),
        activation=np.stack(activation, 1).astype(np.float32),
        activation_names=tuple(names[PROBLEM.outputs]),
        rate=PROBLEM.rate,
        dataset=f"lab-{lab}",
        domain=f"lab-{lab}/healthy-walk",
        institution=f"lab-{lab}",
        subject="s1",
        task="walk",
        trial="t1",
    )


def _loss(model: Any, batch: Batch) -> torch.Tensor:
    predicted, measured = model(batch.source.motion, batch.source.span), batch.source.activation
    return masked_mse(predicted, measured) + 0.05 * correlation_loss(predicted, measured)


def _optimiser(model: Any, config: TrainingConfig) -> tuple[Any, Any]:
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.lr, weight_decay=config.weight_decay)
    return optimiser, torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=config.lr, total_steps=config.steps)


def _batches(model: Any, pool: Pool, config: TrainingConfig) -> Iterator[Batch]:
    random = np.random.default_rng(0)
    for _ in range(config.steps):
        drawn = pool.draw(random, config.batch, config.window, config.speed)
        yield Batch(augment(drawn, model.norm, config))


def _bare(model: Any, pool: Pool, config: TrainingConfig) -> None:
    """The same steps without any of the loop's care: no check, no count, no name."""
    torch.manual_seed(0)
    optimiser, schedule = _optimiser(model, config)
    for batch in _batches(model, pool, config):
        optimiser.zero_grad()
        _loss(model, batch).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        optimiser.step()
        schedule.step()


def _lightning(model: Any, pool: Pool, config: TrainingConfig) -> None:
    """The same steps by a trainer that keeps nothing: no logger, no checkpoint, no bar."""
    import lightning

    class Module(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def training_step(self, batch: Batch, _: int) -> torch.Tensor:
            return _loss(self.model, batch)

        def configure_optimizers(self) -> dict[str, Any]:
            optimiser, schedule = _optimiser(self.model, config)
            return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

        def transfer_batch_to_device(self, batch: Batch, *_: Any) -> Batch:
            return batch

    class Drawn(torch.utils.data.IterableDataset):  # type: ignore[type-arg]
        def __iter__(self) -> Iterator[Batch]:
            return _batches(model, pool, config)

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        lightning.Trainer(
            max_steps=config.steps,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            gradient_clip_val=config.clip,
        ).fit(Module(), torch.utils.data.DataLoader(Drawn(), batch_size=None))


CASE = Case(
    name="training",
    job="50 training steps of the reference network (windows of 2 s, 3 muscles)",
    unit="windows a step",
    sizes=(4, 16, 64),
    quick=(4, 16),
    tiny=2,
    enter=enter,
    marked=16,
    marks={"torch loop": 1 / 1.05, "lightning": 1},
)
