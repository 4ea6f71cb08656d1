"""How far the trunk leans, where a laboratory did not measure it: as far as balance asks.

A body that neither falls nor speeds up has its centre of pressure where the feet are. Over whole cycles the moment that
the motion needs must be the one of a centre of pressure that moves along the foot as published; of what was not
measured, the trunk decides about it most, being half of the mass.
"""

from __future__ import annotations

import numpy as np
import torch

from myoshift.simulate.contact import foot_points
from myoshift.simulate.filling import Filling
from myoshift.simulate.inverse_dynamics import differentiate, root_wrench
from myoshift.simulate.model import Segment
from myoshift.simulate.phases import Cycles
from myoshift.types import Array

PRESSURE = {
    "walk": ([0.0, 0.12, 0.20, 0.30, 0.50, 0.62], [0.1, 0.3, 0.55, 0.85, 1.1, 1.2]),
    "run": ([0.0, 0.1, 0.2, 0.3, 0.37], [0.3, 0.7, 0.85, 1.0, 1.1]),
}
"""Gait phases, and how far the centre of pressure is from the heel to the ball of the foot.

Walking: ankle moment over vertical force (Winter 1991); running: Cavanagh & Lafortune 1980, J Biomech 13:397."""
STANDING = 0.45  # of that way, standing still
STEP = 0.1  # rad, to see what leaning does
CUTOFF = 6.0  # Hz, of the motion whose forces are asked for
LIMIT = 0.6  # rad
HARMONICS, LEAN, WOBBLE, DOUBT, SAMPLES = 3, 0.3, 0.03, 20.0, 10.0


def leaning(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> Array:
    """(T,) lumbar extension with which the body is in balance, rad."""
    upright = -body.get("pelvis_tilt")
    if gait is None:
        here, there = (_unbalanced(body, gait, segments, upright + lean) for lean in (0.0, -STEP))
        lean = -here / np.where(np.abs(there - here) > 1e-9, (there - here) / -STEP, np.inf)
        return upright + np.clip(lean, -LIMIT, LIMIT)
    angle = 2 * np.pi * gait.phase["r"]
    waves = [np.ones(len(angle)), *(f(k * angle) for k in range(1, HARMONICS + 1) for f in (np.cos, np.sin))]
    here = _unbalanced(body, gait, segments, upright)
    effect = np.stack([(_unbalanced(body, gait, segments, upright + STEP * w) - here) / STEP for w in waves], axis=1)
    likely = np.array([LEAN, *[WOBBLE] * (2 * HARMONICS)])
    frames = body.rate / gait.frequency(body.rate) / SAMPLES
    square = effect.T @ effect / (frames*DOUBT**2) + np.diag(1 / likely**2)
    size = np.linalg.solve(square, -effect.T @ here / (frames*DOUBT**2))
    return upright + np.stack(waves, axis=1) @ size


def _unbalanced(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...], lumbar: Array) -> Array:
    """(T,) N m by which the moment about the ground is not that of the published centre of pressure."""
    values = body.changed({"lumbar_extension": lumbar}).values
    q, speed, acceleration = (torch.from_numpy(x) for x in differentiate(values, body.rate, CUTOFF))
    if gait is None:
        speed, acceleration = torch.zeros_like(q), torch.zeros_like(q)
    wrench = root_wrench(segments, q, speed, acceleration).numpy()
    points = foot_points(segments, torch.from_numpy(values)).numpy().reshape(len(values), 2, 5, 3)
    heel, ball = points[:, :, :2].mean(axis=2), points[:, :, 2:4].mean(axis=2)
    if gait is None:
        share, along = np.full((len(values), 2), 0.5), np.full((len(values), 2), STANDING)
    else:
        phase = np.mod(np.stack([gait.phase[s] for s in "rl"], axis=1), 1.0)
        share, along = gait.bearing(), np.interp(phase, *PRESSURE[gait.gait])
    total = share.sum(axis=1, keepdims=True)
    share = share / np.where(total > 0.02, total, 1.0)
    centre = ((heel + along[..., None] * (ball - heel)) * share[..., None]).sum(axis=1)
    force, moment = wrench[:, :3], wrench[:, 3:]
    return np.where(total[:, 0] > 0.02, moment[:, 2] - (centre[:, 0] * force[:, 1] - centre[:, 1] * force[:, 0]), moment[:, 2]*0)
