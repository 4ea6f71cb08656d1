"""Joint moments that a motion needs: Newton's and Euler's equations on a tree, batched over frames.

Forwards through the tree go rotation, velocity and acceleration of each segment in the ground frame; backwards the
wrench that its joint has to carry, taken about the origin of the ground, so that wrenches of branches just add up.
Wrenches are projected on the axes of the joint through the slopes of their polynomials: a coupled knee is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from scipy.interpolate import make_interp_spline
from torch import Tensor

from myoshift.errors import DataRefused
from myoshift.signal import lowpass
from myoshift.simulate.model import COORDINATES, SIDES, Segment
from myoshift.simulate.motion import Reaction
from myoshift.simulate.tree import BLOCK, COLUMN, FOOT_SEGMENTS, course, parent_indices, rotate, times, turned
from myoshift.types import Array

GRAVITY = 9.80665  # m/s2


@dataclass(frozen=True, kw_only=True, eq=False)
class Kinematics:
    """A motion as inverse dynamics needs it.

    Parameters
    ----------
    q, speed, acceleration : (T, 37) in the order of `model.COORDINATES`; rad, m, s
    """

    q: Tensor
    speed: Tensor
    acceleration: Tensor


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """A moving frame: rotation (3, 3, T) to the ground, origin (3, T), angular velocity and acceleration (3, T).

    `thrust` (3, T) is the acceleration of the origin with gravity taken off.
    """

    turn: Tensor
    origin: Tensor
    spin: Tensor
    twist: Tensor
    thrust: Tensor

    def at(self, way: Tensor) -> Tensor:
        """Acceleration (3, T), gravity taken off, of a point fixed in the frame, `way` (3, T) from its origin."""
        return self.thrust + cross(self.twist, way) + cross(self.spin, cross(self.spin, way))


@dataclass(frozen=True, kw_only=True, eq=False)
class Lever:
    """How a coordinate moves a joint: each unit turns it about, or slides it along, `direction` (3, T)."""

    column: int
    turns: bool
    direction: Tensor


def inverse_dynamics(
    segments: tuple[Segment, ...],
    q: Tensor,
    speed: Tensor,
    acceleration: Tensor,
    reaction: Reaction | None = None,
) -> Tensor:
    """Generalised forces that the motion needs beside gravity and the ground reaction, N m and N.

    Parameters
    ----------
    q, speed, acceleration : (T, 37) in the order of `model.COORDINATES`; rad, m, s
    reaction : what the ground does to each foot; None for nothing

    Returns
    -------
    (T, 37); 0 for coordinates that no axis uses. Those of the pelvis are what is missing at the root.

    Raises
    ------
    DataRefused
        When the shapes disagree, or something is not finite.
    """
    return torch.cat(
        [q.new_zeros(0, len(COORDINATES)), *(tau for tau, _ in _sweeps(segments, q, speed, acceleration, reaction))]
    )


def root_wrench(segments: tuple[Segment, ...], q: Tensor, speed: Tensor, acceleration: Tensor) -> Tensor:
    """What the world must do to the whole body for a motion, beside gravity.

    Returns
    -------
    (T, 6): force, N, and moment about the origin of the ground frame, N m
    """
    return torch.cat([q.new_zeros(0, 6), *(wrench for _, wrench in _sweeps(segments, q, speed, acceleration, None))])


def differentiate(values: Array, rate: float, cutoff: float | None = 6.0) -> tuple[Array, Array, Array]:
    """Coordinates without noise, and their first and second derivatives over time.

    Low-pass without delay (Butterworth, effective order 4; each end is continued by its image through the last point
    for two periods of the cut-off), then an interpolating spline of degree 5.

    Parameters
    ----------
    values : (T, C), nothing missing
    rate : Hz
    cutoff : Hz; None where the values are smooth already

    Returns
    -------
    values, speed, acceleration : (T, C)

    Raises
    ------
    DataRefused
        When there are fewer than ten frames, or the cut-off does not fit the rate.
    """
    if len(values) < 10:
        raise DataRefused(
            "motion too short to differentiate",
            why=f"{len(values)} frames, at least 10 are needed",
            mend="give a longer piece",
        )
    if cutoff is not None:
        edge = min(len(values) - 1, int(np.ceil(2.0 * rate / cutoff)))
        before = 2.0 * values[:1] - values[edge:0:-1]
        after = 2.0 * values[-1:] - values[-2 : -edge - 2 : -1]
        values = lowpass(np.concatenate([before, values, after]), rate, cutoff)[edge : edge + len(values)]
    time = np.arange(len(values)) / rate
    spline = make_interp_spline(time, values, k=5)
    return values, np.asarray(spline(time, 1)), np.asarray(spline(time, 2))


def cross(left: Tensor, right: Tensor) -> Tensor:
    """Cross product of (3, T) vectors."""
    product: Tensor = torch.linalg.cross(left, right, dim=0)
    return product


def _sweeps(
    segments: tuple[Segment, ...], q: Tensor, speed: Tensor, acceleration: Tensor, reaction: Reaction | None
) -> Iterator[tuple[Tensor, Tensor]]:
    """Generalised forces (B, 37) and root wrench (B, 6), block by block."""
    pushes = _pushes(q, reaction)
    refuse(q, speed, acceleration, *pushes.values())
    for start in range(0, len(q), BLOCK):
        block = slice(start, start + BLOCK)
        motion = Kinematics(q=q[block], speed=speed[block], acceleration=acceleration[block])
        yield _sweep(segments, motion, {name: push[block].T for name, push in pushes.items()})


def _pushes(q: Tensor, reaction: Reaction | None) -> dict[str, Tensor]:
    """Wrench of the ground (T, 6) on each foot by the name of its segment."""
    if reaction is None:
        return {}
    return {
        FOOT_SEGMENTS[side]: torch.as_tensor(
            np.concatenate([reaction.force[side], reaction.moment[side]], axis=1), dtype=q.dtype, device=q.device
        )
        for side in SIDES
    }


def refuse(q: Tensor, *others: Tensor) -> None:
    """Refuse coordinates, (T, 37), and what belongs to them, (T, ...), that do not fit each other.

    Raises
    ------
    DataRefused
        When shapes differ, or anything is missing or infinite.
    """
    if q.ndim != 2 or q.shape[1] != len(COORDINATES) or any(len(other) != len(q) for other in others):
        raise DataRefused(
            "parts of a motion do not fit each other",
            why=f"shapes {[tuple(part.shape) for part in (q, *others)]}, frames x {len(COORDINATES)} coordinates",
            mend="give coordinates, speeds, accelerations and reaction at the same frames",
        )
    for part in (q, *others):
        if not bool(torch.isfinite(part).all()):
            raise DataRefused(
                "motion or reaction with missing or infinite values",
                why="inverse dynamics needs every coordinate at every frame",
                mend="fill the gaps, or cut them out",
            )


def _sweep(segments: tuple[Segment, ...], motion: Kinematics, pushes: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Generalised forces (T, 37) and wrench at the root (T, 6)."""
    parents = parent_indices(segments)
    frames: list[Frame] = []
    joints: list[tuple[Tensor, list[Lever]]] = []
    wrenches: list[tuple[Tensor, Tensor]] = []
    still = resting(motion.q)
    for segment, parent in zip(segments, parents, strict=True):
        frame, joint, levers = _hang(segment, frames[parent] if parent >= 0 else still, motion)
        force, moment = _needed(segment, frame)
        if segment.name in pushes:
            force, moment = force - pushes[segment.name][:3], moment - pushes[segment.name][3:]
        frames.append(frame)
        joints.append((joint, levers))
        wrenches.append((force, moment))
    tau: list[Tensor | None] = [None] * len(COORDINATES)
    root = (torch.zeros_like(still.origin), torch.zeros_like(still.origin))
    for index in reversed(range(len(segments))):
        force, moment = wrenches[index]
        joint, levers = joints[index]
        local = moment - cross(joint, force) if levers else moment
        for lever in levers:
            part = (lever.direction * (local if lever.turns else force)).sum(0)
            known = tau[lever.column]
            tau[lever.column] = part if known is None else known + part
        parent = parents[index]
        held = wrenches[parent] if parent >= 0 else root
        summed = (held[0] + force, held[1] + moment)
        if parent >= 0:
            wrenches[parent] = summed
        else:
            root = summed
    zero = motion.q.new_zeros(len(motion.q))
    return torch.stack([zero if part is None else part for part in tau], dim=1), torch.cat(root).T


