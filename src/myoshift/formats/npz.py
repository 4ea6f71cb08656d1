"""Plain numpy files, .npz and .npy; pickles are refused, with the name of what they would run."""

from __future__ import annotations

import io
import pickletools
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.detect import expect
from myoshift.formats.source import content, named

RECIPE = "where you trust the file, load it and save plain numeric arrays: numpy.savez(name, **arrays)"
_LIMIT = 4 * 2**30


def read_npz(path: str | Path) -> dict[str, NDArray[Any]]:
    """Arrays of a .npz file by name.

    Raises
    ------
    DataFormatError
        Damaged, larger than 4 GiB unpacked, or holding object arrays, which are pickles in disguise.
    """
    with named(path):
        raw = content(path)
        expect(raw, "npz")
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                return {m.filename.removesuffix(".npy"): _member(archive, m) for m in archive.infolist()}
        except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as error:
            raise DataFormatError(
                "the archive is damaged or truncated", why=f"{len(raw)} bytes: {error}", mend="copy it again"
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


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    if member.file_size > _LIMIT:
        raise DataFormatError(
            "an array is too large", where=member.filename, why=f"{member.file_size} bytes, limit {_LIMIT}"
        )
    return _array(archive.read(member), member.filename.removesuffix(".npy"))


def _array(raw: bytes, key: str) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.lib.format.read_array(io.BytesIO(raw), allow_pickle=False)
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise DataFormatError(
                "the array is damaged or truncated", where=f"array {key}", why=str(error)
            ) from error
        raise DataFormatError(
            "an object array, which is a pickle in disguise",
            where=f"array {key}",
            why="allow_pickle is off",
            mend=RECIPE,
        ) from error
    return array


def _first_global(raw: bytes) -> str:
    """`module.name` of the first global a pickle would import, '' for none."""
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            raw = archive.read(next(name for name in archive.namelist() if name.endswith(".pkl")))
    strings: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(raw):
            if opcode.name in ("GLOBAL", "INST"):
                return str(argument).replace(" ", ".")
            if opcode.name == "STACK_GLOBAL":
                return ".".join(strings[-2:])
            if isinstance(argument, str):
                strings.append(argument)
    except ValueError:
        return ""
    return ""
