"""Inner validation: which of some ways to calibrate fits what it has not seen of the calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from myoshift.calibration.base import Calibration, Outputs
from myoshift.calibration.chain import Chain, steps
from myoshift.types import Array, Mask

CANDIDATES = ("none", "physiology", "physiology+last_layer", "ridge_head")
"""The prior prediction, the prediction corrected, what the features add to it, and the features alone."""


@dataclass(frozen=True)
class Chosen:
    """The candidate with the least squared error on blocks that it was not fitted to (Stone 1974).

    Each block is a stretch of every leg; frames within `gap` of it are left out of the fit, as the envelope's filter
    reaches that far.

    Parameters
    ----------
    blocks : how many
    gap : s
    """

    name: ClassVar[str] = "chosen"
    calibration: ClassVar[type[Calibration]] = Chain
    candidates: tuple[str, ...] = CANDIDATES
    simulated: bool = False
    blocks: int = 4
    gap: float = 0.06

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Chain:
        """The best candidate, fitted to everything."""
        errors = [self._error(name, seen, measured, rate) for name in self.candidates]
        best = self.candidates[int(np.argmin(errors))]
        return self._fit(best, seen, measured, rate)

    def _fit(self, name: str, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Chain:
        settings = {"simulated": True} if self.simulated and "physiology" in name else {}
        return steps(name, settings).fit(seen, measured, rate)

    def _error(self, name: str, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> float:
        """Mean squared error over all blocks and outputs."""
        total, count = 0.0, 0
        for block in range(self.blocks):
            held = [self._block(target, block, 0) for target in measured]
            near = [self._block(target, block, round(self.gap * rate)) for target in measured]
            kept = [np.where(where, np.nan, target) for where, target in zip(near, measured, strict=True)]
            found = self._fit(name, seen, kept, rate)
            for outputs, target, where in zip(seen, measured, held, strict=True):
                error = np.where(where, found.apply(outputs, rate) - target, np.nan)
                total, count = total + float(np.nansum(error**2)), count + int(np.isfinite(error).sum())
        return total / max(count, 1)

    def _block(self, target: Array, block: int, margin: int) -> Mask:
        """(T, 1) whether a frame is in the block, or within a margin of it."""
        known = np.flatnonzero(np.isfinite(target).any(axis=1))
        where = np.zeros((len(target), 1), np.bool_)
        if len(known):
            edges = np.linspace(known[0], known[-1] + 1, self.blocks + 1).astype(np.int64)
            where[max(edges[block] - margin, 0) : edges[block + 1] + margin] = True
        return np.asarray(where, np.bool_)
