"""What a method sees in one step."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of legs.

    Parameters
    ----------
    motion : (B, T, C) as recorded, NaN where missing and after the end of a short recording
    span : (B, 2, C) mean and SD of the whole recording that each window comes from; when a causal network is
        trained, a method gets the history here, so that `model(motion, span)` is right for every network
    activation : (B, T, M), NaN where not measured
    institution, person, leg : (B,) numbers that tell these apart, from 0, within one part of the split
    history : (B, 3, C) samples, mean and SD of the recording before the window
    """

    motion: Tensor
    span: Tensor
    activation: Tensor
    institution: Tensor
    person: Tensor
    leg: Tensor
    history: Tensor

    @property
    def present(self) -> Tensor:
        """(B, T) True where a frame has any coordinate."""
        return self.motion.isfinite().any(dim=-1)


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows of the source and, where the method needs and the split grants them, of the other parts."""

    source: Windows
    unlabelled: Windows | None = None
    calibration: Windows | None = None