def resting(q: Tensor) -> Frame:
    """The ground frame: it rests, and so is pushed upwards by what gravity would let fall."""
    nothing = q.new_zeros(3, len(q))
    thrust = nothing.clone()
    thrust[1] = GRAVITY
    turn = torch.eye(3, dtype=q.dtype, device=q.device).unsqueeze(-1).expand(3, 3, len(q))
    return Frame(turn=turn, origin=nothing, spin=nothing, twist=nothing, thrust=thrust)


def _hang(segment: Segment, parent: Frame, motion: Kinematics) -> tuple[Frame, Tensor, list[Lever]]:
    """Frame of a segment, position of its joint (3, T), and the levers of the joint."""
    levers = []
    turn = times(parent.turn, segment.parent_rotation)
    way = rotate(parent.turn, segment.parent_offset)
    sliding = None
    for axis in segment.translations:
        course_ = course(axis, motion.q)
        direction = rotate(turn, axis.direction)
        way = way + direction * course_.value
        if axis.coordinate:
            column = COLUMN[axis.coordinate]
            rate = course_.slope * motion.speed[:, column]
            push = course_.slope * motion.acceleration[:, column] + course_.bend * motion.speed[:, column].square()
            extra = direction * push + cross(parent.spin, direction * (2.0 * rate))
            sliding = extra if sliding is None else sliding + extra
            levers.append(Lever(column=column, turns=False, direction=direction * course_.slope))
    thrust = parent.at(way) if sliding is None else parent.at(way) + sliding
    spin, twist = parent.spin, parent.twist
    for axis in segment.rotations:
        course_ = course(axis, motion.q)
        if axis.coordinate:
            column = COLUMN[axis.coordinate]
            direction = rotate(turn, axis.direction)
            rate = direction * (course_.slope * motion.speed[:, column])
            push = course_.slope * motion.acceleration[:, column] + course_.bend * motion.speed[:, column].square()
            twist = twist + direction * push + cross(spin, rate)
            spin = spin + rate
            levers.append(Lever(column=column, turns=True, direction=direction * course_.slope))
        turn = turned(turn, axis, course_.value)
    joint = Frame(turn=turn, origin=parent.origin + way, spin=spin, twist=twist, thrust=thrust)
    return _moved(joint, segment), joint.origin, levers


