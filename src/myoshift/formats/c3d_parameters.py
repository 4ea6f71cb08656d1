"""The parameter section of a C3D file, and the number formats of the three processors that wrote such files.

Format: https://www.c3d.org/docs/C3D_User_Guide.pdf. Every offset is checked before it is followed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.source import AGAIN, Bytes
from myoshift.types import Array32

Value: TypeAlias = "str | tuple[str, ...] | int | float | NDArray[Any]"
Parameters: TypeAlias = dict[str, dict[str, Value]]

BLOCK = 512
MOST_DIMENSIONS = 7
_PROCESSORS = {84: "intel", 85: "dec", 86: "mips"}


@dataclass(frozen=True)
class Numbers:
    """How one processor writes integers and reals: Intel, DEC (VAX reals) or MIPS (big endian)."""

    processor: str

    @property
    def _order(self) -> str:
        return ">" if self.processor == "mips" else "<"

    def integers(self, raw: Bytes, start: int, count: int, what: str, *, signed: bool = True) -> NDArray[Any]:
        """`count` 16-bit integers from byte `start`."""
        check(raw, start, 2 * count, what)
        return np.frombuffer(raw, self._order + ("i2" if signed else "u2"), count, start)

    def reals(self, raw: Bytes, start: int, count: int, what: str) -> Array32:
        """`count` 32-bit reals from byte `start`, as IEEE numbers."""
        check(raw, start, 4 * count, what)
        if self.processor != "dec":
            return np.frombuffer(raw, self._order + "f4", count, start)
        words = np.frombuffer(raw, "<u2", 2 * count, start).reshape(-1, 2).astype(np.uint32)
        bits = words[:, 0] << 16 | words[:, 1]  # the VAX stores the half with sign and exponent first
        return bits.view(np.float32) / np.float32(4)  # and its exponent counts two more


def check(raw: Bytes, start: int, size: int, what: str) -> None:
    """Refuse to read past the end of the file."""
    if start < 0 or size < 0 or start + size > len(raw):
        raise DataFormatError(
            "the file is truncated",
            where=what,
            why=f"{start + size} bytes promised, {len(raw)} bytes present",
            mend=AGAIN,
        )


def read_parameters(raw: Bytes) -> tuple[Parameters, Numbers]:
    """All parameters by group and name (upper case as stored), and the number format of the file.

    Texts are stripped; one text is a `str`, several are a tuple. One number without dimensions is an `int` or
    `float`, others are arrays in the order of their dimensions.
    """
    start = (raw[0] - 1) * BLOCK
    check(raw, start, 4, "parameter section")
    processor = _PROCESSORS.get(raw[start + 3])
    if processor is None:
        raise DataFormatError(
            "unknown processor type",
            where=f"byte {start + 3}",
            why=f"{raw[start + 3]} is none of 84, 85, 86",
            mend=AGAIN,
        )
    numbers = Numbers(processor)
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Value]] = []
    at = start + 4
    while True:
        check(raw, at, 2, "parameter section")
        length, group = abs(_int8(raw, at)), _int8(raw, at + 1)
        if length == 0 or group == 0:
            break
        name = _text(raw, at + 2, length, "parameter name")
        at += 2 + length
        step = int(numbers.integers(raw, at, 1, f"parameter {name!r}", signed=False)[0])
        if group < 0:
            groups[-group] = name.upper()
        else:
            found.append((group, name, _value(raw, at + 2, numbers, name)))
        if step == 0:
            break
        at += step
    parameters: Parameters = {name: {} for name in groups.values()}
    for number, name, value in found:
        parameters.setdefault(groups.get(number, f"GROUP {number}"), {})[name] = value
    return parameters, numbers


def _value(raw: Bytes, at: int, numbers: Numbers, name: str) -> Value:
    where = f"parameter {name!r}"
    check(raw, at, 2, where)
    kind, rank = _int8(raw, at), raw[at + 1]
    if rank > MOST_DIMENSIONS:
        raise DataFormatError(
            "too many dimensions", where=where, why=f"{rank}, at most {MOST_DIMENSIONS}", mend=AGAIN
        )
    check(raw, at + 2, rank, where)
    shape = tuple(raw[at + 2 : at + 2 + rank])
    start, count = at + 2 + rank, math.prod(shape)
    if kind == -1:
        return _texts(raw, start, shape, where)
    if kind == 1:
        check(raw, start, count, where)
        values: NDArray[Any] = np.frombuffer(raw, np.uint8, count, start)
    elif kind == 2:
        values = numbers.integers(raw, start, count, where)
    elif kind == 4:
        values = numbers.reals(raw, start, count, where)
    else:
        raise DataFormatError("unknown parameter type", where=where, why=f"{kind} is none of -1, 1, 2, 4", mend=AGAIN)
    return values.reshape(shape, order="F").copy(order="K") if shape else values.item()


def _texts(raw: Bytes, start: int, shape: tuple[int, ...], where: str) -> str | tuple[str, ...]:
    if len(shape) < 2:
        return _text(raw, start, math.prod(shape), where)
    length, count = shape[0], math.prod(shape[1:]) if shape[0] else 0
    return tuple(_text(raw, start + i * length, length, where) for i in range(count))


def _text(raw: Bytes, start: int, length: int, where: str) -> str:
    check(raw, start, length, where)
    letters = raw[start : start + length]
    try:
        text = letters.decode()
    except UnicodeDecodeError:
        text = letters.decode("latin-1")
    return text.strip(" \0\r\n\t")


def _int8(raw: Bytes, at: int) -> int:
    return raw[at] - 256 if raw[at] > 127 else raw[at]
