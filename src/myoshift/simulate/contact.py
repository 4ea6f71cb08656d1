"""Ground reaction of a motion for which none was measured.

What the ground must do to the whole body follows from the motion alone (`inverse_dynamics.root_wrench`). It is split
over five points under each foot, each of which pushes along the edges of a friction pyramid and upwards: the cheapest
pushes that together make the wrench, where a push is cheap if its point is low and slow. One convex problem a frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from myoshift.errors import DataRefused
from myoshift.simulate.inverse_dynamics import root_wrench
from myoshift.simulate.model import SIDES, Segment
from myoshift.simulate.motion import Reaction
from myoshift.simulate.static import solve_static
from myoshift.simulate.tree import FOOT_SEGMENTS, place
from myoshift.types import Side

FRICTION = 0.7
POINTS = ((0.0, -0.01, -0.025), (0.0, -0.01, 0.025), (0.18, -0.01, -0.045), (0.18, -0.01, 0.045), (0.235, -0.01, 0.0))
"""Heel, ball and toe in the frame of a calcaneus whose toe joint lies `TOE_JOINT` before its origin, m."""
TOE_JOINT = 0.1788
DIRECTIONS = ((FRICTION, 1.0, 0.0), (-FRICTION, 1.0, 0.0), (0.0, 1.0, FRICTION), (0.0, 1.0, -FRICTION), (0.0, 1.0, 0.0))
PRICES = (1.3, 1.3, 1.3, 1.3, 1.0)
"""Of pushes along the edges of the pyramid, and upwards."""
CEILING = 0.05  # m; no force above
FLOOR_QUANTILE = 0.2
FORCE, ARM = 100.0, 0.3  # N and m that make rows of forces and moments comparable
SLACK = 0.3  # of a row, in those units
STEP = 1e-4  # s, of the difference that gives the speed of a point


@dataclass(frozen=True, kw_only=True, eq=False)
class Contact:
    """What the ground does to both feet, as far as it can.

    Parameters
    ----------
    reaction : of each foot
    missing : (T, 6) force, N, and moment about the origin of the ground, N m, that the motion needs besides
    """

    reaction: Reaction
    missing: Tensor


def find_contact(segments: tuple[Segment, ...], q: Tensor, speed: Tensor, acceleration: Tensor) -> Contact:
    """The ground reaction of a motion.

    Heights count from the 20th percentile of the lowest point of the feet over the motion, so that the ground need not
    lie at 0 exactly, and a few frames below do not matter.

    Parameters
    ----------
    q, speed, acceleration : (T, 37) in the order of `model.COORDINATES`; rad, m, s

    Raises
    ------
    DataRefused
        When the body has no feet, or the motion is not finite.
    """
    wrench = root_wrench(segments, q, speed, acceleration)
    points = foot_points(segments, q)
    pace = (foot_points(segments, q + STEP * speed) - foot_points(segments, q - STEP * speed)) / (2.0 * STEP)
    height = points[..., 1] - points[..., 1].amin(dim=1).quantile(FLOOR_QUANTILE)
    centre = points.mean(dim=1)
    pushes = _directions(q)
    arms = torch.linalg.cross((points - centre[:, None])[:, :, None, :], pushes.expand(len(q), len(points[0]), -1, -1))
    columns = torch.cat([pushes.expand_as(arms) / FORCE, arms / (FORCE * ARM)], dim=-1)
    columns = columns * (height <= CEILING)[:, :, None, None]
    matrix = columns.flatten(1, 2).transpose(1, 2)
    about = wrench[:, 3:] - torch.linalg.cross(centre, wrench[:, :3])
    target = torch.cat([wrench[:, :3] / FORCE, about / (FORCE * ARM)], dim=1)
    price = point_price(height, torch.linalg.vector_norm(pace, dim=-1))
    weights = (price[:, :, None] * q.new_tensor(PRICES)).flatten(1) * 1e-6
    found = solve_static(matrix, target, weights=weights, low=0.0, high=1e9, reserve=SLACK)
    size = found.activation.unflatten(1, (len(points[0]), len(PRICES)))
    return _contact((size.unsqueeze(-1) * pushes).sum(dim=2), points, wrench)


def foot_points(segments: tuple[Segment, ...], q: Tensor) -> Tensor:
    """Where the soles may touch the ground: (T, 10, 3), the right foot first, m."""
    names = [segment.name for segment in segments]
    rotations, origins = place(segments, q)
    found = []
    for side in SIDES:
        if (foot := FOOT_SEGMENTS[side]) not in names:
            raise DataRefused(
                f"a body without the segment {foot!r} cannot stand",
                why=f"its segments are {', '.join(names)}",
                mend="name the heel bones calcn_r and calcn_l",
            )
        index = names.index(foot)
        local = q.new_tensor(POINTS) * foot_scale(segments, side)
        found.append(origins[:, index, None] + torch.matmul(local, rotations[:, index].transpose(1, 2)))
    return torch.cat(found, dim=1)


def foot_scale(segments: tuple[Segment, ...], side: Side) -> float:
    """Length of a foot over that for which `POINTS` are given; 1 where the toes have no joint."""
    toes = [segment for segment in segments if segment.parent == FOOT_SEGMENTS[side]]
    return float(toes[0].parent_offset[0]) / TOE_JOINT if toes else 1.0


def point_price(height: Tensor, pace: Tensor) -> Tensor:
    """What a newton costs at a point, from its height (m) above the ground and its speed (m/s)."""
    lifted = ((height - 0.02) / 0.012).clamp(-2.0, 12.0)
    sliding = ((pace - 0.3) / 0.25).clamp(0.0, 10.0)
    return torch.exp(lifted + sliding)


def _directions(q: Tensor) -> Tensor:
    """(5, 3) edges of the friction pyramid, and upwards."""
    return q.new_tensor(DIRECTIONS)


def _contact(push: Tensor, points: Tensor, wrench: Tensor) -> Contact:
    """Sum the forces (T, 10, 3) at the points to one wrench for each foot."""
    turn = torch.linalg.cross(points, push)
    force, moment = {}, {}
    for number, side in enumerate(SIDES):
        own = slice(number * len(POINTS), (number + 1) * len(POINTS))
        force[side] = push[:, own].sum(dim=1)
        moment[side] = turn[:, own].sum(dim=1)
    given = torch.cat([sum(force.values()), sum(moment.values())], dim=1)
    return Contact(
        reaction=Reaction(
            force={side: value.cpu().numpy() for side, value in force.items()},
            moment={side: value.cpu().numpy() for side, value in moment.items()},
        ),
        missing=wrench - given,
    )
