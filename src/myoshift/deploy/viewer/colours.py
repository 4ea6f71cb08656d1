"""Colours of muscle activation, from 0 to 1."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoshift.registry import unknown

Scheme = Literal["blue-red", "colour-blind"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
UNKNOWN = (120, 120, 120)
"""Grey: a muscle of which nothing is known."""


def colours(values: ArrayLike, scheme: Scheme) -> NDArray[np.uint8]:
    """Red, green and blue (..., 3), 0 to 255, of activations (...); beyond 0 and 1 as at 0 and 1, NaN grey.

    `blue-red` is OpenSim's, (a, 0, 1 - a) of full intensity: blue, purple, red (`Muscle::computePathColor`).
    `colour-blind` is cividis (Nunez et al. 2018, doi 10.1371/journal.pone.0199239), dark blue to yellow, whose
    lightness grows evenly and which reads the same with and without red-green blindness.

    Raises
    ------
    UnknownNameError
        When there is no such scheme.
    """
    if scheme not in SCHEMES:
        raise unknown("colour scheme", scheme, SCHEMES)
    given = np.asarray(values, dtype=np.float64)
    known = np.isfinite(given)
    activation = np.clip(np.where(known, given, 0.0), 0.0, 1.0)
    if scheme == "blue-red":
        out = np.round(255 * np.stack([activation, np.zeros_like(activation), 1 - activation], axis=-1))
    else:
        out = _cividis()[np.round(255 * activation).astype(np.int64)]
    return np.where(known[..., None], out, UNKNOWN).astype(np.uint8)


@cache
def _cividis() -> NDArray[np.float64]:
    """(256, 3)"""
    import matplotlib  # a second that only who draws waits for

    return np.asarray(np.round(255 * matplotlib.colormaps["cividis"](np.arange(256))[:, :3]))
