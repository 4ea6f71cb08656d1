"""Contiguous blocks of present samples. Nothing in this room ever looks across a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from myoshift.types import Array, Mask


def blocks(present: Mask) -> list[tuple[int, int]]:
    """Start and end (excluded) of every run of True in (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], present, [False]])))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def alike(present: Mask) -> Iterator[tuple[Mask, Mask]]:
    """Groups of columns of (T, C) that are present at the same samples: the columns (C,) and the samples (T,)."""
    columns = np.ascontiguousarray(present.T)
    patterns = [column.tobytes() for column in columns]  # compared as bytes: sorting rows of structs takes minutes
    for pattern in sorted(set(patterns)):
        yield np.array([each == pattern for each in patterns]), columns[patterns.index(pattern)]


def per_block(values: Array, function: Callable[[Array], Array], *, shortest: int) -> Array:
    """Apply a function (n, c) -> (n, c) to every block of (T, C); NaN in gaps and in blocks below `shortest`."""
    out = np.full(values.shape, np.nan)
    for columns, present in alike(np.isfinite(values)):
        for start, stop in blocks(present):
            if stop - start >= shortest:
                out[start:stop, columns] = function(values[start:stop, columns])
    return out
