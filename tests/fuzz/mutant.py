"""What a damaged copy is, and damage that any file can suffer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Facts = tuple  # shapes and rates, see `facts`
EXTREMES = (b"\xff\xff", b"\xff\x7f", b"\x00\x80", b"\x00\x00", b"\x01\x00", b"\xff\xff\xff\xff", b"\x00\x00\x80\x7f")


@dataclass(frozen=True)
class Mutant:
    """A damaged copy.

    `states` are the facts that the damaged file states without contradicting itself, where the damage makes another
    file of the same format (a row less in a table that counts none): a reader may then give them. None where it does
    not: a reader that gives other facts than those of the original must refuse or flag.
    """

    data: bytes
    damage: str
    states: Facts | None = None


@dataclass(frozen=True)
class Target:
    """A reader and how its files are damaged.

    Parameters
    ----------
    read : of a path
    originals : whole files by name, with what `damages` need to know of their structure
    damages : of an original and a random generator, a mutant
    header : bytes at the beginning that say how to read the rest, where damage does most
    oracle : what damaged bytes state, by an independent plain parser; None for a contradiction
    dies : the reader runs a child process, and its death is a refusal
    """

    name: str
    suffix: str
    read: Callable[[Any], Any]
    originals: tuple[Any, ...]
    damages: tuple[Callable[[Any, np.random.Generator], Mutant], ...]
    header: int
    oracle: Callable[[bytes], Facts | None] = field(default=lambda data: None)
    dies: bool = False


def mutant(target: Target, number: int) -> tuple[Any, Mutant]:
    """The original and the mutant of a number, always the same."""
    random = np.random.default_rng([number, len(target.name), *target.name.encode()])
    original = target.originals[number % len(target.originals)]
    kinds = (*target.damages, *ANY)
    damage = kinds[int(random.integers(0, len(kinds)))]
    if damage in ANY:
        data, what = damage(original.data, random, target.header)
        return original, Mutant(data, what, target.oracle(data))
    return original, damage(original, random)


def pick(random, values):
    """One of these."""
    return values[int(random.integers(0, len(values)))]


def cut(data, random, header):
    return data[: int(random.integers(0, len(data)))], "cut anywhere"


def cut_header(data, random, header):
    return data[: int(random.integers(0, min(header, len(data))))], "cut in the header"


def header_bytes(data, random, header):
    data = bytearray(data)
    for at in random.integers(0, min(header, len(data)), int(random.integers(1, 4))):
        data[at] = int(random.integers(0, 256))
    return bytes(data), "random bytes in the header"


def header_word(data, random, header):
    data, word = bytearray(data), pick(random, EXTREMES)
    at = int(random.integers(0, min(header, len(data)) - len(word)))
    data[at : at + len(word)] = word
    return bytes(data), "extreme word in the header"


def random_bytes(data, random, header):
    data = bytearray(data)
    for at in random.integers(0, len(data), int(random.integers(1, 65))):
        data[at] = int(random.integers(0, 256))
    return bytes(data), "random bytes anywhere"


def bit(data, random, header):
    data, at = bytearray(data), int(random.integers(0, len(data)))
    data[at] ^= 1 << int(random.integers(0, 8))
    return bytes(data), "one bit"


def slice_out(data, random, header):
    at, size = int(random.integers(0, len(data))), int(random.integers(1, 65))
    return data[:at] + data[at + size :], "bytes left out"


def slice_in(data, random, header):
    at, size = int(random.integers(0, len(data))), int(random.integers(1, 65))
    return data[:at] + data[at : at + size] + data[at:], "bytes repeated"


def appended(data, random, header):
    size = int(random.integers(1, 1025))
    return data + pick(random, (bytes(size), random.bytes(size), data[:size])), "bytes appended"


ANY = (cut, cut_header, header_bytes, header_bytes, header_word, random_bytes, bit, slice_out, slice_in, appended)
