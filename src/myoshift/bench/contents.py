"""What a recording holds, as hashes of short runs: copies are found that were renamed, cut, mirrored or rounded.

Motion is hashed leg by leg without side, so that the right leg of one recording meets the left leg of its mirror
image.
Activation is hashed by its relative change from frame to frame, which no amplitude unit alters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.types import Array, Array32, Mask, Recording

FRAMES = 16  # a run of motion this long (0.3 s at 50 Hz) occurs twice only when it was copied
LONG = 32  # an envelope is smoother than three joints together and needs a longer run
GRID = 1e-5  # rad; what rounding to float32 or to six decimals in a file changes is far less
MOVED = 100  # steps of the grid that a joint must move in a run
RELATIVE = 1e-4  # step of the relative change of an envelope
CORE = ("ankle_angle", "hip_flexion", "knee_angle")
"""A leg that has these is known by them, whatever else a copy kept or lost."""
MIRRORED = "mirrored"
Codes = NDArray[np.uint64]
Marks = dict[str, frozenset[int]]
"""Hashes by the view that shows them: the side of a leg, or the midline as it is and as in a mirror."""


@lru_cache(maxsize=8192)
def motion(recording: Recording, step: int = 1) -> Marks:
    """Hashes of every run of 16 labelled frames in which a joint moves, bit by bit and rounded, by view.

    Of every `step`-th run: with a step of 16 enough to meet all runs of anything that shares 31 frames bit by bit.
    """
    labelled = np.asarray(np.isfinite(recording.activation).any(axis=1), np.bool_)
    return {view: frozenset(_motion(values, labelled, step)) for view, values in _views(recording)}


@lru_cache(maxsize=8192)
def activation(recording: Recording, step: int = 1) -> Marks:
    """Hashes of the relative change of each channel in runs of 32 frames in which it changes, by channel."""
    columns = recording.activation.astype(np.float64).T
    return {name: frozenset(_envelope(x, step)) for name, x in zip(recording.activation_names, columns, strict=True)}


def _views(recording: Recording) -> Iterator[tuple[str, Array32]]:
    """(T, C) own-leg columns of each side, in the order of their names; the midline where there are no legs."""
    sided = [anatomy.split_side(name) for name in recording.motion_names]
    for side in ("r", "l"):
        own = {base: k for k, (base, where) in enumerate(sided) if where == side and _known(recording, k)}
        chosen = CORE if set(CORE) <= set(own) else sorted(own)
        if chosen:
            yield side, recording.motion[:, [own[base] for base in chosen]]
    if not any(side for _, side in sided):
        middle = sorted((name, k) for k, name in enumerate(recording.motion_names) if _known(recording, k))
        values = recording.motion[:, [k for _, k in middle]]
        if middle:
            yield "", values
            yield MIRRORED, values * np.array([_sign(name) for name, _ in middle], np.float32)


def _known(recording: Recording, column: int) -> bool:
    """A coordinate that was measured; what is derived from the motion says nothing new."""
    name = recording.motion_names[column]
    return not anatomy.is_derived_column(name) and bool(np.isfinite(recording.motion[:, column]).any())


def _sign(name: str) -> int:
    return anatomy.coordinate(name).mirror


def _motion(values: Array32, labelled: Mask, step: int) -> Iterator[int]:
    if len(values) < FRAMES:
        return
    there = _windows(labelled & np.isfinite(values).all(axis=1), FRAMES).all(axis=-1)
    exact = (np.nan_to_num(values) + np.float32(0)).view(np.uint32).astype(np.uint64)  # + 0 makes one zero of two
    rounded = np.round(np.nan_to_num(values).astype(np.float64) / GRID).astype(np.int64)
    spread = np.ptp(_windows(rounded, FRAMES), axis=-1).max(axis=1)
    for salt, codes, moves in ((1, exact, spread > 0), (2, rounded.view(np.uint64), spread >= MOVED)):
        moving = moves if salt == 2 else (np.ptp(_windows(exact, FRAMES), axis=-1) > 0).any(axis=1)
        yield from _hashed(codes, FRAMES, salt, step)[(there & moving)[::step]].tolist()


def _envelope(values: Array, step: int) -> Iterator[int]:
    known = np.isfinite(values) & (values > 0)
    if known.sum() <= LONG:
        return
    change = np.diff(np.log(np.where(known, values, 1.0)))
    codes = np.round(change / RELATIVE).astype(np.int64)
    there = _windows(known[1:] & known[:-1], LONG).all(axis=-1)
    changes = (np.abs(_windows(codes, LONG)) >= 10).mean(axis=-1) > 0.5
    yield from _hashed(codes.view(np.uint64)[:, None], LONG, 3, step)[(there & changes)[::step]].tolist()


def _windows(values: NDArray[np.generic], length: int) -> NDArray[np.generic]:
    """(T - length + 1, ..., length)"""
    return np.lib.stride_tricks.sliding_window_view(values, length, axis=0)


def _hashed(codes: Codes, length: int, salt: int, step: int) -> Codes:
    """Multilinear hash modulo 2^64 of every `step`-th window of (T, C) codes."""
    windows = np.lib.stride_tricks.sliding_window_view(codes, length, axis=0)[::step]
    drawn = np.random.default_rng(salt).integers(0, 2**63, (codes.shape[1], length), np.uint64)
    keys = drawn * np.uint64(2) + np.uint64(1)
    hashed: Codes = (windows * keys).sum(axis=(1, 2), dtype=np.uint64)
    return hashed ^ (hashed >> np.uint64(29))
