"""Damaged copies of a file, as in the study of damaged files: cut, header bytes, extreme words, random bytes."""

from __future__ import annotations

import numpy as np


def mutants(raw, count, *, seed, header):
    """`count` damaged copies of `raw`, whose first `header` bytes say how to read the rest."""
    random = np.random.default_rng(seed)
    for number in range(count):
        data = bytearray(raw)
        if number % 4 == 0:
            del data[int(random.integers(0, len(raw))) :]
        elif number % 4 == 1:
            for at in random.integers(0, header, 3):
                data[at] = int(random.integers(0, 256))
        elif number % 4 == 2:
            at = int(random.integers(0, header - 1))
            data[at : at + 2] = [b"\xff\xff", b"\xff\x7f", b"\x00\x80", b"\x00\x00"][int(random.integers(0, 4))]
        else:
            for at in random.integers(0, len(raw), 64):
                data[at] = int(random.integers(0, 256))
        yield bytes(data)
