"""Quantiles of times that go on and on."""

from __future__ import annotations

import math

import numpy as np

FINEST, STEPS = 1e-6, 116  # s, and bins of a decade: a bin is 2 % wide


class Spread:
    """Quantiles of times in constant memory: counted in bins that are 2 % wide, from a microsecond on."""

    def __init__(self) -> None:
        self._counts = np.zeros(10 * STEPS, int)  # up to 1e4 s

    def add(self, seconds: float) -> None:
        """Count one."""
        place = int(STEPS * math.log10(max(seconds, FINEST) / FINEST))
        self._counts[min(place, len(self._counts) - 1)] += 1

    def quantile(self, share: float) -> float | None:
        """The time (ms) that this share does not exceed, to 2 %; None when nothing was counted."""
        total = int(self._counts.sum())
        if not total:
            return None
        place = int(np.searchsorted(np.cumsum(self._counts), math.ceil(share * total)))
        return float(1000 * FINEST * 10 ** ((place + 1) / STEPS))
