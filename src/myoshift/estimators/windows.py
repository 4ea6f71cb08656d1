"""Motion as what kNN and ridge see: standardised by recording, a few instants around each frame side by side."""

from __future__ import annotations

import numpy as np

from myoshift.types import Array, Array32

REACH = 0.2
STEP = 0.04


def lagged_windows(motion: Array32, rate: float) -> Array:
    """(T, C x 11): z-scored motion (T, C) from 0.2 s before to 0.2 s after each frame in steps of 0.04 s.

    Mean and SD are those of the whole recording. A missing coordinate counts as its mean; beyond the ends the
    first and the last frame go on.
    """
    steps = round(REACH / STEP)
    lags = np.round(np.arange(-steps, steps + 1) * STEP * rate).astype(np.int64)
    frames = np.clip(np.arange(len(motion))[:, None] + lags, 0, len(motion) - 1)
    windows: Array = standardised(motion)[frames].reshape(len(motion), -1)
    return windows


def standardised(motion: Array32) -> Array:
    """Motion (T, C) with mean 0 and SD 1 in each coordinate; 0 where it is missing or does not move."""
    there = np.isfinite(motion)
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, motion, 0.0).sum(axis=0, dtype=np.float64) / count
    centred = np.where(there, motion - mean, 0.0)
    sd = np.sqrt((centred**2).sum(axis=0) / count)
    return centred / np.where(sd > 1e-6, sd, np.inf)
