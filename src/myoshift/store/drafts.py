"""Flat arrays that grow recording by recording, and become files of the store when all of them are there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from myoshift.errors import DataRefused
from myoshift.types import Array32, Recording

ARRAYS = ("motion", "activation")


class Drafts:
    """The arrays of a store that is being written, one draft per domain and array, and the rows of its index."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._mark = folder, secrets.token_hex(4)
        self._ids: set[str] = set()
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._made = False

    def add(self, recording: Recording) -> None:
        """Put a recording behind the others of its domain.

        Raises
        ------
        DataRefused
            When there is one of that id, or the folder cannot be written.
        """
        if recording.id in self._ids:
            raise DataRefused("two recordings have the same id", why=recording.id, mend="name the trials apart")
        with writable(self._folder):
            if not self._ids:
                self._made = not self._folder.is_dir()
                self._folder.mkdir(parents=True, exist_ok=True)
            for array in ARRAYS:
                self._append(recording.domain, array, np.asarray(getattr(recording, array), np.float32))
        self._ids.add(recording.id)
        self._rows.setdefault(recording.domain, []).append(_row(recording))

    def finished(self) -> list[dict[str, Any]]:
        """Give every array its header and its name; the domains as the index states them.

        Raises
        ------
        DataRefused
            When there is no recording, or the folder cannot be written.
        """
        if not self._ids:
            raise DataRefused("nothing to store", mend="give at least one recording")
        with writable(self._folder):
            return [
                {"domain": name, **{array: self._placed(name, array) for array in ARRAYS}, "recordings": rows}
                for name, rows in self._rows.items()
            ]

    def discard(self) -> None:
        """Remove what is still a draft, and the folder when it was made for drafts alone."""
        with contextlib.suppress(OSError):
            for path in self._folder.glob(f".*.{self._mark}.part"):
                path.unlink(missing_ok=True)
            if self._made and not any(self._folder.iterdir()):
                self._folder.rmdir()

    def _append(self, domain: str, array: str, values: Array32) -> None:
        """Opened anew each time: a corpus has more domains than a process may hold files open."""
        path = self._draft(domain, array)
        with path.open("ab") as file:
            if not file.tell():
                file.write(_header(0))
            file.write(np.ascontiguousarray(values).data.cast("B") if values.size else b"")

    def _placed(self, domain: str, array: str) -> dict[str, Any]:
        path = self._draft(domain, array)
        with path.open("r+b") as file:
            count = (os.fstat(file.fileno()).st_size - len(_header(0))) // np.dtype(np.float32).itemsize
            file.write(_header(count))
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"{_stem(domain)}.{array}.{digest[:16]}.npy"
        path.replace(self._folder / name)
        return {"file": name, "sha256": digest, "values": count}

    def _draft(self, domain: str, array: str) -> Path:
        number = hashlib.sha256(domain.encode()).hexdigest()[:16]
        return self._folder / f".{number}.{array}.{self._mark}.part"


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Say what to do about a folder that is full, or closed to us."""
    try:
        yield
    except OSError as error:
        raise DataRefused(
            "prepared recordings could not be stored",
            where=folder,
            why=str(error),
            mend="free some space, or name a folder that can be written with MYOSHIFT_CACHE",
        ) from error


def _header(count: int) -> bytes:
    """What `np.save` writes before so many float32 values: it leaves room for any count, so its length is one."""
    buffer = BytesIO()
    described = {"descr": "<f4", "fortran_order": False, "shape": (count,)}
    np.lib.format.write_array_header_1_0(buffer, described)
    return buffer.getvalue()


def _stem(domain: str) -> str:
    return re.sub(r"[^\w-]", ".", domain)


def _row(recording: Recording) -> dict[str, Any]:
    """All of a recording but its arrays, which leave their number of frames."""
    row = {f.name: getattr(recording, f.name) for f in fields(recording) if f.name not in ARRAYS}
    for name in ("events", "provenance", "flags"):
        row[name] = [asdict(each) for each in row[name]]
    return {**row, "frames": len(recording.motion)}
