"""Flat arrays and an index table per domain, written so that a reader finds all of it or none.

A folder holds, for each domain, the motion and the activation of all its recordings one after the other in flat
float32 `.npy` files, and `index.json`: the key, and per domain a table with one row per recording (names, shapes,
offsets, everything else that a `Recording` carries). Array files are named by their content and written first; the
index names them and replaces the old index last, in one rename. Whatever stops a writer, the old index stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import IntegrityError
from myoshift.formats import write_atomic
from myoshift.store.drafts import ARRAYS, Drafts, writable
from myoshift.types import Array32, Event, Flag, Recording, SourceFile

INDEX = "index.json"
VERSION = 1
_MEND = "delete the folder; it is built again when it is next needed"


def write(folder: Path, recordings: Iterable[Recording], key: str) -> None:
    """Store recordings under a key, one after the other; replaces what the folder held.

    No more than one recording is held at a time, beside one row of the index for each.

    Parameters
    ----------
    folder : made when it is not there
    recordings : asked for one at a time; when that fails, the folder is left as it was
    key : hash of everything that the recordings were made from

    Raises
    ------
    DataRefused
        When nothing is given, two recordings have the same id, or the folder cannot be written.
    """
    drafts = Drafts(folder)
    try:
        for recording in recordings:
            drafts.add(recording)
        domains = drafts.finished()
        index = {"version": VERSION, "key": key, "domains": domains}
        with writable(folder):
            write_atomic(folder / INDEX, json.dumps({"sha256": _digest(index), **index}, indent=1).encode())
    finally:
        drafts.discard()
    _sweep(folder, {domain[array]["file"] for domain in domains for array in ARRAYS})


def read(folder: Path, key: str | None = None) -> tuple[Recording, ...]:
    """The recordings of a folder, their arrays memory-mapped and read-only.

    Recordings come domain by domain, in the order in which they were written. The content of the arrays is held
    against its hash (half a second per gigabyte), so that a cache which was damaged is never used.

    Raises
    ------
    IntegrityError
        When the folder is missing, torn, altered, of another version, or was built with another key than `key`.
    """
    index = _index(folder)
    if key is not None and index["key"] != key:
        raise IntegrityError(
            "stored recordings are stale", where=folder, why=f"key {index['key']}, expected {key}", mend=_MEND
        )
    return tuple(each for domain in index["domains"] for each in _read_domain(folder, domain))


def windows(array: Array32, starts: NDArray[np.int64], frames: int) -> Array32:
    """Windows (B, frames, C), copied out of a stored array (T, C): nothing but they is read from disk.

    Parameters
    ----------
    starts : (B,) first frame of each

    Raises
    ------
    IndexError
        When a window does not lie within the array.
    """
    if len(starts) and not 0 <= starts.min() <= starts.max() <= len(array) - frames:
        raise IndexError(f"windows from {starts.min()} to {starts.max() + frames} in {len(array)} frames")
    out = np.empty((len(starts), frames, *array.shape[1:]), array.dtype)
    plain = np.asarray(array)  # slices of a memory map cost twice as much as those of the array it is
    for window, start in zip(out, starts.tolist(), strict=True):
        window[:] = plain[start : start + frames]
    return out


def _index(folder: Path) -> dict[str, Any]:
    """The index, if it is whole, unaltered and of this version."""
    path = folder / INDEX
    try:
        index = json.loads(path.read_bytes())
        stated = index.pop("sha256")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IntegrityError("no readable index of recordings", where=path, why=repr(error), mend=_MEND) from error
    if stated != _digest(index):
        why = f"sha256 {_digest(index)[:16]}..., expected {str(stated)[:16]}..."
        raise IntegrityError("the index is not the one that was stored", where=path, why=why, mend=_MEND)
    if index["version"] != VERSION:
        why = f"layout {index['version']}, expected {VERSION}"
        raise IntegrityError("stored by another version", where=folder, why=why, mend=_MEND)
    return dict(index)


def _digest(index: dict[str, Any]) -> str:
    """SHA-256 of the index's content."""
    return hashlib.sha256(json.dumps(index, sort_keys=True).encode()).hexdigest()


def _read_domain(folder: Path, domain: dict[str, Any]) -> list[Recording]:
    flat = {array: _read_flat(folder, domain[array]) for array in ARRAYS}
    rows = domain["recordings"]
    parts = {array: _parts(flat[array], rows, f"{array}_names") for array in ARRAYS}
    return [
        _recording(row, motion, activation)
        for row, motion, activation in zip(rows, parts["motion"], parts["activation"], strict=True)
    ]


def _read_flat(folder: Path, entry: dict[str, Any]) -> Array32:
    path = folder / entry["file"]
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise IntegrityError("an array of the index is missing", where=path, mend=_MEND) from error
    if digest != entry["sha256"]:
        why = f"sha256 {digest[:16]}..., expected {entry['sha256'][:16]}..."
        raise IntegrityError("an array is not the one that was stored", where=path, why=why, mend=_MEND)
    flat: Array32 = np.load(path, mmap_mode="r" if entry["values"] else None, allow_pickle=False)
    return flat


def _parts(flat: Array32, rows: list[dict[str, Any]], names: str) -> list[Array32]:
    """Cut a flat array into (T, C) views, one per row of the index."""
    shapes = [(row["frames"], len(row[names])) for row in rows]
    ends = np.cumsum([0, *(frames * columns for frames, columns in shapes)])
    return [flat[a:b].reshape(shape) for (a, b), shape in zip(pairwise(ends), shapes, strict=True)]


def _recording(row: dict[str, Any], motion: Array32, activation: Array32) -> Recording:
    facts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items() if name != "frames"
    }
    facts["events"] = tuple(Event(**each) for each in row["events"])
    facts["provenance"] = tuple(SourceFile(**each) for each in row["provenance"])
    facts["flags"] = tuple(Flag(**each) for each in row["flags"])
    return Recording(motion=motion, activation=activation, **facts)


def _sweep(folder: Path, keep: set[str]) -> None:
    """Delete arrays that the index does not name, and what an interrupted writer left."""
    for path in [*folder.glob("*.npy"), *folder.glob(".*.part")]:
        if path.name not in keep:
            path.unlink(missing_ok=True)
