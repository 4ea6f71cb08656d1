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
from myoshift.simulate.ground import ALOFT, lowest
from myoshift.simulate.inverse_dynamics import differentiate, root_wrench
from myoshift.simulate.model import SIDES, Segment
from myoshift.simulate.phases import Cycles
from myoshift.simulate.travel import HIPS
from myoshift.types import Array

ANKLES = ("ankle_angle_r", "ankle_angle_l")
PRESSURE: dict[Gait, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "walk": ((0.0, 0.12, 0.20, 0.30, 0.50, 0.62), (0.1, 0.3, 0.55, 0.85, 1.1, 1.2)),
    "run": ((0.0, 0.1, 0.2, 0.3, 0.37), (0.3, 0.7, 0.85, 1.0, 1.1)),
}
"""Gait phases, and how far the centre of pressure is then from the heel (0) to the ball of the foot (1).

Walking: ankle moment over vertical force (Winter 1991). Running: Cavanagh & Lafortune 1980, J Biomech 13:397."""
STANDING = 0.45  # of that way, standing
SWAYS = 2  # harmonics of the stride with which the trunk sways
PITCH, LEAN, SWAY = 0.05, 0.1, 0.03  # rad, that is likely: of the legs, of the trunk, of each harmonic
BENT = 0.5  # rad, of a trunk that leans to keep the balance in each frame
DOUBT = 20.0  # N m by which the published moment is off
SAMPLES = 10.0  # independent ones of it in a cycle, the same in every cycle
STEP = 0.1  # rad, to see what leaning does
CUTOFF = 6.0  # Hz, of the motion whose forces are asked for


def balanced(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> Filling:
    """The body with a lumbar extension that keeps it in balance. All other coordinates must be known.

    Where the tilt of the pelvis was not measured either, the legs lean too, over feet that stay flat: that is a
    matter of the zeros of hip and ankle, of which no two laboratories have the same.
    """
    if "lumbar_extension" in body.measured:
        return body
    lean, pitch = _walking(body, gait, segments) if gait else _still(body, segments)
    found = _leant(body, lean, pitch)
    lumbar = {"lumbar_extension": found.get("lumbar_extension")}
    body = body.changed(lumbar, "trunk", "not measured: the trunk leans as balance asks")
    zeros = {name: found.get(name) for name in (*HIPS, *ANKLES)} if pitch else {}
    return body.changed(zeros, "leg_zero", f"moved by {np.degrees(pitch):.1f} deg: the legs lean as balance asks")


def _still(body: Filling, segments: tuple[Segment, ...]) -> tuple[Array, float]:
    """(T,) lean of the trunk that balances each frame by itself, after an even one of the legs."""
    still = np.zeros(len(body.values))
    moment = _unbalanced(_leant(body, still, 0.0), None, segments)
    pitch = 0.0
    if "pelvis_tilt" not in body.measured:
        effect = (_unbalanced(_leant(body, still, STEP), None, segments) - moment).mean() / STEP
        pitch = float(-moment.mean() * effect / (effect**2 + (DOUBT / PITCH) ** 2))
        moment = _unbalanced(_leant(body, still, pitch), None, segments)
    each = (_unbalanced(_leant(body, still + STEP, pitch), None, segments) - moment) / STEP
    return -moment * each / (each**2 + (DOUBT / BENT) ** 2), pitch


def _walking(body: Filling, gait: Cycles, segments: tuple[Segment, ...]) -> tuple[Array, float]:
    """(T,) lean of the trunk, even and with each step, and of the legs: the likeliest that balance the cycle."""
    still = np.zeros(len(body.values))
    waves = _waves(gait)
    tried = [_leant(body, STEP * wave, 0.0) for wave in waves.T]
    likely = [LEAN, *[SWAY] * (2 * SWAYS)]
    if "pelvis_tilt" not in body.measured:
        tried, likely = [*tried, _leant(body, still, STEP)], [*likely, PITCH]
    moment = _unbalanced(_leant(body, still, 0.0), gait, segments)
    effect = np.stack([_unbalanced(each, gait, segments) - moment for each in tried], axis=1) / STEP
    weight = SAMPLES / (len(moment) * DOUBT**2)
    square = weight * effect.T @ effect + np.diag(np.array(likely) ** -2.0)
    size = np.linalg.solve(square, -weight * effect.T @ moment)
    pitch = float(np.clip(size[len(waves.T) :].sum(), -3 * PITCH, 3 * PITCH))
    return waves @ size[: len(waves.T)], pitch


def _leant(body: Filling, lean: Array, pitch: float) -> Filling:
    """The trunk leant backwards by (T,) rad against the vertical, and the legs by `pitch` over feet that stay."""
    hips = {name: body.get(name) + pitch for name in HIPS}
    ankles = {name: body.get(name) - pitch for name in ANKLES}
    return body.changed({"lumbar_extension": lean - body.get("pelvis_tilt"), **hips, **ankles})


def _waves(gait: Cycles) -> Array:
    """(T, 5) of an even lean, and of the cosine and sine of each harmonic."""
    angle = 2 * np.pi * gait.phase["r"][:, None] * np.arange(1, SWAYS + 1)
    return np.hstack([np.ones((len(angle), 1)), np.cos(angle), np.sin(angle)])


def _unbalanced(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> Array:
    """(T,) N m about z that the motion needs beyond those of the published centre of pressure; 0 in flight."""
    q, speed, acceleration = (torch.from_numpy(each) for each in differentiate(body.values, body.rate, CUTOFF))
    if gait is None:
        speed, acceleration = torch.zeros_like(q), torch.zeros_like(q)
    force, moment = np.split(root_wrench(segments, q, speed, acceleration).numpy(), 2, axis=1)
    points = foot_points(segments, q).numpy().reshape(len(q), len(SIDES), -1, 3)
    along, share = _pressure(gait, points[..., 1].min(axis=2))
    heel, ball = points[:, :, :2].mean(axis=2), points[:, :, 2:4].mean(axis=2)
    centre = ((heel + along[..., None] * (ball - heel)) * share[..., None]).sum(axis=1)
    needed = moment[:, 2] - centre[:, 0] * force[:, 1] + centre[:, 1] * force[:, 0]
    return np.where(share.sum(axis=1) > 0, needed, 0.0)


def _pressure(gait: Cycles | None, height: Array) -> tuple[Array, Array]:
    """(T, 2) how far along each foot the centre of pressure is, and the share of each foot; 0 and 0 in flight.

    `height` (T, 2) of the feet decides which of them stands, where there is no gait.
    """
    if gait is None:
        return np.full(height.shape, STANDING), lowest(height)
    phase = np.mod(np.stack([gait.phase[side] for side in SIDES], axis=1), 1.0)
    bearing = gait.bearing()
    total = bearing.sum(axis=1, keepdims=True)
    share = np.where(total > ALOFT, bearing / np.where(total > ALOFT, total, 1.0), 0.0)
    return np.interp(phase, *PRESSURE[gait.gait]), share
