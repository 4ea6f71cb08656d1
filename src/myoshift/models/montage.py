"""What each output sees of the 40 muscles of one leg."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myoshift import anatomy
from myoshift.types import Array


def output_weights(outputs: Sequence[str]) -> Array:
    """Weights (M, 40), rows summing to 1: a site sees muscles by its montage, an output named as a muscle only that.

    Raises
    ------
    UnknownNameError
        When an output is neither a site nor a muscle.
    """
    return np.array([_row(name) for name in outputs])


def _row(name: str) -> list[float]:
    if name in anatomy.IPSILATERAL and name not in anatomy.SITES:
        return [float(name == muscle) for muscle in anatomy.IPSILATERAL]
    return list(anatomy.montage([name])[0])
