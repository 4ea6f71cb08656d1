"""What every network is: motion normalisation, angles and velocities, an encoder, a muscle head, the montage."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from myoshift import anatomy
from myoshift.errors import ConfigError
from myoshift.models.motion_norm import MotionNorm, NormMode, span
from myoshift.models.running_norm import RunningNorm, blank

DROPOUT = 0.1
VELOCITY_SCALE = 0.3
"""Seconds; brings angular velocities of gait near the size of the angles. Between 0.1 and 1 s it hardly matters."""


@dataclass(frozen=True, eq=False)
class Memory:
    """All that a causal network keeps of the past, of the same size however long that was.

    Parameters
    ----------
    totals : (B, 3, C) of the motion so far, see `RunningNorm.totals`
    last : (B, 1, C) the frame before
    encoder : what the encoder keeps
    """

    totals: Tensor
    last: Tensor
    encoder: tuple[Tensor, ...]


class Network(nn.Module, ABC):
    """From the motion of one side to its muscles, seen through the sites' montage. An encoder makes it concrete.

    A causal network normalises by what was seen so far and never looks ahead: it can go on from where it stopped.

    Parameters
    ----------
    inputs, outputs : coordinates (or derived channels, which the first layer leaves their sign and size) and sites
        without side
    rate : Hz
    norm : how the first layer normalises the motion
    causal : whether an output may depend on the past only
    """

    kind: ClassVar[str]
    """Entry-point name of the saved network in the group `myoshift.models`."""
    montage: Tensor
    scale: Tensor
    """(D,) what the features are multiplied with, 1 unless a method adapts the network to a laboratory."""
    shift: Tensor
    """(D,) what is then added to them, 0 unless a method adapts the network."""

    def __init__(
        self,
        inputs: tuple[str, ...],
        outputs: tuple[str, ...],
        rate: float,
        norm: NormMode = "zscore",
        *,
        causal: bool = False,
    ) -> None:
        super().__init__()
        self.inputs, self.outputs, self.rate, self.causal = inputs, outputs, rate, causal
        absolute = [anatomy.derived(name) is not None for name in inputs]
        self.norm = (
            RunningNorm(len(inputs), norm, rate, absolute) if causal else MotionNorm(len(inputs), norm, absolute)
        )
        features = self._build(2 * len(inputs))
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(features, len(anatomy.strands(outputs)))
        # Every muscle starts with the same row. Muscles that the same sites see with the same weights then get the
        # same gradients (but for rounding): nothing measured tells them apart, so the network does not either.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.register_buffer("montage", torch.tensor(anatomy.output_weights(outputs), dtype=torch.float32))
        self.register_buffer("scale", torch.ones(features))
        self.register_buffer("shift", torch.zeros(features))

    def start_at(self, level: float) -> None:
        """Let the untrained head give this activation for every muscle."""
        nn.init.constant_(self.head.bias, math.log(math.expm1(max(level, 1e-3))))

    def overview(self, motion: Tensor) -> Tensor:
        """What `forward` must be told of whole recordings (B, T, C): their span; if causal, that they begin here."""
        return blank(len(motion), motion.shape[-1]) if self.causal else span(motion)

    def encode(self, motion: Tensor, span: Tensor) -> Tensor:
        """Features (B, T, D) of motion (B, T, C) from recordings with span (B, 2, C), if causal history (B, 3, C).

        A missing coordinate counts as its mean, a derived channel as zero. A frame without any coordinate is as if
        the recording had ended: a short recording gives the same features alone and padded.
        """
        if self.causal:
            return self.proceed(motion, self.begin(span))[0]
        angles = self.norm(motion, span)
        return self._adapted(self._encode(_seen(angles, velocity(angles, self.rate)), _present(motion)))

    def _adapted(self, features: Tensor) -> Tensor:
        return features * self.scale + self.shift

    def muscles(self, features: Tensor) -> Tensor:
        """Activation (B, T, K) of the muscles from features (B, T, D)."""
        return functional.softplus(self.head(features))

    @torch.no_grad()
    def collected(self, motions: Iterable[Tensor]) -> Tensor:
        """Features (n, D) of every frame with motion of whole recordings (T, C), without dropout."""
        training = self.training
        self.eval()
        each = [self.encode(m[None], self.overview(m[None]))[0][m.isfinite().any(dim=-1)] for m in motions]
        self.train(training)
        return torch.cat(each)

    def moved(self, scale: Tensor, shift: Tensor) -> Self:
        """A copy whose features are multiplied with `scale` (D,), then moved by `shift` (D,)."""
        other = deepcopy(self)
        other.scale.copy_(scale * self.scale)
        other.shift.copy_(scale * self.shift + shift)
        return other

    def decode(self, features: Tensor) -> Tensor:
        """Outputs (B, T, M) from features (B, T, D): the muscles, as the montage sees them."""
        return self.seen_by_sites(self.muscles(features))

    def seen_by_sites(self, muscles: Tensor) -> Tensor:
        """Outputs (B, T, M) of muscles (B, T, K)."""
        return muscles @ self.montage.T

    def forward(self, motion: Tensor, span: Tensor) -> Tensor:
        """Outputs (B, T, M) for motion (B, T, C) from recordings with span (B, 2, C), if causal history (B, 3, C)."""
        return self.decode(self.encode(motion, span))

    def begin(self, history: Tensor) -> Memory:
        """The memory before the first frame of motion that has this history (B, 3, C).

        Raises
        ------
        ConfigError
            When the network is not causal.
        """
        totals = self._running().totals(history)
        last = torch.full((len(history), 1, len(self.inputs)), math.nan)
        return Memory(totals, last, self._blank(len(history)))

    def proceed(self, motion: Tensor, memory: Memory) -> tuple[Tensor, Memory]:
        """Features (B, T, D) of the next frames (B, T, C), and the memory after them.

        In one piece or in many, the features are the same.
        """
        spans, totals = self._running().follow(motion, memory.totals)
        earlier = torch.cat([memory.last, motion[:, :-1]], dim=1)
        angles, before = self.norm(torch.stack([motion, earlier], dim=-2), spans).unbind(dim=-2)
        seen = _seen(angles, self.rate * (angles - before))
        features, kept = self._proceed(seen, _present(motion), memory.encoder)
        return self._adapted(features), Memory(totals, motion[:, -1:], kept)

    def _running(self) -> RunningNorm:
        if isinstance(self.norm, RunningNorm):
            return self.norm
        raise ConfigError(
            "this network looks ahead, so it cannot follow a stream",
            where=self.kind,
            why="it was built with causal = false: its outputs depend on frames to come",
            mend="train one with `causal: true`",
        )

    @abstractmethod
    def _build(self, channels: int) -> int:
        """Make the encoder for so many angles and velocities; gives the number of its features."""

    @abstractmethod
    def _encode(self, seen: Tensor, present: Tensor) -> Tensor:
        """Features (B, T, D) of angles and velocities (B, T, 2 C), 0 where not `present` (B, T, 1)."""

    @abstractmethod
    def _blank(self, batch: int) -> tuple[Tensor, ...]:
        """What the encoder keeps of nothing."""

    @abstractmethod
    def _proceed(self, seen: Tensor, present: Tensor, kept: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Features like `_encode`, of the past only, and what the encoder keeps of it."""


def velocity(values: Tensor, rate: float) -> Tensor:
    """Central differences (..., T, C) per second; one-sided beside a gap or an end, 0 where alone."""
    steps = torch.diff(values, dim=-2) * rate
    ahead = functional.pad(steps, (0, 0, 0, 1), value=math.nan)
    behind = functional.pad(steps, (0, 0, 1, 0), value=math.nan)
    known = ahead.isfinite().to(values.dtype) + behind.isfinite().to(values.dtype)
    return (ahead.nan_to_num(0.0) + behind.nan_to_num(0.0)) / known.clamp(min=1.0)


def _seen(angles: Tensor, velocities: Tensor) -> Tensor:
    return torch.cat([angles, VELOCITY_SCALE * velocities], dim=-1).nan_to_num(0.0)


def _present(motion: Tensor) -> Tensor:
    """1 where a frame has any coordinate, else 0, (B, T, 1)."""
    return motion.isfinite().any(dim=-1, keepdim=True).to(motion.dtype)
