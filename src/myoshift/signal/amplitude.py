"""Amplitude: the reference that scales a channel, and how strongly a channel is modulated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myoshift.errors import DataRefused
from myoshift.types import Array


def percentile_reference(blocks: Sequence[Array], percentile: float = 95.0) -> Array:
    """One amplitude reference per channel over all recordings of a person: a percentile of the envelopes.

    Parameters
    ----------
    blocks : recordings (T_i, M) of the reference task, with the same channels. NaN is left out.
    percentile : 95 unless given

    Returns
    -------
    (M,) NaN for a channel that was never measured or is silent (reference 0), so that what is divided by it is NaN.

    Raises
    ------
    DataRefused
        When there is no recording.
    """
    if not blocks:
        raise DataRefused("no recording to take the amplitude reference from", mend="name another reference task")
    together = np.concatenate([np.asarray(block, float) for block in blocks])
    out = np.full(together.shape[1], np.nan)
    measured = np.isfinite(together).any(axis=0)
    out[measured] = np.nanpercentile(together[:, measured], percentile, axis=0)
    return np.where(out > 0, out, np.nan)


def coefficient_of_variation(values: Array) -> Array:
    """Standard deviation over mean of each channel of (T, C), NaN left out; NaN for an empty or zero-mean channel.

    Envelopes of gait EMG lie between about 0.4 and 1.5. A constant hum lies below 0.25, a signal that is one single
    artefact above 2.2.
    """
    there = np.isfinite(values)
    count = there.sum(axis=0)
    filled = np.where(there, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / count
        spread = np.sqrt((np.where(there, values - mean, 0.0) ** 2).sum(axis=0) / count)
        return np.where(mean != 0, spread / mean, np.nan)
