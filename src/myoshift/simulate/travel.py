"""How the pelvis travels over the standing feet, where a laboratory did not measure it.

Up and down it follows the geometry of the legs: the lowest points of the bearing feet are on the ground. Forwards
and sideways the centre of mass moves at the speed over the standing feet, and within the cycle as the published
ground reaction accelerates it: that is known better than joint angles tell, of which one degree moves the pelvis by
1.5 cm. The tilt of the pelvis is such that the feet are flat in mid-stance, and that the standing foot rests.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.linalg import solveh_banded
from torch import Tensor

from myoshift import signal
from myoshift.simulate.contact import foot_points
from myoshift.simulate.curves import Gait, curve
from myoshift.simulate.filling import Filling
from myoshift.simulate.ground import GRAVITY, Support, lowest, support
from myoshift.simulate.model import SIDES, Segment
from myoshift.simulate.phases import Cycles
from myoshift.simulate.tree import place
from myoshift.types import Array, Side

HIPS = ("hip_flexion_r", "hip_flexion_l")
TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
FLAT: dict[Gait, tuple[float, float]] = {"walk": (0.10, 0.32), "run": (0.06, 0.16)}
"""Gait phases in which the whole foot is on the ground (Perry 1992; Novacheck 1998)."""
PUBLISHED_SPEED: dict[Gait, float] = {"walk": 1.4, "run": 3.0}
"""m/s, of the fore-aft ground reactions; they grow in proportion (Nilsson & Thorstensson 1989)."""
SWAY: dict[Gait, tuple[float, float]] = {"walk": (0.022, 0.05), "run": (0.006, -0.07)}
"""How far the centre of mass moves to each side, m, and the phase at which it crosses to the right (Perry 1992)."""
# Harmonics of the stride that are kept: two steps a stride, each with its own second harmonic; sway is one a stride.
FORE_AFT, VERTICAL, SIDEWAYS, TILT, SLOW = 5.0, 3.0, 3.0, 2.5, 0.5
UPRIGHT = np.radians(5.0)  # a pelvis that is tilted by less, on average, is tilted
ROCKING = np.radians(6.0)  # to either side at most, of the pelvis within a cycle
GRID = 200  # phases of a cycle at which it is integrated
CUTOFF = 2.0  # Hz, in place of the stride's frequency where there is no gait
FASTEST = 0.4  # of a rate, that a signal shows
TREADMILL = 0.3  # m/s at which a standing foot slides on ground that moves


def tilted(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> Filling:
    """The body with a tilt of its pelvis at which the standing foot is flat. The joints of the legs must be known.

    A tilt beyond 5 degrees, on average, is taken for a pelvis whose axes were set otherwise than the model's, as by
    Plug-in Gait: it is moved into the zero of hip flexion.
    """
    if "pelvis_tilt" in body.measured:
        return body
    tilt = _flat(body, gait, segments)
    zero = tilt.mean() - np.clip(tilt.mean(), -UPRIGHT, UPRIGHT)
    body = body.filled({"pelvis_tilt": tilt - zero}, "tilt", "not measured: the standing foot is flat")
    hips = {name: body.get(name) + zero for name in HIPS} if zero else {}
    return body.changed(hips, "hip_zero", f"moved by {np.degrees(zero):.0f} deg: the axes of the pelvis were others")


def travelled(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> Filling:
    """The body with a translation of its pelvis, and a tilt that goes with it. All other joints must be known."""
    stride = gait.frequency(body.rate) if gait else CUTOFF
    rest, centre = _rest(body, gait, segments)
    forwards, sideways = rest.velocity[:, 0], rest.velocity[:, 2]
    if gait is not None:
        speed, drift = (below(each, body.rate, SLOW * stride) for each in (forwards, sideways))
        if not body.measured & {"pelvis_tilt", "pelvis_tx"}:
            forwards = speed * (1.0 + _surge(gait, stride) / PUBLISHED_SPEED[gait.gait])
            body = _leaning(body, rest, forwards, stride)
            rest, centre = _rest(body, gait, segments)
        if not body.measured >= {"pelvis_list", "hip_adduction_r", "hip_adduction_l"}:
            sideways = drift + _sway(gait, stride)
    bob = np.gradient(centre, 1 / body.rate, axis=0)
    found = {
        "pelvis_tx": _path(below(forwards - bob[:, 0], body.rate, FORE_AFT * stride), body.rate),
        "pelvis_ty": below(rest.height - centre[:, 1], body.rate, VERTICAL * stride),
        "pelvis_tz": _path(below(sideways - bob[:, 2], body.rate, SIDEWAYS * stride), body.rate),
    }
    return _overground(body.filled(found, "travel", "not measured: the standing foot rests"), rest, centre)


def below(values: Array, rate: float, cutoff: float) -> Array:
    """A signal (T,) without what is faster than `cutoff` Hz, or than its rate shows."""
    return signal.lowpass(values[:, None], rate, min(cutoff, FASTEST * rate))[:, 0]


def smoothed(targets: Array, weights: Array, rate: float, cutoff: float) -> Array:
    """The smooth curve (T,) nearest to several targets (T, K) where they count, straight where none does.

    Minimises `sum w (x - target)^2 + s |x''|^2`, with s such that a target that counts 1 passes below `cutoff` Hz.
    """
    stiffness = (rate / (2 * np.pi * cutoff)) ** 4
    bands = np.zeros((3, len(targets)))  # of the squared second differences, as `solveh_banded` wants them
    bands[0, 2:] = 1.0
    bands[1, 1:-1] -= 2.0
    bands[1, 2:] -= 2.0
    bands[2, :-2] += 1.0
    bands[2, 1:-1] += 4.0
    bands[2, 2:] += 1.0
    bands *= stiffness
    bands[2] += weights.sum(axis=1) + 1e-6
    return np.asarray(solveh_banded(bands, (weights * targets).sum(axis=1)))


def _flat(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> Array:
    """Tilt (T,) at which the feet are flat: in mid-stance, changing in between as published; always if no gait."""
    pitch = np.stack([_pitch(body, side) for side in SIDES], axis=1)
    if gait is None:
        standing = lowest(_soles(body.filled({"pelvis_tilt": 0.0}), segments)[..., 1].min(axis=2))
        return smoothed(-pitch, standing, body.rate, TILT * CUTOFF)
    first, last = FLAT[gait.gait]
    phase = np.stack([np.mod(gait.phase[side], 1.0) for side in SIDES], axis=1)
    mean = curve(gait.gait, "pelvis_tilt", gait.phase["r"])
    flat = ((phase > first) & (phase < last)).astype(float)
    if gait.gait == "run":
        return mean - float(np.average(pitch + mean[:, None], weights=flat + 1e-9))
    return mean + smoothed(-pitch - mean[:, None], flat, body.rate, TILT * gait.frequency(body.rate))


def _pitch(body: Filling, side: Side) -> Array:
    """(T,) rad by which the toes of a foot are up while the pelvis is not tilted."""
    return body.get(f"hip_flexion_{side}") - body.get(f"knee_angle_{side}") + body.get(f"ankle_angle_{side}")


def _rest(body: Filling, gait: Cycles | None, segments: tuple[Segment, ...]) -> tuple[Support, Array]:
    """What the standing feet say, and the centre of mass (T, 3) from the pelvis, in the directions of the ground."""
    still = body.filled({"lumbar_extension": -body.get("pelvis_tilt")}).changed(dict.fromkeys(TRANSLATIONS, 0.0))
    centre = centre_of_mass(segments, torch.from_numpy(still.values))
    return support(_soles(still, segments), centre, body.rate, gait.bearing() if gait else None), centre


def _soles(body: Filling, segments: tuple[Segment, ...]) -> Array:
    """(T, 2, 2, 3) of heel and ball of both feet, from a pelvis at the origin."""
    still = body.changed(dict.fromkeys(TRANSLATIONS, 0.0)).filled(dict.fromkeys(body.missing(), 0.0))
    points = foot_points(segments, torch.from_numpy(still.values)).numpy()
    points = points.reshape(len(points), len(SIDES), -1, 3)
    return np.stack([points[:, :, :2].mean(axis=2), points[:, :, 2:4].mean(axis=2)], axis=2)


def centre_of_mass(segments: tuple[Segment, ...], q: Tensor) -> Array:
    """(T, 3) of the whole body, m."""
    mass = np.array([segment.mass for segment in segments])
    rotations, origins = (each.numpy() for each in place(segments, q))
    own = np.stack([segment.centre for segment in segments])
    centres = origins + (rotations @ own[..., None])[..., 0]
    return np.asarray(mass @ centres / mass.sum())


def _surge(gait: Cycles, stride: float) -> Array:
    """(T,) m/s by which the centre of mass is faster than its mean, at the published speed."""
    grid = np.arange(GRID) / GRID
    force = curve(gait.gait, "ground_reaction_x", grid) + curve(gait.gait, "ground_reaction_x", grid + 0.5)
    faster = np.cumsum(force - force.mean()) * GRAVITY / (stride * GRID)
    return np.asarray(np.interp(gait.phase["r"], grid, faster - faster.mean(), period=1.0))


def _sway(gait: Cycles, stride: float) -> Array:
    """(T,) m/s of the centre of mass to the right."""
    far, crossing = SWAY[gait.gait]
    sideways: Array = far * 2 * np.pi * stride * np.cos(2 * np.pi * (gait.phase["r"] - crossing))
    return sideways


def _leaning(body: Filling, rest: Support, ahead: Array, stride: float) -> Filling:
    """The whole body turned about the pelvis within each cycle, so that at that speed the standing foot rests."""
    turn = np.cumsum((rest.velocity[:, 0] - ahead) / rest.height) / body.rate
    within = below(turn, body.rate, FORE_AFT * stride) - below(turn, body.rate, SLOW * stride)
    return body.changed({"pelvis_tilt": body.get("pelvis_tilt") + ROCKING * np.tanh(within / ROCKING)})


def _path(velocity: Array, rate: float) -> Array:
    """Way travelled since the first frame."""
    way: Array = (np.cumsum(velocity) - velocity[0]) / rate
    return way


def _overground(body: Filling, rest: Support, centre: Array) -> Filling:
    """On a treadmill the standing foot slides; seen from the belt, which is as good a frame, it rests."""
    way = np.stack([body.get(name) for name in ("pelvis_tx", "pelvis_tz")], axis=1)
    seen = np.gradient(way + centre[:, [0, 2]], 1 / body.rate, axis=0)
    belt = (rest.velocity[:, [0, 2]] - seen).mean(axis=0)
    if np.hypot(*belt) < TREADMILL:
        return body
    time = np.arange(len(way)) / body.rate
    moved = {"pelvis_tx": way[:, 0] + belt[0] * time, "pelvis_tz": way[:, 1] + belt[1] * time}
    return body.changed(moved, "treadmill", f"the ground moved: {np.hypot(*belt):.2f} m/s are added")
