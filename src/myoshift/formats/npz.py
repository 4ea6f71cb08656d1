"""Plain numpy files, .npz and .npy; pickles are refused, with the name of what they would run."""

from __future__ import annotations

import ast
import io
import math
import operator
import pickletools
import re
import stat
import zipfile
from collections.abc import Container
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.detect import BAD_ARCHIVE, expect
from myoshift.formats.source import AGAIN, content, named
from myoshift.formats.text import refuse_duplicates

RECIPE = "where you trust the file, load it and save plain numeric arrays: numpy.savez(name, **arrays)"
LIMIT = 2**30
BEGINNING = 2**20  # bytes of a pickle that are looked at


def read_npz(path: str | Path, *, names: Container[str] | None = None) -> dict[str, NDArray[Any]]:
    """Arrays of a .npz file by name: all, or those of `names` that are there, the others neither unpacked nor judged.

    Raises
    ------
    DataFormatError
        Damaged, larger than 1 GiB unpacked, two arrays of one name, or holding object arrays, which are pickles in
        disguise.
    """
    with named(path):
        raw = content(path)
        expect(raw, "npz")
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                _refuse_bomb(archive.infolist())
                _refuse_lost(raw, archive)
                members = {each.filename.removesuffix(".npy"): each for each in archive.infolist()}
                wanted = members if names is None else {name: m for name, m in members.items() if name in names}
                return {name: _member(archive, member) for name, member in wanted.items()}
        except BAD_ARCHIVE as error:
            raise DataFormatError(
                "the archive is damaged or truncated", why=f"{len(raw)} bytes: {error}", mend=AGAIN
            ) from error


def read_npy(path: str | Path) -> dict[str, NDArray[Any]]:
    """The array of a .npy file, under the file's stem; raises as `read_npz`."""
    with named(path):
        raw = content(path)
        expect(raw, "npy")
        return {Path(path).stem: _array(raw, Path(path).stem)}


def refuse_pickle(path: str | Path) -> NoReturn:
    """Refuse a pickle, naming the first thing that loading it would import. Nothing is executed.

    Raises
    ------
    DataFormatError
        Always.
    """
    with named(path):
        raise DataFormatError(
            "a pickle can run any program when it is loaded, and is not allowed",
            why=f"it asks for {_first_global(content(path)) or 'no module'}",
            mend=RECIPE,
        )


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    """Refuse, before anything is unpacked, arrays that are too large together, and two of one name."""
    largest, total = max(members, key=lambda each: each.file_size), sum(each.file_size for each in members)
    if total > LIMIT:
        raise DataFormatError(
            "the arrays are too large",
            where=largest.filename,
            why=f"{total} bytes unpacked, limit {LIMIT}",
            mend="save them in parts",
        )
    refuse_duplicates([each.filename for each in members], "array names", "the archive")
    for each in members:
        _refuse_stray(each)


def _refuse_stray(member: zipfile.ZipInfo) -> None:
    """Arrays are plain members with plain names: nothing is ever unpacked to a place that a name points to."""
    kind = member.external_attr >> 16
    if kind and not stat.S_ISREG(kind) and stat.S_IFMT(kind):
        why = "a symbolic link or device, only plain files are allowed"
    elif member.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", member.filename):
        why = "the name points out of the archive, only names inside are allowed"
    else:
        return
    raise DataFormatError("a member that is no array", where=member.filename, why=why, mend=RECIPE)


def _refuse_lost(raw: bytes, archive: zipfile.ZipFile) -> None:
    """Refuse an archive whose end counts other members than its directory lists, which is how one gets lost."""
    end = raw.rfind(b"PK\5\6")
    announced, listed = int.from_bytes(raw[end + 10 : end + 12], "little"), len(archive.infolist())
    if announced not in (listed, 0xFFFF):
        raise DataFormatError(
            "the archive's directory is damaged", why=f"{announced} arrays announced, {listed} listed", mend=AGAIN
        )


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    return _array(archive.read(member), member.filename.removesuffix(".npy"))


def _array(raw: bytes, key: str) -> NDArray[Any]:
    """The array of .npy bytes; the header is read as a literal and checked against the size before use.

    Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    where = f"array {key}"
    try:
        width = 2 if raw[6] == 1 else 4
        start = 8 + width + int.from_bytes(raw[8 : 8 + width], "little")
        header = ast.literal_eval(raw[8 + width : start].decode().strip())
        kind, shape = np.lib.format.descr_to_dtype(header["descr"]), tuple(map(operator.index, header["shape"]))
        order: Literal["F", "C"] = "F" if header["fortran_order"] else "C"
    except Exception as error:  # a literal made of arbitrary bytes can fail in any way
        raise DataFormatError(
            "the array header is damaged", where=where, why=type(error).__name__, mend=AGAIN
        ) from error
    if kind.hasobject:
        raise DataFormatError(
            "an object array, which is a pickle in disguise", where=where, why="allow_pickle is off", mend=RECIPE
        )
    promised, present = kind.itemsize * math.prod(shape), len(raw) - start
    if promised != present or min(shape, default=0) < 0:
        raise DataFormatError(
            "the array is truncated or damaged",
            where=where,
            why=f"shape {shape} promises {promised} bytes, {present} bytes present",
            mend=AGAIN,
        )
    return np.frombuffer(raw, kind, offset=start).reshape(shape, order=order)


def _first_global(raw: bytes) -> str:
    """`module.name` of the first global a pickle would import, '' for none or one too damaged to tell."""
    strings: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(_pickled(raw)):
            if opcode.name in ("GLOBAL", "INST"):
                return str(argument).replace(" ", ".")
            if opcode.name == "STACK_GLOBAL":
                return ".".join(strings[-2:])
            if isinstance(argument, str):
                strings.append(argument)
    except BAD_ARCHIVE:
        return ""
    return ""


def _pickled(raw: bytes) -> bytes:
    """The pickle itself, of one in an archive the beginning: archives can unpack to any size."""
    if not raw.startswith(b"PK"):
        return raw
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        name = next((name for name in archive.namelist() if name.endswith(".pkl")), "")
        if not name:
            return b""
        with archive.open(name) as member:
            return member.read(BEGINNING)
