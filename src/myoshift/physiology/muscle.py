"""Muscle force with a rigid tendon (Zajac 1989, Crit Rev Biomed Eng 17:359)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


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
    """

    maximum_force: Tensor
    optimal_length: Tensor
    tendon_slack: Tensor
    pennation: Tensor
    maximum_velocity: Tensor
    minimum_length: Tensor
