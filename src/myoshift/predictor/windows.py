"""Windows of motion, as kNN and ridge see it: standardised by recording, a few instants around each frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.anatomy import Leg
from myoshift.predictor.problem import balance
from myoshift.types import Array, Array32

REACH = 0.2
STEP = 0.04


def lagged_windows(motion: Array32, rate: float, sizes: Array | None = None) -> Array:
    """(T, C x 11): z-scored motion (T, C) from 0.2 s before to 0.2 s after each frame in steps of 0.04 s.

    Mean and SD are those of the whole recording; derived channels are divided by their `sizes` (C,) instead. A
    missing coordinate counts as its mean; beyond the ends the first and the last frame go on.
    """
    frames = np.clip(np.arange(len(motion))[:, None] + lags(rate), 0, len(motion) - 1)
    windows: Array = standardised(motion, sizes)[frames].reshape(len(motion), -1)
    return windows


def lags(rate: float) -> NDArray[np.int64]:
    """(11,) the instants of a window, in frames after its own."""
    steps = round(REACH / STEP)
    return np.round(np.arange(-steps, steps + 1) * STEP * rate).astype(np.int64)


def typical_sizes(legs: Sequence[Leg], inputs: Sequence[str]) -> Array | None:
    """(C,) typical root mean square of each derived input over the legs, NaN of a coordinate; None without any.

    Of a derived input that no leg has it is infinite: it counts as missing.
    """
    derived = np.array([anatomy.derived(name) is not None for name in inputs], np.bool_)
    if not derived.any():
        return None
    there = np.stack([np.isfinite(leg.motion).any(axis=0) for leg in legs])
    sizes = np.stack([_root_mean_square(leg.motion) for leg in legs])
    share = balance(legs)[:, None] * there
    known = (share * sizes).sum(axis=0) / np.maximum(share.sum(axis=0), np.finfo(np.float64).tiny)
    return np.where(derived, np.where(known > 0, known, np.inf), np.nan)


def _root_mean_square(motion: Array32) -> Array:
    there = np.isfinite(motion)
    squares = np.where(there, motion, 0.0).astype(np.float64) ** 2
    return np.asarray(np.sqrt(squares.sum(axis=0) / np.maximum(there.sum(axis=0), 1)))


def standardised(motion: Array32, sizes: Array | None = None) -> Array:
    """Motion (T, C) with mean 0 and SD 1 in each coordinate; 0 where it is missing or does not move.

    A channel with a finite or infinite size (C,) is divided by it, and keeps its sign and its size.
    """
    there = np.isfinite(motion)
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, motion, 0.0).sum(axis=0, dtype=np.float64) / count
    centred = np.where(there, motion - mean, 0.0)
    sd = np.sqrt((centred**2).sum(axis=0) / count)
    scaled = centred / np.where(sd > 1e-6, sd, np.inf)
    return scaled if sizes is None else np.where(np.isnan(sizes), scaled, np.where(there, motion, 0.0) / sizes)
