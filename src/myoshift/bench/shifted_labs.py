"""Virtual laboratories further and further from what a model has learned from: practice for the forecast of r.

A model is trained on some virtual people. People of other virtual laboratories, drawn by another seed, are predicted
with their motion and sensors as they are, and moved by growing amounts. All is known of them, so that signs can be
set beside the r that was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter1d

from myoshift import anatomy, metrics
from myoshift.bench import build
from myoshift.bench.forecast import DIRECT, ROWS
from myoshift.bench.sources import at_rate
from myoshift.bench.spec import Benchmark
from myoshift.calibration.amplitude import scaled, unit
from myoshift.calibration.signs import Familiar, familiar, signs
from myoshift.predictor import Predictor
from myoshift.types import Array, Recording, Split


@dataclass(frozen=True)
class Practice:
    """How many people are learned from and tested, by what amounts they are moved, and what an amount of 1 is.

    Parameters
    ----------
    learned, tested : people; every tested one is a laboratory of its own
    amounts : of shift, 0 for a laboratory as it was drawn
    offset, wobble : rad; SD of a constant error of a joint angle, and of one that comes and goes
    gain : SD of the log of the size of a joint angle's movement
    delay : s; SD of the delay of a sensor
    crosstalk : share of the mean of the leg's other channels in each channel
    """

    learned: int = 12
    tested: int = 24
    seconds: float = 10.0
    amounts: tuple[float, ...] = (0.0, 1.0, 2.0)
    seed: int = 0
    offset: float = 0.09
    wobble: float = 0.05
    gain: float = 0.15
    delay: float = 0.02
    crosstalk: float = 0.15


def virtual_people(spec: Benchmark, label: str, practice: Practice | None = None) -> pd.DataFrame:
    """Signs and r (columns of `forecast.ROWS`) of every tested virtual person and amount, by a method of a benchmark.

    A laboratory's people are the same person moved by different amounts: the laboratory is what is independent.
    """
    practice = practice or Practice()
    split = Split(name="virtual", source=tuple(_drawn(spec, practice.learned, 4, practice.seed, practice.seconds)))
    predictor = build.estimator(spec, label, practice.seed, seeds=spec.seeds).fit(split)
    known = familiar(split, predictor.problem)
    tested = _drawn(spec, practice.tested, practice.tested, practice.seed + 1, practice.seconds)
    rows = [row for person in tested for row in _rows(person, label, predictor, known, spec, practice)]
    return pd.DataFrame(rows, columns=list(ROWS))


def _drawn(spec: Benchmark, people: int, laboratories: int, seed: int, seconds: float) -> Iterator[Recording]:
    """Virtual people who walk, in units of their own, at the benchmark's rate."""
    from myoshift.simulate import labs
    from myoshift.simulate.randomise import Config

    config = Config(labs=laboratories, movements=("walk",), seconds=seconds, rate=100.0)
    for recording in labs.virtual_labs(people, seed, config):
        own = at_rate(recording, spec.rate)
        yield scaled(own, unit([own]), "own: walk")


def _rows(
    person: Recording, label: str, predictor: Predictor, known: Familiar, spec: Benchmark, practice: Practice
) -> Iterator[dict[str, object]]:
    for amount in practice.amounts:
        seen = moved(person, amount, practice)
        yield {
            "method": label,
            "protocol": DIRECT,
            "fold": person.institution,
            "institution": person.institution,
            "subject": f"{person.person} moved by {amount:g}",
            "condition": "virtual walk",
            "found": _found(predictor, seen, spec),
            **signs(predictor, predictor.problem.legs([seen.hidden()]), known),
        }


def _found(predictor: Predictor, recording: Recording, spec: Benchmark) -> float:
    """Mean r over legs and the primary outputs."""
    predicted, columns = predictor.legs(recording.hidden()), [spec.outputs.index(name) for name in spec.primary]
    legs = anatomy.legs(recording, spec.inputs, spec.outputs)
    r = [metrics.r(predicted[leg.side].astype(np.float64), leg.activation.astype(np.float64)) for leg in legs]
    return float(_mean(np.stack(r)[:, columns].ravel(), axis=0))


def moved(recording: Recording, amount: float, practice: Practice | None = None) -> Recording:
    """The recording as another laboratory would have it: joint angles and sensors off by so much.

    The draws of a person are the same for every amount.
    """
    practice, random = practice or Practice(), np.random.default_rng(_seed(recording.id))
    motion, activation = recording.motion.astype(np.float64), recording.activation.astype(np.float64)
    count = motion.shape[1]
    middle, size = _mean(motion, axis=0), np.exp(amount * practice.gain * random.normal(size=count))
    offset = amount * practice.offset * random.normal(size=count)
    wobble = amount * practice.wobble * _slow(random.normal(size=motion.shape), recording.rate)
    delay = amount * practice.delay * random.normal()
    share = 1 - np.exp(-amount * practice.crosstalk)
    mixed = (1 - share) * activation + share * _mean(activation, axis=1)[:, None]
    return replace(
        recording,
        motion=(middle + size * (motion - middle) + offset + wobble).astype(np.float32),
        activation=_late(mixed, delay * recording.rate).astype(np.float32),
    )


def _mean(values: Array, axis: int) -> Array:
    """Mean over what there is along an axis, NaN where there is nothing."""
    there = np.isfinite(values)
    count = there.sum(axis=axis)
    total = np.where(there, values, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _seed(name: str) -> Sequence[int]:
    return list(name.encode())


def _slow(noise: Array, rate: float) -> Array:
    """Noise (T, C) of SD 1 that changes within half a second."""
    smooth = gaussian_filter1d(noise, 0.1 * rate, axis=0, mode="nearest")
    out: Array = smooth / smooth.std(axis=0)
    return out


def _late(values: Array, frames: float) -> Array:
    """Signals (T, M) that come so many frames later; the ends go on."""
    at = np.arange(len(values)) - frames
    return np.column_stack([np.interp(at, np.arange(len(values)), column) for column in values.T])