def _moved(joint: Frame, segment: Segment) -> Frame:
    """From the frame of a joint to that of the segment which it carries."""
    turn = times(joint.turn, segment.child_rotation.T)
    if not segment.child_offset.any():
        return Frame(turn=turn, origin=joint.origin, spin=joint.spin, twist=joint.twist, thrust=joint.thrust)
    way = -rotate(turn, segment.child_offset)
    return Frame(turn=turn, origin=joint.origin + way, spin=joint.spin, twist=joint.twist, thrust=joint.at(way))


def _needed(segment: Segment, frame: Frame) -> tuple[Tensor, Tensor]:
    """Force and moment about the ground's origin that the motion of one segment needs, each (3, T)."""
    way = rotate(frame.turn, segment.centre)
    force = segment.mass * frame.at(way)
    inertia = frame.turn.new_tensor(segment.inertia)
    spin = inside(frame, frame.spin)
    change = torch.matmul(inertia, inside(frame, frame.twist)) + cross(spin, torch.matmul(inertia, spin))
    moment = (frame.turn * change).sum(1) + cross(frame.origin + way, force)
    return force, moment


def inside(frame: Frame, vector: Tensor) -> Tensor:
    """A vector (3, T) of the ground, seen from a frame."""
    return (frame.turn * vector.unsqueeze(1)).sum(0)
