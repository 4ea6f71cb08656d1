"""Archives damaged in their headers; what counts is that the files in them are all there, whole, or none."""

from __future__ import annotations

import bz2
import gzip
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from formats.test_archive import tar, zipped, zstd
from fuzz.mutant import Mutant, pick
from myoshift import formats

MEMBERS = {"a/one.csv": b"1,2\n" * 300, "a/two.csv": b"3,4\n" * 200, "b.txt": b"5" * 700}
SIZES = tuple(sorted(map(len, MEMBERS.values())))


@dataclass(frozen=True)
class Pack:
    """How the members are packed."""

    wrap: object
    kind: object = tar

    @property
    def data(self):
        return self.wrap(self.kind(MEMBERS))

    @property
    def facts(self):
        return SIZES


def plain(raw):
    return raw


def unpack(path):
    """Unpack into a folder of its own: the sizes of the files."""
    folder = Path(tempfile.mkdtemp())
    try:
        formats.unpack(path, folder / "out")
        return tuple(sorted(each.stat().st_size for each in (folder / "out").rglob("*") if each.is_file()))
    finally:
        shutil.rmtree(folder)


def inside(original, random):
    """A byte under the compression."""
    data = bytearray(original.kind(MEMBERS))
    at = int(random.integers(0, min(len(data), 512)))
    data[at] = int(random.integers(0, 256))
    return Mutant(original.wrap(bytes(data)), "a byte under the compression")


def cut_inside(original, random):
    data = original.kind(MEMBERS)
    at = pick(random, (int(random.integers(0, len(data))), 512 * int(random.integers(1, max(2, len(data) // 512)))))
    return Mutant(original.wrap(data[:at]), f"cut at {at} under the compression")


def member_gone(original, random):
    kept = dict(list(MEMBERS.items())[: int(random.integers(1, 3))])
    return Mutant(original.wrap(original.kind(kept)), "a member left out", tuple(sorted(map(len, kept.values()))))


ARCHIVES = (Pack(plain, zipped), Pack(plain), Pack(gzip.compress), Pack(bz2.compress), Pack(zstd))
DAMAGES = (inside, inside, cut_inside, member_gone)
