"""Files as bytes: read whole, name in errors, hash, and write so that no half file is ever left behind."""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from myoshift.errors import DataFormatError, DataRefused
from myoshift.types import SourceFile

AGAIN = "copy or export the file again"
Bytes: TypeAlias = "bytes | mmap.mmap"


def content(path: str | Path) -> bytes:
    """All bytes of a file.

    Raises
    ------
    DataRefused
        When the file cannot be opened.
    DataFormatError
        When it is empty.
    """
    with _readable(path):
        return Path(path).read_bytes()


def beginning(path: str | Path, count: int = 16) -> bytes:
    """The first bytes of a file, for a message; raises as `content`."""
    with _readable(path), Path(path).open("rb") as file:
        return file.read(count)


def mapped(path: str | Path) -> Bytes:
    """All bytes of a file, not read yet where it is a regular one; raises as `content`.

    For large files of which most is copied once anyway. The map lasts as long as an array that looks into it: copy
    what is handed out, for the program dies if the file is cut short under a map that is still read.
    """
    if not Path(path).is_file():
        return content(path)
    with _readable(path), Path(path).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def _readable(path: str | Path) -> Iterator[None]:
    """Refuse a file that is empty or cannot be opened inside."""
    try:
        if Path(path).is_file() and not Path(path).stat().st_size:
            raise DataFormatError("the file is empty", where=path, why="0 bytes", mend=AGAIN)
        yield
    except OSError as error:
        raise DataRefused(
            "the file cannot be read",
            where=path,
            why=error.strerror or str(error),
            mend="name a file that is there and that you may read",
        ) from error


@contextmanager
def named(path: str | Path) -> Iterator[None]:
    """Put the file's name in front of the place that an error inside speaks about."""
    try:
        yield
    except DataFormatError as error:
        if error.where == str(path) or error.where.startswith(f"{path}, "):
            raise
        where = f"{path}, {error.where}" if error.where else str(path)
        raise DataFormatError(error.what, where=where, why=error.why, mend=error.mend) from error


def hash_file(path: str | Path) -> str:
    """SHA-256 of a file's content, in hex; raises as `content`."""
    with _readable(path), Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source(path: str | Path, root: str | Path | None = None) -> SourceFile:
    """The file and its hash, its path relative to `root` (if given) and written with slashes."""
    shown = Path(path).relative_to(root) if root is not None else Path(path)
    return SourceFile(path=shown.as_posix(), sha256=hash_file(path))


def write_atomic(path: str | Path, data: bytes) -> None:
    """Write a whole file or nothing: a temporary file in the same folder, flushed to disk, then renamed.

    Raises
    ------
    OSError
        When the folder is missing, read-only or full; the old file is then still there, untouched.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
