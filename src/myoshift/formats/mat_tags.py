"""The skeleton of a MATLAB v5 file, walked before the file is read: every element must fill the one it lies in.

scipy reads past a size or a count that was damaged, and the variables and fields behind it are missing without a
word. Format: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass

HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
_CELL, _STRUCT, _CHAR, _NUMBERS = 1, 2, 4, range(6, 16)
_COMPLEX = 0x0800


class Damaged(ValueError):  # noqa: N818 - it never leaves the child process
    """An element does not fit into the one that it lies in."""


@dataclass(frozen=True)
class _Element:
    """Type of an element, where its content begins and ends, and where the next one begins."""

    kind: int
    start: int
    end: int
    next: int


def check(raw: bytes) -> None:
    """Walk a whole file.

    Raises
    ------
    Damaged
        Where sizes and counts do not fit together.
    zlib.error
        Where a compressed variable is damaged.
    """
    order = "<" if raw[126:128] == b"IM" else ">"
    if len(raw) <= HEADER:
        raise Damaged("no variable behind the header")
    at = HEADER
    while at < len(raw):
        kind, size = _words(raw, at, 2, order)
        end = at + 8 + size
        if kind not in (_MATRIX, _COMPRESSED) or end > len(raw):
            raise Damaged(f"truncated: byte {at}: a variable of type {kind} and {size} bytes in a file of {len(raw)}")
        whole = zlib.decompress(raw[at + 8 : end]) if kind == _COMPRESSED else raw[at:end]
        if _matrix(whole, 0, order) != len(whole):
            raise Damaged(f"byte {at}: a variable is shorter than the {len(whole)} bytes it takes")
        at = end


def _matrix(raw: bytes, at: int, order: str) -> int:
    """Check one array with all that lies in it; where the next one begins."""
    outer = _element(raw, at, order)
    if outer.kind != _MATRIX:
        raise Damaged(f"an array of type {outer.kind}")
    if outer.start == outer.end:
        return outer.next
    flags = _element(raw, outer.start, order)
    word = _words(raw, flags.start, 1, order)[0]
    kind = word & 0xFF
    if kind not in (_CELL, _STRUCT, _CHAR, *_NUMBERS):
        return outer.next  # objects, function handles and sparse matrices are refused by name when they are read
    sizes = _element(raw, flags.next, order)
    count = math.prod(_words(raw, sizes.start, (sizes.end - sizes.start) // 4, order))
    at = _element(raw, sizes.next, order).next  # behind the name
    if kind == _STRUCT:
        at, fields = _fields(raw, at, order)
        count *= fields
    if kind in (_CELL, _STRUCT):
        _room(count, outer.end - at, 8)
        for _ in range(count):
            at = _matrix(raw, at, order)
    else:
        for _ in range(2 if word & _COMPLEX else 1):
            at = _numbers(raw, at, order, None if kind == _CHAR else count)
    if at != outer.end:
        raise Damaged(f"an array ends at byte {at} where it should at {outer.end}")
    return outer.next


def _fields(raw: bytes, at: int, order: str) -> tuple[int, int]:
    """Where the first field of a struct begins, and the number of fields."""
    width = _element(raw, at, order)
    names = _element(raw, width.next, order)
    letters, size = _words(raw, width.start, 1, order)[0], names.end - names.start
    if letters == 0 or size % letters:
        raise Damaged(f"field names of {letters} letters in {size} bytes")
    return names.next, size // letters


def _numbers(raw: bytes, at: int, order: str, count: int | None) -> int:
    """Check that an element holds `count` numbers; where the next one begins."""
    inner = _element(raw, at, order)
    size = inner.end - inner.start
    if count is not None and size != count * _SIZES.get(inner.kind, 0):
        raise Damaged(f"{count} numbers of type {inner.kind} in {size} bytes")
    return inner.next


def _element(raw: bytes, at: int, order: str) -> _Element:
    kind, size = _words(raw, at, 2, order)
    if kind >> 16:
        kind, size, start, after = kind & 0xFFFF, kind >> 16, at + 4, at + 8
        _room(1, 4, size)
    else:
        start = at + 8
        after = start + size + -size % 8
    end = start + size
    if end > len(raw):
        raise Damaged(f"byte {at}: an element of {size} bytes where {len(raw) - start} are left")
    return _Element(kind, start, end, min(after, len(raw)))


def _room(count: int, space: int, each: int) -> None:
    if count * each > space:
        raise Damaged(f"{count} elements in {space} bytes")


def _words(raw: bytes, at: int, count: int, order: str) -> tuple[int, ...]:
    if at + 4 * count > len(raw):
        raise Damaged(f"byte {at}: {count} words where {len(raw) - at} bytes are left")
    return struct.unpack_from(f"{order}{count}I", raw, at)
