"""HDF5 in general: every array of numbers by its path, when it lies in this very file, whole, and can be that large.

HDF5 itself can point to other files, promise more than it holds and leave parts out; all that is refused before
anything is read, and a child process reads first, since a damaged file can make the library loop or crash.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats import child
from myoshift.formats.detect import expect
from myoshift.formats.source import AGAIN, mapped, named
from myoshift.formats.text import clip

DENSEST = 1032  # no byte of deflate holds more than this many bytes
LIMIT = 2**32  # bytes of a file, unpacked
MEMBERS, DEPTH = 10_000, 32
SPREAD = 1 << 26  # bytes that any file may unpack to, beyond `RATIO` times its size
RATIO = 100


def read_hdf5(path: str | Path, *, seconds: float = 60.0, gigabytes: float = 8.0) -> dict[str, Any]:
    """Arrays of an HDF5 file by path (`trial/emg`); of a compound data set each field (`trial/series/time`).

    Parameters
    ----------
    seconds, gigabytes : limits of the child process that reads the file first

    Returns
    -------
    dict
        Numbers as arrays, texts as `str` or a list of them. What they mean (units, rates) is for the caller to state.

    Raises
    ------
    DataFormatError
        No HDF5, damaged, links of any kind but hard ones, data in other files, data that the file cannot hold or that
        are not all there, references and other objects, more than 10,000 members.
    """
    with named(path):
        expect(mapped(path), "hdf5")
        rehearse(path, seconds, gigabytes)
        return dict(_flat(tree(path, plain), ""))


def rehearse(path: str | Path, seconds: float, gigabytes: float) -> None:
    """Have a child process read the whole file, to see whether the library survives it; raises as `child.run`."""
    child.run("myoshift.formats.hdf5_child", [str(path), str(gigabytes)], seconds)


def tree(path: str | Path, read: Callable[[Any, str], Any], *, hidden: str = "") -> dict[str, Any]:
    """What `read` makes of every data set of a file, in nested dicts; raises as `read_hdf5`.

    In this process: a damaged file can hang or crash it. Members that begin with `hidden` are not looked at.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return _Walk(Path(path).stat().st_size, read, hidden).group(file, "", 0)
    except DataFormatError:
        raise
    except Exception as error:  # a damaged file makes HDF5 fail in any way
        why = clip(" ".join(str(error).split()))
        raise DataFormatError("the HDF5 file is damaged", why=f"{type(error).__name__}: {why}", mend=AGAIN) from error


@dataclass
class _Walk:
    """One walk through a file of `size` bytes, counting members and bytes."""

    size: int
    read: Callable[[Any, str], Any]
    hidden: str
    members: int = 0
    unpacked: int = 0

    def group(self, group: Any, where: str, depth: int) -> dict[str, Any]:
        if depth > DEPTH:
            raise DataFormatError("groups without end", where=where[:80], why=f"limit {DEPTH}", mend=AGAIN)
        return {
            name: self._member(group, name, f"{where}/{name}" if where else name, depth)
            for name in group
            if not (self.hidden and name.startswith(self.hidden))
        }

    def _member(self, group: Any, name: str, where: str, depth: int) -> Any:
        import h5py

        self.members += 1
        if self.members > MEMBERS:
            raise DataFormatError("too many members", where=where, why=f"limit {MEMBERS}", mend="save them in parts")
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise DataFormatError(
                "a link in place of data", where=where, why=type(link).__name__, mend="copy the data into one file"
            )
        member = group[name]
        if isinstance(member, h5py.Group):
            return self.group(member, where, depth + 1)
        if not isinstance(member, h5py.Dataset):
            raise DataFormatError("neither group nor data set", where=where, why=type(member).__name__)
        refuse_elsewhere(member, where)
        if member.shape is None:
            return None
        refuse_impossible(member, self.size, where)
        self.unpacked += member.dtype.itemsize * math.prod(member.shape)
        limit = min(LIMIT, SPREAD + RATIO * self.size)
        if self.unpacked > limit:
            raise DataFormatError(
                "the arrays are too large", where=where, why=f"{self.unpacked} bytes unpacked, limit {limit}",
                mend="save them in parts",
            )  # fmt: skip
        return self.read(member, where)


def refuse_elsewhere(dataset: Any, where: str) -> None:
    """Refuse a data set whose numbers lie in other files."""
    if dataset.is_virtual or dataset.external:
        raise DataFormatError(
            "the data lie in other files",
            where=where,
            why="a virtual or external data set",
            mend="copy them into one",
        )


def refuse_impossible(dataset: Any, size: int, where: str) -> None:
    """Refuse, before anything is allocated, data that no file of this size can hold, or that are not all there."""
    text = dataset.dtype.metadata is not None and "vlen" in dataset.dtype.metadata
    item = 16 if text else dataset.dtype.itemsize  # 16 for the length and place of a text of any length
    stored, promised = dataset.id.get_storage_size(), item * math.prod(dataset.shape)
    chunk = item * math.prod(dataset.chunks or (0,))
    whole = promised == stored if dataset.chunks is None else promised <= stored * DENSEST
    pairs = zip(dataset.shape, dataset.chunks or dataset.shape, strict=True)
    missing = dataset.chunks is not None and dataset.id.get_num_chunks() != math.prod(-(-n // c) for n, c in pairs)
    if stored > size or max(promised, chunk) > LIMIT or chunk > size * DENSEST or not whole or missing:
        raise DataFormatError(
            "the data are truncated, or larger than the file can hold",
            where=where,
            why=f"shape {dataset.shape} promises {promised} bytes, {stored} bytes stored, the file has {size} bytes",
            mend=AGAIN,
        )


def plain(dataset: Any, where: str) -> Any:
    """Numbers as an array, a compound data set as a dict of its fields, texts as `str` or a list."""
    import h5py

    kind = dataset.dtype
    if h5py.check_string_dtype(kind) is not None:
        found = np.asarray(dataset.asstr(errors="replace")[()])
        return str(found.item()) if found.ndim == 0 else [str(text) for text in found.ravel()]
    if kind.fields and all(base.base.kind in "biufc" for base, *_ in kind.fields.values()):
        values = dataset[()]
        return {name: np.asarray(values[name]) for name in kind.fields}
    if kind.kind in "biufc" and kind.metadata is None:
        return np.asarray(dataset[()])
    if kind.kind in "biu" and kind.metadata and "enum" in kind.metadata:
        return np.asarray(dataset[()])
    raise DataFormatError(
        "neither numbers nor texts: objects and references are refused",
        where=where,
        why=f"the type is {clip(str(kind))}",
        mend="save plain numeric arrays",
    )


def _flat(node: dict[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    for name, each in node.items():
        path = f"{where}/{name}" if where else name
        if isinstance(each, dict):
            yield from _flat(each, path)
        elif each is not None:
            yield path, each
