"""A small transformer (Vaswani et al. 2017, arXiv 1706.03762) whose attention reaches a stated number of frames."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from myoshift.models.network import Network
from myoshift.models.saved import SavedNetwork

LAYERS = 2
WIDTH = 32
HEADS = 4
INNER = 96
REACH = 32
"""Frames that a layer sees besides the present one: half of them on each side, or if causal all of them back."""
BLOCK = 32
"""Frames that are attended from at once: time and memory grow with the recording, not with its square. In a stream
it is one."""
MASKED = -1e9


class Attention(nn.Module):
    """Attention among neighbours in time, each distance with a learned weight of its own.

    The weights begin as those of ALiBi (Press et al. 2022, arXiv 2108.12409): the further, the less, by another slope
    for each head.
    """

    def __init__(self, behind: int) -> None:
        super().__init__()
        self.query, self.memory, self.out = (
            nn.Linear(WIDTH, WIDTH),
            nn.Linear(WIDTH, 2 * WIDTH),
            nn.Linear(WIDTH, WIDTH),
        )
        slope = 2.0 ** -torch.arange(1.0, HEADS + 1)
        distance = (torch.arange(REACH + 1.0) - behind).abs()
        self.position = nn.Parameter(-slope[:, None] * distance)

    def forward(self, hidden: Tensor, past: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """What the frames see (B, T, D), and their keys and values behind those of the past.

        Parameters
        ----------
        hidden : (B, T, D)
        past : (B, behind, 2 D) keys and values of the frames before
        present : (B, behind + T + ahead, 1) 0 where a frame is not to be seen
        """
        frames = hidden.shape[1]
        memory = torch.cat([past, self.memory(hidden)], dim=1)
        block = 1 if frames == 1 else BLOCK
        extra = -frames % block
        padded = functional.pad(self.query(hidden), (0, 0, 0, extra))
        query = _heads(padded.reshape(padded.shape[0], -1, block, WIDTH))
        near = (
            functional.pad(memory, (0, 0, 0, present.shape[1] - memory.shape[1] + extra))
            .unfold(1, block + REACH, block)
            .transpose(-1, -2)
        )
        there = functional.pad(present, (0, 0, 0, extra)).unfold(1, block + REACH, block).unsqueeze(2)
        key, value = map(_heads, near.chunk(2, dim=-1))
        score = query @ key.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + self._bias(block)
        share = score.masked_fill(there == 0, MASKED).softmax(dim=-1)
        seen = (share @ value).transpose(2, 3).flatten(3).flatten(1, 2)
        return self.out(seen[:, :frames]), memory

    def _bias(self, block: int) -> Tensor:
        """(H, block, block + REACH): the weight of each distance, masked beyond the reach."""
        step = torch.arange(block + REACH) - torch.arange(block)[:, None]
        reached = (step >= 0) & (step <= REACH)
        return self.position[:, step.clamp(0, REACH)].masked_fill(~reached, MASKED)


def _heads(values: Tensor) -> Tensor:
    """(B, blocks, T, D) to (B, blocks, H, T, D / H)."""
    return values.reshape(*values.shape[:-1], HEADS, -1).transpose(2, 3)


class Transformer(Network):
    """Two layers of local attention (16 frames to each side, or 32 back) and of a hidden layer at each frame."""

    kind: ClassVar[str] = "transformer"

    def _build(self, channels: int) -> int:
        self.enter = nn.Linear(channels, WIDTH)
        self.attention = nn.ModuleList(Attention(self._behind) for _ in range(LAYERS))
        self.inner = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, INNER), nn.GELU(), nn.Linear(INNER, WIDTH))
            for _ in range(LAYERS)
        )
        self.before = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(LAYERS))
        self.last = nn.LayerNorm(WIDTH)
        return WIDTH

    @property
    def _behind(self) -> int:
        return REACH if self.causal else REACH // 2

    def _encode(self, seen: Tensor, present: Tensor) -> Tensor:
        return self._run(seen, present, self._blank(seen.shape[0]), ahead=REACH // 2)[0]

    def _blank(self, batch: int) -> tuple[Tensor, ...]:
        """Which of the frames behind are present, and their keys and values in each layer."""
        return torch.zeros(batch, self._behind, 1), *(
            torch.zeros(batch, self._behind, 2 * WIDTH) for _ in range(LAYERS)
        )

    def _proceed(self, seen: Tensor, present: Tensor, kept: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        return self._run(seen, present, kept, ahead=0)

    def _run(
        self, seen: Tensor, present: Tensor, kept: tuple[Tensor, ...], ahead: int
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        there = torch.cat([kept[0], present], dim=1)
        keep = [there[:, -REACH:]]
        around = functional.pad(there, (0, 0, 0, ahead))
        hidden = self.enter(seen)
        for attention, before, inner, past in zip(self.attention, self.before, self.inner, kept[1:], strict=True):
            attended, memory = attention(before(hidden), past, around)
            keep.append(memory[:, -REACH:])
            hidden = hidden + self.dropout(attended)
            hidden = hidden + self.dropout(inner(hidden))
        return self.last(hidden) * present, tuple(keep)


class SavedTransformer(SavedNetwork):
    """A trained transformer."""

    kind: ClassVar[str] = Transformer.kind
    network = Transformer
