"""A pickled pandas DataFrame as arrays: neither pandas nor the version that wrote it is needed.

Layout: https://github.com/pandas-dev/pandas, `BlockManager.__reduce__`, and numpy's `ndarray.__reduce_ex__`. A block
holds some of the columns, each as one row; the frame's first axis is the columns' names, the second one the index.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.detect import expect
from myoshift.formats.source import AGAIN, content, named
from myoshift.formats.unpickle import RECIPE, Call, record
from myoshift.types import Array

LIMIT = 2**30
_NUMBERS = re.compile(r"[fiu][1248]")


@dataclass(frozen=True, eq=False)
class Frame:
    """A table of numbers as pandas keeps it: values (T, C), the names of the columns, the index (T,) of the rows."""

    values: Array
    names: tuple[str, ...]
    index: Array


def read_frame(path: str | Path) -> Frame:
    """Read a pickled DataFrame of numbers with words as column names and numbers as index; nothing is executed.

    Raises
    ------
    DataFormatError
        When the pickle asks for anything but a table of numbers (the message names it), is a joblib dump, is larger
        than 1 GiB, damaged, or its shapes disagree.
    """
    with named(path):
        raw = content(path)
        expect(raw, "pickle")
        if len(raw) > LIMIT:
            raise DataFormatError("the pickle is too large", why=f"{len(raw)} bytes, limit {LIMIT}", mend=RECIPE)
        root = record(raw)
        try:
            return _frame(root, len(raw))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
            why = f"{type(error).__name__}: {error}"
            raise DataFormatError("this pickle is no table of numbers", why=why, mend=RECIPE) from error


def _frame(root: Any, size: int) -> Frame:
    manager = _call(_call(root, "DataFrame").state["_mgr"], "BlockManager")
    blocks, (columns, index) = manager.args[0], manager.args[1]
    names, rows = _names(columns), _numbers(_index(index)).astype(np.float64)
    if rows.ndim != 1 or len(rows) * len(names) > size:  # a number takes a byte at least, however it is shared
        raise DataFormatError(
            "the table is truncated", why=f"{len(rows)} x {len(names)} numbers in {size} bytes", mend=AGAIN
        )
    values = np.full((len(rows), len(names)), np.nan)
    filled = np.zeros(len(names), int)
    for block in blocks:
        numbers, placement, _ = _call(block, "_unpickle_block").args
        where = _placement(placement, len(names))
        values[:, where] = _block(_numbers(numbers), len(where), len(rows)).T
        filled[where] += 1
    if not (filled == 1).all():
        raise ValueError(f"column {names[int(np.argmax(filled != 1))]!r} is there {filled[filled != 1][0]} times")
    return Frame(values, names, rows)


def _call(node: Any, name: str) -> Call:
    if not isinstance(node, Call) or node.name.rpartition(".")[2] != name:
        raise TypeError(f"{getattr(node, 'name', type(node).__name__)} in place of {name}")
    return node


def _block(numbers: NDArray[Any], columns: int, rows: int) -> NDArray[Any]:
    if numbers.shape != (columns, rows):
        raise ValueError(f"a block of shape {numbers.shape} where {columns} columns of {rows} rows belong")
    return numbers


def _placement(node: Any, count: int) -> NDArray[np.int64]:
    """Which columns a block holds: a slice, or their numbers."""
    if node.name.endswith(".slice"):
        start, stop, step = node.args
        if not 0 <= start <= stop <= count or step < 1:
            raise ValueError(f"columns {start}:{stop}:{step} of {count}")
        return np.arange(start, stop, step, dtype=np.int64)
    where = _numbers(node).astype(np.int64)
    if len(np.unique(where)) != len(where) or where.min(initial=0) < 0:
        raise ValueError("a block with the same column twice")
    return where


def _index(node: Any) -> Any:
    """The data of an index."""
    return _call(node, "_new_Index").args[1]["data"]


def _numbers(node: Any) -> NDArray[Any]:
    """A numeric array, from either way that numpy pickles one."""
    if node.name.endswith("._frombuffer"):
        buffer, kind, shape, order = node.args
        fortran = {"C": False, "F": True}[order]
    else:
        _, shape, kind, fortran, buffer = _reconstructed(node)
    return _array(_bytes(buffer), _dtype(kind), shape, "F" if fortran else "C")


def _array(raw: bytes, kind: np.dtype[Any], shape: tuple[int, ...], order: Any) -> NDArray[Any]:
    promised = kind.itemsize * math.prod(shape)
    if promised != len(raw) or min(shape, default=0) < 0:
        raise DataFormatError(
            "the array is truncated or damaged",
            why=f"shape {shape} promises {promised} bytes, {len(raw)} bytes present",
            mend=AGAIN,
        )
    return np.frombuffer(raw, kind).reshape(shape, order=order)


def _reconstructed(node: Any) -> tuple[Any, ...]:
    """State of an array: version, shape, kind, whether it is in Fortran's order, content."""
    version, shape, kind, fortran, inside = _call(node, "_reconstruct").state
    return version, shape, kind, fortran, inside


def _dtype(node: Any) -> np.dtype[Any]:
    (code, *_), (_, order, *_) = _call(node, "dtype").args, node.state
    if not _NUMBERS.fullmatch(code) or order not in ("<", ">", "|", "="):
        raise TypeError(f"a column of kind {code!r}, not numbers")
    kind: np.dtype[Any] = np.dtype(order + code)
    return kind


def _bytes(node: Any) -> bytes:
    """Bytes as they stand, or as protocol 2 writes them: words to be encoded."""
    if isinstance(node, Call) and node.name.endswith(".bytearray"):
        return _bytes(*node.args)
    if isinstance(node, Call):
        words, code = _call(node, "encode").args
        if code != "latin1":
            raise ValueError(f"bytes encoded as {code!r}")
        return bytes(words.encode("latin1"))
    if not isinstance(node, bytes | bytearray):
        raise TypeError(f"{type(node).__name__} in place of bytes")
    return bytes(node)


def _names(node: Any) -> tuple[str, ...]:
    """Words of an index: an array of objects, pandas' own array around one, or Arrow's buffers."""
    data = _index(node)
    if data.name.endswith(".ArrowStringArray"):
        return _arrow(data.state["_pa_array"])
    if data.name.endswith(".__pyx_unpickle_NDArrayBacked"):
        data = data.state[1]
    _, shape, kind, _, words = _reconstructed(data)
    if _call(kind, "dtype").args[0] not in ("O8", "O4") or len(words) != math.prod(shape):
        raise TypeError("the names of the columns are no words")
    if not all(isinstance(word, str) for word in words):
        raise TypeError("a name of a column is no word")
    return tuple(words)


def _arrow(node: Any) -> tuple[str, ...]:
    """Words of one Arrow array: https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-layout."""
    ((kind, length, missing, offset, (_, ends, words), *_),) = _call(node, "_restore_array").args
    if not isinstance(kind.args[0], str) or missing or offset:
        raise ValueError("words are missing or cut in the names of the columns")
    width = {"large_string": "<i8", "string": "<i4"}[_call(kind, "type_for_alias").args[0]]
    limits, text = np.frombuffer(_buffer(ends), width)[: length + 1], _buffer(words)
    if len(limits) != length + 1 or limits[0] < 0 or limits[-1] > len(text) or (np.diff(limits) < 0).any():
        raise ValueError("the names of the columns are damaged")
    return tuple(text[start:stop].decode() for start, stop in itertools.pairwise(limits))


def _buffer(node: Any) -> bytes:
    return _bytes(*_call(node, "py_buffer").args)
