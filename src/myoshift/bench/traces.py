"""A leg of a person in a condition: prediction and measurement of all recordings, put end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from myoshift import signal
from myoshift.types import Array, Array32, Recording, Side

GAP = 0.5  # s of NaN between recordings, more than any lag that is searched


@dataclass(frozen=True, eq=False)
class Pair:
    """Prediction and measurement (T, M) of one leg of one recording."""

    recording: Recording
    side: Side
    predicted: Array32
    measured: Array32


@dataclass(frozen=True, eq=False)
class Trace:
    """Pairs of one leg of one person, at `rate` Hz."""

    pairs: tuple[Pair, ...]
    rate: float

    @property
    def predicted(self) -> Array:
        """(T, M), with gaps."""
        return self.end_to_end([pair.predicted for pair in self.pairs])

    @property
    def measured(self) -> Array:
        """(T, M), with gaps."""
        return self.end_to_end([pair.measured for pair in self.pairs])

    @property
    def phase(self) -> Array:
        """(T,) gait phase from the hip angle; NaN in gaps, where nobody walks, and without a hip angle."""
        return self.end_to_end([_phase(pair.recording, pair.side)[:, None] for pair in self.pairs])[:, 0]

    @property
    def number(self) -> Array:
        """(T,) which of the pairs a frame is of, NaN in gaps."""
        return self.end_to_end([np.full((len(pair.measured), 1), k) for k, pair in enumerate(self.pairs)])[:, 0]

    def apart(self, values: Array) -> list[Array32]:
        """The blocks (T_i, M) that (T, M) was put together from."""
        number = self.number
        return [values[number == k].astype(np.float32) for k in range(len(self.pairs))]

    def end_to_end(self, blocks: Sequence[Array | Array32]) -> Array:
        """Blocks (T_i, M), one for each recording, as one (T, M) with `GAP` of NaN between them."""
        gap = np.full((round(GAP * self.rate), blocks[0].shape[1]), np.nan)
        joined = [part for block in blocks for part in (block, gap)]
        return np.concatenate(joined[:-1]).astype(np.float64)


@lru_cache(maxsize=4096)
def _phase(recording: Recording, side: Side) -> Array:
    """(T,) gait phase of one leg; every method is scored with the same."""
    name = f"hip_flexion_{side}"
    if name not in recording.motion_names:
        return np.full(len(recording.motion), np.nan)
    hip = recording.motion[:, recording.motion_names.index(name)].astype(np.float64)
    return signal.phase_from_hip(hip, recording.rate) if np.isfinite(hip).any() else np.full(len(hip), np.nan)
