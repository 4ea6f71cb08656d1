"""Muscles from motion frame by frame, over the same network called again on the last seconds for each frame.

How the time of single frames is spread, and what a network adds, is told by `python -m perf.latency`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from myoshift import anatomy
from myoshift.deploy.clocked import Clocked
from myoshift.deploy.live import Live
from myoshift.methods.source_only import SourceOnly
from myoshift.predictor import Predictor, Problem
from myoshift.training import TrainingConfig, fit
from myoshift.types import Array, Array32
from perf.cases.steps import SPLIT
from perf.cases.training import PROBLEM
from perf.contest import OURS, Case, Contest, Entrant

RATE = 100.0
WINDOW = 2.0
"""s that who has no streaming step computes again for each frame."""
SHARE = 0.01
"""Of the frames that are computed that way."""
COORDINATES = tuple(f"{name}_{side}" for side in "rl" for name in PROBLEM.inputs)


@contextmanager
def enter(folder: Path, frames: int) -> Iterator[Contest]:
    """Samples with jitter at 100 Hz, a causal TCN that was trained for one step, both legs."""
    predictor, (time, motion) = causal(), samples(frames)
    few = max(1, round(SHARE * frames))
    yield Contest(
        {
            OURS: Entrant(lambda: streamed(predictor, time, motion), same=False),
            f"window of {WINDOW:g} s again": Entrant(lambda: again(predictor, motion, few), few / frames, same=False),
        }
    )


def causal() -> Predictor:
    """A causal TCN at 100 Hz."""
    problem = Problem(PROBLEM.inputs, PROBLEM.outputs, RATE)
    source = tuple(replace(recording, rate=RATE) for recording in SPLIT.source)
    return fit(SourceOnly(), problem, replace(SPLIT, source=source), TrainingConfig(steps=1, batch=2, causal=True))


def samples(frames: int) -> tuple[Array, Array]:
    """Times (T,) with a jitter of 1 ms, and walking (T, 6) in rad at these times."""
    random = np.random.default_rng(0)
    time = np.arange(frames) / RATE + random.uniform(-0.001, 0.001, frames)
    phase = 2 * np.pi * time[:, None] + np.arange(len(COORDINATES))
    return time, 0.3 + 0.3 * np.sin(phase)


def streamed(predictor: Predictor, time: Array, motion: Array) -> list[Array32]:
    """Rows of muscles of a stream."""
    clocked, live = Clocked(RATE, len(COORDINATES), RATE), Live(predictor, COORDINATES)
    pairs = zip(time, motion, strict=True)
    return [live.step(frame.astype(np.float32)) for t, v in pairs for _, frame in clocked.take(t, v)]


def again(predictor: Predictor, motion: Array, frames: int) -> list[Array32]:
    """The last row of the network on the last seconds, for some of the frames."""
    long, rows = round(WINDOW * RATE), []
    for stop in range(long, long + frames):
        window = motion[max(0, stop - long) : stop].astype(np.float32)
        legs = [predictor.predict(window[:, k : k + 3]) for k in (0, 3)]
        rows.append(anatomy.join({"r": legs[0], "l": legs[1]}, predictor.problem.outputs)[0][-1])
    return rows


CASE = Case(
    name="stream",
    job="motion at 100 Hz with jitter of 1 ms -> frames -> muscles of both legs, a causal TCN (22,000 weights)",
    unit="frames",
    sizes=(1000, 10_000),
    quick=(200,),
    tiny=20,
    enter=enter,
    marked=10_000,
)
