"""Where the segments of a body are: forward kinematics of a tree, batched over frames.

Inside, everything is laid out component first, frames last: (3, T) vectors and (3, 3, T) matrices, so that each step
is one pass over contiguous frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from myoshift.errors import UnknownNameError
from myoshift.simulate.model import COORDINATES, Axis, Segment
from myoshift.types import Array, Side

FOOT_SEGMENTS: dict[Side, str] = {"r": "calcn_r", "l": "calcn_l"}
"""The segments that stand on the ground."""
BLOCK = 2048  # frames at a time, so that the working set stays in the processor's cache
COLUMN = {name: column for column, name in enumerate(COORDINATES)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """What an axis does over time: `value` (T,), and its derivative over the coordinate, `slope` and `bend` (T,)."""

    value: Tensor
    slope: Tensor
    bend: Tensor


def place(segments: tuple[Segment, ...], q: Tensor) -> tuple[Tensor, Tensor]:
    """Where the segments are in the ground frame.

    Parameters
    ----------
    q : (T, 37) in the order of `model.COORDINATES`, rad and m; those that no axis uses are ignored

    Returns
    -------
    rotations : (T, S, 3, 3), from the segment's frame to the ground
    origins : (T, S, 3) of the segments' frames, m

    Raises
    ------
    UnknownNameError
        When a segment hangs on one that does not come before it.
    """
    parents = parent_indices(segments)
    turns: list[Tensor] = []
    origins: list[Tensor] = []
    for segment, parent in zip(segments, parents, strict=True):
        turn, origin = (turns[parent], origins[parent]) if parent >= 0 else ground(q)
        frame = times(turn, segment.parent_rotation)
        origin = origin + rotate(turn, segment.parent_offset)
        for axis in segment.translations:
            origin = origin + rotate(frame, axis.direction) * course(axis, q).value
        for axis in segment.rotations:
            frame = turned(frame, axis, course(axis, q).value)
        turn = times(frame, segment.child_rotation.T)
        turns.append(turn)
        origins.append(origin - rotate(turn, segment.child_offset))
    return torch.stack(turns).permute(3, 0, 1, 2), torch.stack(origins).permute(2, 0, 1)


def parent_indices(segments: tuple[Segment, ...]) -> tuple[int, ...]:
    """Place of each segment's parent among the segments; -1 for the ground.

    Raises
    ------
    UnknownNameError
        When a parent does not come before its child.
    """
    place_of = {"ground": -1}
    found = []
    for index, segment in enumerate(segments):
        if segment.parent not in place_of:
            raise UnknownNameError(
                f"segment {segment.name!r} hangs on {segment.parent!r}",
                why="no segment of that name comes before it",
                mend="list parents before their children",
            )
        found.append(place_of[segment.parent])
        place_of[segment.name] = index
    return tuple(found)


def ground(q: Tensor) -> tuple[Tensor, Tensor]:
    """Rotation (3, 3, T) and origin (3, T) of the ground frame."""
    turn = torch.eye(3, dtype=q.dtype, device=q.device).unsqueeze(-1).expand(3, 3, len(q))
    return turn, q.new_zeros(3, len(q))


def course(axis: Axis, q: Tensor) -> Course:
    """Value of the polynomial of an axis at the frames of (T, 37) coordinates, and its first two derivatives."""
    at = q[:, COLUMN[axis.coordinate]] if axis.coordinate else q.new_zeros(len(q))
    terms = axis.polynomial
    if terms == (0.0, 1.0):
        return Course(value=at, slope=torch.ones_like(at), bend=torch.zeros_like(at))
    first = derivative(terms)
    return Course(value=horner(terms, at), slope=horner(first, at), bend=horner(derivative(first), at))


def horner(terms: tuple[float, ...], at: Tensor) -> Tensor:
    """A polynomial with coefficients in ascending order at (T,)."""
    total = torch.zeros_like(at)
    for term in reversed(terms):
        total = total * at + term
    return total


def derivative(terms: tuple[float, ...]) -> tuple[float, ...]:
    """Coefficients of the derivative of a polynomial, ascending."""
    return tuple(power * term for power, term in enumerate(terms))[1:]


def turned(frame: Tensor, axis: Axis, angle: Tensor) -> Tensor:
    """(3, 3, T) frames turned by (T,) rad about an axis that is fixed in them (Rodrigues)."""
    x, y, z = axis.direction
    skew = frame.new_tensor([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    quarter = torch.matmul(skew.T, frame)
    half = torch.matmul(skew.T, quarter)
    return torch.addcmul(torch.addcmul(frame, quarter, angle.sin()), half, 1.0 - angle.cos())


def times(frame: Tensor, constant: Array) -> Tensor:
    """(3, 3, T) matrices times a constant matrix (3, 3)."""
    if np.array_equal(constant, np.eye(3)):
        return frame
    return torch.matmul(frame.new_tensor(constant.T), frame)


def rotate(frame: Tensor, vector: Array) -> Tensor:
    """(3, T): a constant vector (3,) of a frame, seen from the ground. `frame` (3, 3, T)."""
    return torch.matmul(frame.new_tensor(vector), frame)
