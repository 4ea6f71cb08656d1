"""Calibrations in the terms that ONNX has: sites (B, T, M) in, sites (B, T, M) out.

A site that the model was not trained on is 0 here, and has no say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import torch
from torch import Tensor, nn

from myoshift.calibration.base import LARGEST, Calibration
from myoshift.calibration.chain import Chain
from myoshift.calibration.curve import Curve
from myoshift.calibration.delay import Shift
from myoshift.calibration.gain import Affine
from myoshift.calibration.head import LinearHead
from myoshift.calibration.mixing import Mixture
from myoshift.calibration.rotation import Turned
from myoshift.calibration.sensor import Sensor
from myoshift.calibration.synergy import Projection
from myoshift.deploy.onnx_filters import SensorLink, ShiftLink
from myoshift.errors import ConfigError
from myoshift.types import Array, Mask

SLACK = 1e-6
"""How far below 0 rounding may take an activation of a synergy."""
MOST_SYNERGIES = 8
"""Of more, there are too many sets."""


class LinearLink(nn.Module):
    """Sites and features times weights, plus a level: what gain, mixing, rotation and heads amount to."""

    own: Tensor
    slope: Tensor | None
    level: Tensor

    def __init__(self, own: Array, level: Array, slope: Array | None = None) -> None:
        super().__init__()
        self.register_buffer("own", _tensor(own))
        self.register_buffer("level", _tensor(level))
        self.register_buffer("slope", None if slope is None else _tensor(slope))

    def forward(self, sites: Tensor, features: Tensor) -> Tensor:
        """Sites corrected."""
        added = self.level if self.slope is None else features @ self.slope + self.level
        return sites @ self.own + added


class CurveLink(nn.Module):
    """Sites read off curves (P, M) at points evenly spaced from 0 to the largest."""

    values: Tensor
    first: Tensor

    def __init__(self, curve: Curve) -> None:
        super().__init__()
        self.points, outputs = curve.values.shape
        self.register_buffer("values", _tensor(curve.values.T.ravel()))
        self.register_buffer("first", torch.arange(outputs) * self.points)

    def forward(self, sites: Tensor, features: Tensor) -> Tensor:
        """Sites corrected."""
        place = sites.clamp(0.0, LARGEST) * ((self.points - 1) / LARGEST)
        below = place.floor().clamp(max=self.points - 2.0)
        low = below.long() + self.first
        return torch.lerp(self.values[low], self.values[low + 1], place - below)


class SynergyLink(nn.Module):
    """Sites moved towards the span of non-negative synergies (M, K).

    The nearest point has the least error among the least-squares solutions of all sets of synergies that come out
    non-negative (Lawson and Hanson 1974, ch. 23): with few synergies all sets can be looked at.
    """

    solve: Tensor
    onto: Tensor
    drawn: Tensor

    def __init__(self, weights: Array, blend: float) -> None:
        super().__init__()
        count = weights.shape[1]
        sets = [s for size in range(count + 1) for s in combinations(range(count), size)]
        solve = np.zeros((len(sets), count, len(weights)))
        for each, chosen in zip(solve, sets, strict=True):
            each[list(chosen)] = np.linalg.pinv(weights[:, chosen])
        self.register_buffer("solve", _tensor(solve.transpose(0, 2, 1)))
        self.register_buffer("onto", _tensor(weights.T))
        self.register_buffer("drawn", _tensor(np.where(weights.any(axis=1), blend, 0.0)))

    def forward(self, sites: Tensor, features: Tensor) -> Tensor:
        """Sites corrected."""
        active = sites.clamp(min=0.0)
        heights = active.unsqueeze(-2).unsqueeze(-2) @ self.solve  # (B, T, sets, 1, K)
        heights = heights.squeeze(-2)
        nearest = heights @ self.onto
        inside = (self.drawn > 0).to(sites.dtype)
        error = ((nearest - active.unsqueeze(-2)) * inside).square().sum(dim=-1)
        error = torch.where((heights < -SLACK).any(dim=-1), torch.inf, error)
        best = error.argmin(dim=-1, keepdim=True).unsqueeze(-1).expand(-1, -1, 1, sites.shape[-1])
        found = nearest.gather(2, best).squeeze(2)
        return torch.where(self.drawn > 0, (1 - self.drawn) * active + self.drawn * found, sites)


def links(chain: Chain, known: Sequence[bool], rate: float) -> list[nn.Module]:
    """One module for each link of a chain, from its (M,) sites of which these are `known`.

    Raises
    ------
    ConfigError
        When a link cannot be exported.
    """
    return [_link(name, link, np.array(known), rate) for name, link in _flat(chain)]


def looks_ahead(chain: Chain) -> tuple[str, ...]:
    """Names of the links that need frames to come."""
    return tuple(name for name, link in _flat(chain) if isinstance(link, Shift | Sensor))


def _flat(chain: Chain) -> Iterator[tuple[str, Calibration]]:
    for name, link in chain.links:
        if isinstance(link, Chain):
            yield from _flat(link)
        else:
            yield name, link


def _link(name: str, link: Calibration, known: Mask, rate: float) -> nn.Module:
    if isinstance(link, Affine):
        return LinearLink(np.diag(link.gain), link.offset)
    if isinstance(link, Mixture):
        return LinearLink(link.weights, link.offset)
    if isinstance(link, LinearHead):
        return LinearLink(np.diag(link.prior), link.level, link.slope)
    if isinstance(link, Turned):
        taken = np.where(known[link.taken], link.taken, np.arange(len(known)))
        return LinearLink(np.eye(len(known))[:, taken], np.zeros(len(known)))
    if isinstance(link, Curve):
        return CurveLink(link)
    if isinstance(link, Shift):
        return ShiftLink(link.seconds, rate)
    if isinstance(link, Sensor):
        return SensorLink(link, rate)
    if isinstance(link, Projection) and link.weights.shape[1] <= MOST_SYNERGIES:
        return SynergyLink(link.weights * known[:, None], link.blend)
    raise ConfigError(
        f"the calibration {name!r} cannot be exported",
        mend="calibrate again without it, for example with --calibrators physiology+last_layer",
    )


def _tensor(values: Array) -> Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float32)
