"""Ground reaction of a motion for which none was measured.

What the ground must do to the whole body follows from the motion alone (`inverse_dynamics.root_wrench`). It is split
over five points under each foot: the cheapest pushes that together make the wrench. A push is cheap if its point is
low and slow, and if it points at a pivot above the centre of mass, as the reaction under each foot does in walking
(Maus et al. 2010, Nat Commun 1:70; Wagner et al. 2024, Front Bioeng Biotechnol 12:1286644). That decides what the
root wrench leaves open while both feet stand. At last the centre of pressure under each foot is made steady: it sways
with every error of the root wrench.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from myoshift.errors import DataRefused
from myoshift.simulate.inverse_dynamics import root_wrench
from myoshift.simulate.model import SIDES, Segment
from myoshift.simulate.motion import Reaction
from myoshift.simulate.static import solve_static
from myoshift.simulate.tree import BLOCK, FOOT_SEGMENTS, place
from myoshift.types import Side

SOLE = -0.01
POINTS = ((0.0, SOLE, -0.025), (0.0, SOLE, 0.025), (0.18, SOLE, -0.045), (0.18, SOLE, 0.045), (0.235, SOLE, 0.0))
"""Heel, ball and toe in the frame of a heel bone with the toe joint `TOE_JOINT` before its origin, m."""
TOE_JOINT = 0.1788
HALF_WIDTH = 0.4
"""Of the pyramid of directions around the line to the pivot; with the lean of that line, a friction of about 0.7."""
EDGES = (
    (HALF_WIDTH, 0.0, 0.0),
    (-HALF_WIDTH, 0.0, 0.0),
    (0.0, 0.0, HALF_WIDTH),
    (0.0, 0.0, -HALF_WIDTH),
    (0.0, 0.0, 0.0),
)
EDGE_PRICES = (1.3, 1.3, 1.3, 1.3, 1.0)
PIVOT = 1.3
"""Height of the pivot over that of the centre of mass: 0.3 m above it. From 1.2 to 1.4 the moments hardly change."""
CEILING = 0.05  # m; no force above
GROUND_QUANTILE = 0.2
# A row of the problem costs (missing / SLACK)^2, in hundreds of newtons, and of newtons at 0.3 m. Forces must be met
# to a newton; moments may give in where only a point that is high or fast could make them.
FORCE, ARM, SLACK = 100.0, 0.3, 0.3
STIFFNESS = (1.0, 10.0, 1.0, 1.0, 1.0, 1.0)
PRICE = 3e-5  # of a squared newton at the cheapest point
DEAREST = 1e6
STEADY = 0.04  # s, width of the bell that steadies the centre of pressure
BEARING = 20.0  # N below which a foot bears nothing, and has no centre of pressure
STEP = 1e-4  # s, of the difference that gives the speed of a point


@dataclass(frozen=True, kw_only=True, eq=False)
class Contact:
    """What the ground does to both feet, as far as it can.

    Parameters
    ----------
    reaction : of each foot
    missing : (T, 6) force, N, and moment about the origin of the ground, N m, that the motion needs besides: what the
        model of the body gets wrong, most of it in flight and at the first and last touch of a foot
    """

    reaction: Reaction
    missing: Tensor


def find_contact(
    segments: tuple[Segment, ...],
    q: Tensor,
    speed: Tensor,
    acceleration: Tensor,
    rate: float,
    *,
    steady: float = STEADY,
) -> Contact:
    """The ground reaction of a motion in which nothing but the ground touches the body.

    Heights count from the 20th percentile of the lowest point of the feet over the motion: the ground need not lie at
    0, and a few frames below it do no harm. A foot that is nowhere below 0.05 m gets no force: none in flight.

    Parameters
    ----------
    q, speed, acceleration : (T, 37) in the order of `model.COORDINATES`; rad, m, s
    rate : Hz
    steady : s, standard deviation of the bell that steadies the centre of pressure under a foot; 0 to leave it

    Raises
    ------
    DataRefused
        When the body has no feet, or the motion is not finite.
    """
    wrench = root_wrench(segments, q, speed, acceleration)
    points = foot_points(segments, q)
    pace = (foot_points(segments, q + STEP * speed) - foot_points(segments, q - STEP * speed)) / (2.0 * STEP)
    ground = points[..., 1].amin(dim=1).quantile(GROUND_QUANTILE)
    height = points[..., 1] - ground
    price = point_price(height, torch.linalg.vector_norm(pace, dim=-1))
    parts = (wrench, points, centre_of_mass(segments, q), price, height <= CEILING)
    push = [
        split(own, at, leaning(at, centre, ground), cost, allowed)
        for own, at, centre, cost, allowed in zip(*(torch.split(part, BLOCK) for part in parts), strict=True)
    ]
    feet = _feet(torch.cat(push), points)
    if steady > 0.0:
        feet = {side: steadied(segments, q, side, foot, steady * rate) for side, foot in feet.items()}
    return Contact(
        reaction=Reaction(
            force={side: foot[:, :3].cpu().numpy() for side, foot in feet.items()},
            moment={side: foot[:, 3:].cpu().numpy() for side, foot in feet.items()},
        ),
        missing=wrench - sum(feet.values()),
    )


def split(wrench: Tensor, points: Tensor, directions: Tensor, price: Tensor, allowed: Tensor) -> Tensor:
    """The cheapest pushes at points that together make a wrench.

    Parameters
    ----------
    wrench : (T, 6) force, N, and moment about the origin of the ground, N m
    points : (T, P, 3), m
    directions : (T, P, D, 3) in which a point can push
    price : (T, P) of a point
    allowed : (T, P) where a point may push at all

    Returns
    -------
    (T, P, 3) forces, N
    """
    centre = points.mean(dim=1)
    arms = torch.linalg.cross((points - centre[:, None]).unsqueeze(2).expand_as(directions), directions)
    stiffness = wrench.new_tensor(STIFFNESS)
    columns = torch.cat([directions / FORCE, arms / (FORCE * ARM)], dim=-1) * stiffness
    matrix = (columns * allowed[:, :, None, None]).flatten(1, 2).transpose(1, 2)
    about = wrench[:, 3:] - torch.linalg.cross(centre, wrench[:, :3])
    target = torch.cat([wrench[:, :3] / FORCE, about / (FORCE * ARM)], dim=1) * stiffness
    weights = PRICE * (price.unsqueeze(-1) * price.new_tensor(EDGE_PRICES)).flatten(1)
    found = solve_static(matrix, target, weights=weights, low=0.0, high=1e9, reserve=SLACK)
    size = found.activation.reshape(directions.shape[:3])
    return torch.sum(size.unsqueeze(-1) * directions, dim=2)


def foot_points(segments: tuple[Segment, ...], q: Tensor) -> Tensor:
    """Where the soles may touch the ground: (T, 10, 3), the right foot first, m."""
    rotations, origins = place(segments, q)
    found = []
    for side in SIDES:
        foot = foot_index(segments, side)
        local = q.new_tensor(POINTS) * foot_scale(segments, side)
        found.append(origins[:, foot, None] + torch.matmul(local, rotations[:, foot].transpose(1, 2)))
    return torch.cat(found, dim=1)


def foot_index(segments: tuple[Segment, ...], side: Side) -> int:
    """Place of a heel bone among the segments.

    Raises
    ------
    DataRefused
        When there is none.
    """
    names = [segment.name for segment in segments]
    if (foot := FOOT_SEGMENTS[side]) not in names:
        raise DataRefused(
            f"a body without the segment {foot!r} cannot stand",
            why=f"its segments are {', '.join(names)}",
            mend="name the heel bones calcn_r and calcn_l",
        )
    return names.index(foot)


def foot_scale(segments: tuple[Segment, ...], side: Side) -> float:
    """Length of a foot over that for which `POINTS` are given; 1 where the toes have no joint."""
    toes = [segment for segment in segments if segment.parent == FOOT_SEGMENTS[side]]
    return float(toes[0].parent_offset[0]) / TOE_JOINT if toes else 1.0


def centre_of_mass(segments: tuple[Segment, ...], q: Tensor) -> Tensor:
    """Centre of mass of the whole body, (T, 3), m."""
    rotations, origins = place(segments, q)
    mass = q.new_tensor([segment.mass for segment in segments])
    local = torch.stack([q.new_tensor(segment.centre) for segment in segments])
    centres = origins + torch.matmul(rotations, local.unsqueeze(-1)).squeeze(-1)
    return (centres * mass[:, None]).sum(dim=1) / mass.sum()


def leaning(points: Tensor, centre: Tensor, ground: Tensor) -> Tensor:
    """Directions (T, P, 5, 3) of the pushes at points (T, P, 3): the line to the pivot, and a pyramid around it.

    Parameters
    ----------
    centre : (T, 3) of mass; the pivot stands above it
    ground : height of the ground, m
    """
    rise = PIVOT * (centre[:, 1] - ground).clamp(min=0.1)
    line = (centre[:, None] - points) / rise[:, None, None]
    upright = torch.stack([line[..., 0], torch.ones_like(line[..., 1]), line[..., 2]], dim=-1)
    return upright.unsqueeze(2) + points.new_tensor(EDGES)


def point_price(height: Tensor, pace: Tensor) -> Tensor:
    """What a newton costs at each point, over the cheapest of the frame: (T, P).

    Parameters
    ----------
    height, pace : (T, P), m above the ground and m/s
    """
    lifted = ((height - 0.02) / 0.012).clamp(-2.0, 12.0)
    sliding = ((pace - 0.3) / 0.25).clamp(0.0, 10.0)
    dear = lifted + sliding
    return torch.exp(dear - dear.amin(dim=1, keepdim=True)).clamp(max=DEAREST)


def _feet(push: Tensor, points: Tensor) -> dict[Side, Tensor]:
    """Wrench (T, 6) of each foot about the origin of the ground, from forces (T, 10, 3) at its points."""
    turn = torch.linalg.cross(points, push)
    count = len(POINTS)
    return {
        side: torch.cat([part[:, start : start + count].sum(dim=1) for part in (push, turn)], dim=1)
        for side, start in zip(SIDES, (0, count), strict=True)
    }


def steadied(segments: tuple[Segment, ...], q: Tensor, side: Side, wrench: Tensor, width: float) -> Tensor:
    """The wrench of a foot with its centre of pressure averaged over time, in the foot, weighted by the force.

    Parameters
    ----------
    wrench : (T, 6) about the origin of the ground
    width : frames, standard deviation of the bell
    """
    rotations, origins = place(segments, q)
    turn, origin = rotations[:, foot_index(segments, side)], origins[:, foot_index(segments, side)]
    force = _within(turn, wrench[:, :3])
    moment = _within(turn, wrench[:, 3:] - torch.linalg.cross(origin, wrench[:, :3]))
    level = SOLE * foot_scale(segments, side)
    weight = force[:, 1].clamp(min=0.0)
    bears = weight > BEARING
    x = moment[:, 2] + level * force[:, 0]
    z = level * force[:, 2] - moment[:, 0]
    centre = torch.stack([x, z], dim=1) / weight.clamp(min=BEARING)[:, None]
    weight = torch.where(bears, weight, torch.zeros_like(weight))
    steady = bell(centre * weight[:, None], width) / bell(weight[:, None], width).clamp(min=1e-9)
    shift = torch.where(bears[:, None], steady - centre, torch.zeros_like(centre))
    way = torch.stack([shift[:, 0], torch.zeros_like(x), shift[:, 1]], dim=1)
    added = torch.linalg.cross(way, torch.stack([torch.zeros_like(x), force[:, 1], torch.zeros_like(x)], dim=1))
    return torch.cat([wrench[:, :3], wrench[:, 3:] + torch.matmul(turn, added.unsqueeze(-1)).squeeze(-1)], dim=1)


def _within(turn: Tensor, vectors: Tensor) -> Tensor:
    """Vectors (T, 3) of the ground, seen from frames with rotations (T, 3, 3)."""
    return torch.matmul(vectors.unsqueeze(1), turn).squeeze(1)


def bell(values: Tensor, width: float) -> Tensor:
    """Values (T, C) weighted with a Gaussian over time, `width` frames; nothing lies beyond the ends."""
    reach = max(1, math.ceil(3.0 * width))
    lag = torch.arange(-reach, reach + 1, dtype=values.dtype, device=values.device)
    kernel = torch.exp(-0.5 * (lag / width).square())
    spread = torch.nn.functional.conv1d(values.T.unsqueeze(1), (kernel / kernel.sum())[None, None], padding=reach)
    return spread.squeeze(1).T
