"""Toy shifts: five analytic worlds in which one known thing differs between laboratories, and how methods do in them.

Several source laboratories, one target that nobody learns from, whose motion alone is granted. A method is meant for
one of the worlds; whether it is better there than training on the source alone is measured, with an interval over
the people of the target.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import myoshift.methods
from myoshift import datasets, metrics, registry
from myoshift.datasets import Preparation
from myoshift.datasets.toy import JOINTS, SITES, Lab, Toy
from myoshift.predictor import Predictor, Problem
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Array, Recording, Split

BASELINE = "source_only"
PROBLEM = Problem(inputs=JOINTS, outputs=SITES, rate=50.0)
TASK = "walk"
SECONDS = 10.0
PEOPLE = 8
"""Of the target."""
SOURCE = "abcd"
CARD = Path(myoshift.methods.__path__[0], "toys.csv")
"""What each method is meant for and what it gained there, as the gate measured it."""
NEGLIGIBLE = 0.001
"""A difference in r that is none, however narrow its interval: people share one training."""
COLUMNS = ("method", "shift", "gain", "low", "high")
MEANT = {
    "alignment": "gain",
    "invariance": "posture",
    "generalisation": "gain",
    "target_time": "gain",
    "timing": "delay",
}
"""The shift that a family is meant for, where the card names none; a family that is not here is meant for none."""


@dataclass(frozen=True)
class World:
    """What differs: settings of each source laboratory, those of the target, and changes of the training."""

    source: tuple[Mapping[str, Any], ...]
    target: Mapping[str, Any]
    training: Mapping[str, Any]


def _muscles(number: int) -> tuple[str, ...]:
    """Every fourth muscle, so that each is measured by one or two of four laboratories."""
    return tuple(site for i, site in enumerate(SITES) if (i + number) % 4 == 0 or i == 2 * number)


WORLDS: Mapping[str, World] = {
    "gain": World(
        source=tuple({"motion_gain": m, "gain": g} for m, g in ((1.0, 1.0), (1.15, 0.4), (0.9, 1.6), (1.3, 0.8))),
        target={"motion_gain": 0.2, "gain": 0.5},
        training={"norm": "centre", "gain": 0.0},
    ),
    "delay": World(
        source=tuple({"delay": d} for d in (-0.1, 0.1, -0.07, 0.07)),
        target={},
        training={},
    ),
    "posture": World(
        source=tuple({"motion_offset": o, "distortion": d} for o, d in ((0, 0.0), (8, 4.0), (-8, 4.0), (4, 6.0))),
        target={"motion_gain": 0.7, "motion_offset": 15.0, "distortion": 14.0},
        training={},
    ),
    "muscle_set": World(
        source=tuple({"muscles": _muscles(number), "people": 1} for number in range(4)),
        target={},
        training={},
    ),
    "concept": World(
        source=tuple({"load": load} for load in (0.0, 0.1, 0.05, 0.15)),
        target={"load": 0.6},
        training={},
    ),
}
"""The five shifts. Marker placement is an offset and a gain, soft tissue a distortion that follows the gait phase."""


@dataclass(frozen=True)
class Gain:
    """How much higher the correlation of a method is than the baseline's: mean over people, 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """`better` or `worse` where the interval leaves 0 out and the mean is worth a word, else `no difference`."""
        if abs(self.mean) < NEGLIGIBLE or self.low <= 0 <= self.high:
            return "no difference"
        return "better" if self.mean > 0 else "worse"


@lru_cache(maxsize=16)
def toy_split(shift: str, seed: int) -> tuple[Split, tuple[Recording, ...]]:
    """What may be learned from under a shift, and the recordings of the target's people to be tested on.

    The unlabelled motion is that of the tested people. Activations are in each lab's own unit: the world changes no
    more than it says.
    """
    world = WORLDS[shift]
    labs = [_lab(f"toy-{name}", change) for name, change in zip(SOURCE, world.source, strict=True)]
    source = _recordings(labs, seed)
    test = _recordings([_lab("toy-t", {"people": PEOPLE, **world.target})], seed)
    hidden = tuple(recording.hidden() for recording in test)
    split = Split(name=f"{shift} {seed}", source=source, unlabelled=hidden, unlabelled_scope="test_people")
    return split, test


def _lab(name: str, change: Mapping[str, Any]) -> Lab:
    return replace(Lab(name=name, noise=0.02), **change)


def _recordings(labs: Sequence[Lab], seed: int) -> tuple[Recording, ...]:
    trials = Toy(labs=tuple(labs), seconds=SECONDS, seed=seed).trials()
    how = Preparation(rate=PROBLEM.rate)
    return tuple(datasets.prepare(trial, how) for trial in trials if trial.task == TASK)


def config(shift: str, steps: int = 150) -> TrainingConfig:
    """How networks are trained under a shift: small and short, in every method alike."""
    small = {"steps": steps, "batch": 8, "window": 64}
    return TrainingConfig(**{**small, **WORLDS[shift].training})


def trained(method: str, shift: str, seed: int, steps: int = 150) -> Predictor:
    """A method trained with its defaults on the source of a shift."""
    split, _ = toy_split(shift, seed)
    return Trained(method, PROBLEM, config(shift, steps), seed).fit(split)


def scores(predictor: Predictor, test: Sequence[Recording]) -> Array:
    """(people,) mean correlation over all muscles of both legs, for every recording of the target."""
    return np.array([_score(predictor, recording) for recording in test])


def _score(predictor: Predictor, recording: Recording) -> float:
    values, names = predictor.predict_recording(recording.hidden())
    there = [recording.activation_names.index(name) for name in names]
    measured = recording.activation[:, there].astype(float)
    return float(np.nanmean(metrics.r(values.astype(float), measured, recording.rate)))


def gain(method: Array, baseline: Array, draws: int = 4000) -> Gain:
    """Paired difference of the scores (people,) of a method and of the baseline, with a bootstrap over people."""
    difference = method - baseline
    who = np.random.default_rng(0).integers(len(difference), size=(draws, len(difference)))
    low, high = np.percentile(difference[who].mean(axis=1), [2.5, 97.5])
    return Gain(float(difference.mean()), float(low), float(high))


def meant(method: str) -> str:
    """The shift that a method is meant for: what its card says, else that of its family, else `none`."""
    card = next((row for row in cards() if row["method"] == method), None)
    if card:
        return card["shift"]
    family = next((row["family"] for row in registry.cards("methods") if row["name"] == method), "")
    return MEANT.get(family, "none")


def cards() -> list[dict[str, str]]:
    """The rows of `toys.csv`: method, shift, gain in r, low, high."""
    return list(csv.DictReader(CARD.read_text(encoding="utf-8").splitlines())) if CARD.is_file() else []


def statement(card: Mapping[str, str]) -> str:
    """What a card says of the shift that its method is meant for, in words."""
    if card["shift"] == "none":
        return "no gain expected: meant for none of the toy shifts"
    found = measured(card)
    figure = f"{card['shift']} shift {found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"
    return f"gain expected: {figure}" if found.verdict == "better" else f"no gain expected: {figure}"


def measured(card: Mapping[str, str]) -> Gain:
    """The figures of a card, or of a row of the gate's table."""
    return Gain(float(card["gain"]), float(card["low"]), float(card["high"]))
