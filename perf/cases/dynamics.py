"""Inverse dynamics of pelvis and legs (13 segments, 14 moving coordinates): ours, and MuJoCo frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from myoshift.simulate.inverse_dynamics import inverse_dynamics
from myoshift.simulate.model import Segment
from myoshift.types import Array
from perf.contest import OURS, Case, Contest, Entrant, installed
from simulate.motions import body, waves

LEGS = slice(6, 20)
SHARE = 10_000  # frames of MuJoCo at most


@contextmanager
def enter(folder: Path, frames: int) -> Iterator[Contest]:
    """Smooth motion of the legs below a pelvis that is held."""
    q, speed, acceleration = (part.numpy().copy() for part in waves(frames=frames))
    for part in (speed, acceleration):
        part[:, :6] = 0.0
    if not (installed("mujoco") and installed("myo_sim")):
        yield Contest({OURS: Entrant(lambda: _ours(body(), q, speed, acceleration))})
        return
    from simulate.mujoco_legs import oracle

    legs = oracle()
    few = min(frames, SHARE)
    states = legs.states(q[:few], speed[:few], acceleration[:few])
    legs.inverse(tuple(part[:1] for part in states))
    q[:, :6] = legs.held(q[0])[:6]
    first = [part[:few] for part in (q, speed, acceleration)]
    expected = legs.moments(first[0], legs.inverse(states))[:, LEGS]
    np.testing.assert_allclose(_ours(legs.segments, *first), expected, atol=1e-6)
    yield Contest(
        {
            OURS: Entrant(lambda: _ours(legs.segments, q, speed, acceleration)),
            "MuJoCo": Entrant(lambda: legs.moments(first[0], legs.inverse(states)), share=few / frames, same=False),
        }
    )


def _ours(segments: tuple[Segment, ...], q: Array, speed: Array, acceleration: Array) -> Array:
    return inverse_dynamics(segments, *(torch.tensor(part) for part in (q, speed, acceleration)))[:, LEGS].numpy()


CASE = Case(
    name="inverse dynamics",
    job="joint moments of both legs from coordinates, speeds and accelerations",
    unit="frames",
    sizes=(100, 1000, 10_000, 100_000),
    quick=(100, 1000),
    tiny=5,
    enter=enter,
    marked=100_000,
    marks={"MuJoCo": 3},
)
