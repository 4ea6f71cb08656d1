"""One instant of what a model says of legs whose motion comes frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

from myoshift.types import Array32


@dataclass(frozen=True, eq=False)
class Instant:
    """What a model says of one frame of B legs.

    Parameters
    ----------
    outputs : (B, M)
    muscles : (B, K) of `anatomy.strands(outputs)`
    features : (B, D) under the head
    """

    outputs: Array32
    muscles: Array32
    features: Array32
