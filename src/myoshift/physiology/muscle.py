"""Muscle force with a rigid tendon (Zajac 1989, Crit Rev Biomed Eng 17:359)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from myoshift.physiology import curves
from myoshift.physiology.curves import MILLARD, Fibre

SHORTEST = 1e-4  # m, of a fibre along the tendon: a muscle that is shorter than its tendon hangs slack


@dataclass(frozen=True, kw_only=True, eq=False)
class Muscles:
    """Parameters of M muscles, each (M,) or broadcastable to (B, M).

    Parameters
    ----------
    maximum_force : N, isometric
    optimal_length : m, of the fibre
    tendon_slack : m
    pennation : rad, at the optimal fibre length
    maximum_velocity : optimal fibre lengths per second
    minimum_length : m, of the fibre; a shorter one gives no force
    fibre : curves of force over fibre length and velocity, the same for every muscle
    """

    maximum_force: Tensor
    optimal_length: Tensor
    tendon_slack: Tensor
    pennation: Tensor
    maximum_velocity: Tensor
    minimum_length: Tensor
    fibre: Fibre = MILLARD

    def like(self, values: Tensor) -> Muscles:
        """The same muscles in the kind and on the device of `values`."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        turned = {name: part.to(values) for name, part in own.items() if isinstance(part, Tensor)}
        return replace(self, fibre=self.fibre, **turned)


def active_force(muscles: Muscles, length: Tensor, speed: Tensor, *, opensim_pennation: bool = False) -> Tensor:
    """Force along the tendon at full activation; it is proportional to activation.

    Parameters
    ----------
    length, speed : (B, M) of muscle and tendon together, m and m/s, lengthening positive
    opensim_pennation : repeat what OpenSim 4.6 does with Millard's muscle under static optimisation, where the
        normalised fibre length stands in place of metres (opensim-core issue 4390); for comparisons alone

    Returns
    -------
    (B, M) N, never negative
    """
    own = muscles.like(length)
    fibre, cosine = _fibre(own, length)
    stretch = torch.maximum(fibre, own.minimum_length) / own.optimal_length
    pace = speed * cosine / (own.optimal_length * own.maximum_velocity)
    if opensim_pennation:
        height = own.optimal_length * own.pennation.sin()
        cosine = (1 - (height / stretch).square()).clamp(min=0).sqrt()
    force = curves.active_length(own.fibre)(stretch) * curves.velocity(own.fibre)(pace)
    return own.maximum_force * force * cosine * (fibre > own.minimum_length)


def passive_force(muscles: Muscles, length: Tensor) -> Tensor:
    """Force along the tendon that a stretched fibre gives without activation, (B, M) N; `length` (B, M)."""
    own = muscles.like(length)
    fibre, cosine = _fibre(own, length)
    force: Tensor = own.maximum_force * curves.passive_length()(fibre / own.optimal_length) * cosine
    return force


def _fibre(muscles: Muscles, length: Tensor) -> tuple[Tensor, Tensor]:
    """Fibre length (m) and cosine of the pennation angle; the muscle keeps its thickness."""
    along = (length - muscles.tendon_slack).clamp(min=SHORTEST)
    if not bool(muscles.pennation.any()):
        return along, torch.ones_like(along)
    height = muscles.optimal_length * muscles.pennation.sin()
    fibre = (along.square() + height.square()).sqrt()
    return fibre, along / fibre
