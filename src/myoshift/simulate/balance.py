"""How far the trunk leans, where a laboratory did not measure it: as far as balance asks.

The moment that a motion needs from the ground must be the one of a centre of pressure that moves along the foot as
published. Of what was not measured the trunk decides about it most, being half of the mass. In gait it leans evenly
and sways a little with each step; in slow movements it leans in every frame so that the body stands.
"""

from __future__ import annotations

import numpy as np
import torch

from myoshift.simulate.contact import foot_points
from myoshift.simulate.curves import Gait
from myoshift.simulate.filling import Filling
from myoshift.simulate.ground import ALOFT
from myoshift.simulate.inverse_dynamics import differentiate, root_wrench
from myoshift.simulate.model import SIDES, Segment
from myoshift.simulate.phases import Cycles
from myoshift.types import Array

PRESSURE: dict[Gait, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "walk": ((0.0, 0.12, 0.20, 0.30, 0.50, 0.62), (0.1, 0.3, 0.55, 0.85, 1.1, 1.2)),
    "run": ((0.0, 0.1, 0.2, 0.3, 0.37), (0.3, 0.7, 0.85, 1.0, 1.1)),
}
"""Gait phases, and how far the centre of pressure is then from the heel (0) to the ball of the foot (1).

Walking: ankle moment over vertical force (Winter 1991). Running: Cavanagh & Lafortune 1980, J Biomech 13:397."""
STANDING = 0.45  # of that way, standing
SWAYS = 2  # harmonics of the stride with which the trunk sways
LEAN, SWAY = 0.3, 0.03  # rad, that is likely: evenly, and of each harmonic
DOUBT = 20.0  # N m by which the published moment is off
SAMPLES = 10.0  # independent ones of it in a cycle
STEP = 0.1  # rad, to see what leaning does
STEADY = 1.0  # N m / rad; a trunk that does less cannot balance
CUTOFF = 6.0  # Hz, of the motion whose forces are asked for


def leaning(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> Array:
    """(T,) lumbar extension with which the body is in balance, rad. All other coordinates must be known."""
    upright = -body.get("pelvis_tilt")
    waves = _waves(gait) if gait else np.ones((len(upright), 1))
    moment = _unbalanced(body, gait, segments, upright)
    tried = [_unbalanced(body, gait, segments, upright + STEP * wave) for wave in waves.T]
    effect = (np.stack(tried, axis=1) - moment[:, None]) / STEP
    if gait is None:
        lean = -moment * effect[:, 0] / (effect[:, 0] ** 2 + STEADY**2)
        return upright + np.clip(lean, -2 * LEAN, 2 * LEAN)
    likely = np.array([LEAN, *[SWAY] * (2 * SWAYS)])
    weight = SAMPLES * gait.frequency(body.rate) / (body.rate * DOUBT**2)
    square = weight * effect.T @ effect + np.diag(likely**-2.0)
    size = np.linalg.solve(square, -weight * effect.T @ moment)
    balanced: Array = upright + waves @ size
    return balanced


def _waves(gait: Cycles) -> Array:
    """(T, 5) of an even lean, and of the cosine and sine of each harmonic."""
    angle = 2 * np.pi * gait.phase["r"][:, None] * np.arange(1, SWAYS + 1)
    return np.hstack([np.ones((len(angle), 1)), np.cos(angle), np.sin(angle)])


def _unbalanced(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...], lumbar: Array) -> Array:
    """(T,) N m about z that the motion needs beyond those of the published centre of pressure; 0 in flight."""
    values = body.changed({"lumbar_extension": lumbar}).values
    q, speed, acceleration = (torch.from_numpy(each) for each in differentiate(values, body.rate, CUTOFF))
    if gait is None:
        speed, acceleration = torch.zeros_like(q), torch.zeros_like(q)
    force, moment = np.split(root_wrench(segments, q, speed, acceleration).numpy(), 2, axis=1)
    along, share = _pressure(gait, len(q))
    points = foot_points(segments, q).numpy().reshape(len(q), len(SIDES), -1, 3)
    heel, ball = points[:, :, :2].mean(axis=2), points[:, :, 2:4].mean(axis=2)
    centre = ((heel + along[..., None] * (ball - heel)) * share[..., None]).sum(axis=1)
    needed = moment[:, 2] - centre[:, 0] * force[:, 1] + centre[:, 1] * force[:, 0]
    return np.where(share.sum(axis=1) > 0, needed, 0.0)


def _pressure(gait: Cycles | None, frames: int) -> tuple[Array, Array]:
    """(T, 2) how far along each foot the centre of pressure is, and the share of each foot; 0 and 0 in flight."""
    if gait is None:
        return np.full((frames, 2), STANDING), np.full((frames, 2), 0.5)
    phase = np.mod(np.stack([gait.phase[side] for side in SIDES], axis=1), 1.0)
    bearing = gait.bearing()
    total = bearing.sum(axis=1, keepdims=True)
    share = np.where(total > ALOFT, bearing / np.where(total > ALOFT, total, 1.0), 0.0)
    return np.interp(phase, *PRESSURE[gait.gait]), share
