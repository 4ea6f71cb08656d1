"""Archives from strangers (zip, tar, tar.gz, tar.bz2, tar.zst): unpacked whole into one folder, or not at all.

Plain files and folders only, each inside the folder; count, size and ratio are limited while bytes are still being
read. What a member says of owners, permissions and times is ignored.
"""

from __future__ import annotations

import bz2
import gzip
import os
import re
import secrets
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats.detect import HEADER_LIMIT, sniff
from myoshift.formats.source import AGAIN, named

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.zst")
CHUNK = 1 << 20
MOST_PADDING = 16 << 20  # bytes of zeros after the end; tapes are filled up to whole records
LONGEST = 255  # bytes of one part of a path, and the most that common file systems take
PLAIN_ZIP = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what LZMA asks for can fill the memory
DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an archive may hold.

    Parameters
    ----------
    members : files and folders
    bytes : of all files together; what is free on the disk is a limit too
    ratio : bytes unpacked for each byte of the archive; not asked of what unpacks to less than `small`
    """

    members: int = 1_000_000
    bytes: int = 2**40
    ratio: float = 200.0
    small: int = 64 * 2**20


@dataclass(frozen=True)
class _Member:
    """A file or (`data` None) a folder: its name, the bytes it announces, and where they come from."""

    name: str
    size: int
    data: Callable[[], IO[bytes]] | None


def unpack(
    path: str | Path, folder: Path, *, limits: Limits = Limits(), progress: Callable[[str], None] = lambda _: None
) -> int:
    """Unpack an archive into a folder; of members that are refused nothing is left behind.

    Parameters
    ----------
    folder : is made; where it is there already, no file of the archive may be in it
    progress : told the name of each member that is unpacked

    Returns
    -------
    int
        How many files were unpacked.

    Raises
    ------
    DataFormatError
        No archive, damaged, or a member that leads out of the folder, is a link or a device, occurs twice, or is
        beyond a limit; the message names the member and the rule.
    DataRefused
        When the archive cannot be read, the folder cannot be written, or a file is there already.
    """
    path, folder = Path(path), folder.resolve()
    if not path.is_file():
        raise DataRefused(
            "the archive cannot be read", where=path, why="no such file", mend="name a file that is there"
        )
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    try:
        with named(path):
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft.mkdir()
            count = _fill(path, draft, limits, progress)
            _settle(draft, folder)
    except OSError as error:
        raise DataRefused(
            "the archive cannot be unpacked",
            where=path,
            why=f"{error.strerror or error}: {error.filename or folder}",
            mend="name a folder that may be written and has room",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return count


def _fill(path: Path, draft: Path, limits: Limits, progress: Callable[[str], None]) -> int:
    """Write every member into the draft, counting; the number of files."""
    size, total, files = path.stat().st_size, 0, 0
    most = _most(size, draft, limits)
    try:
        with _members(path) as members:
            for number, member in enumerate(members, 1):
                target = draft / _confined(member.name)
                total += member.size
                _count(member, number, total, most, limits)
                _write(member, target)
                files += member.data is not None
                progress(member.name)
    except DAMAGE as error:
        raise DataFormatError("the archive is damaged or truncated", why=f"{error}"[:200], mend=AGAIN) from error
    if not files:
        raise DataFormatError("the archive is empty", why="no file in it", mend=AGAIN)
    return files


def _most(size: int, draft: Path, limits: Limits) -> int:
    """The most bytes that may be unpacked here."""
    ratio = max(limits.small, int(limits.ratio * size))
    return min(limits.bytes, ratio, shutil.disk_usage(draft).free)


def _count(member: _Member, number: int, total: int, most: int, limits: Limits) -> None:
    if number > limits.members:
        raise _refused(member.name, f"limit of {limits.members} members")
    if member.size < 0:
        raise _refused(member.name, "a size of 0 or more bytes")
    if total > most:
        raise _refused(member.name, f"limit of {most} bytes unpacked, by size, ratio or room on the disk")


def _confined(name: str) -> Path:
    """The path of a member below the folder."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/"):
        raise _refused(name, "an absolute path or none")
    if "\\" in name or re.match(r"[A-Za-z]:", name) or any(ord(letter) < 32 for letter in name):
        raise _refused(name, "a backslash, a drive or a control character in a path")
    if ".." in parts:
        raise _refused(name, "'..' in a path")
    if any(len(part.encode(errors="replace")) > LONGEST for part in parts) or len(name) > 16 * LONGEST:
        raise _refused(name, f"a part of a path of more than {LONGEST} bytes")
    return Path(*parts)


def _refused(name: str, rule: str) -> DataFormatError:
    shown = repr(name if len(name) <= 200 else name[:200] + "...")
    return DataFormatError(
        "a member of the archive is not allowed",
        where=f"member {shown}",
        why=f"rule: {rule}",
        mend="nothing was unpacked; get the archive from its publisher, or unpack it by hand where you trust it",
    )


def _write(member: _Member, target: Path) -> None:
    """A folder, or a file of just the announced size that was not there before."""
    try:
        if member.data is None:
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with member.data() as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            written = file.tell()
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise _refused(member.name, "one name once, and no file that is a folder too") from error
    if written != member.size:
        raise EOFError(f"{member.name}: {member.size} bytes announced, {written} present")


def _settle(draft: Path, folder: Path) -> None:
    """Give the draft its name, or move its files into the folder that is there."""
    if not folder.exists():
        draft.rename(folder)
        return
    inside = sorted(each.relative_to(draft) for each in draft.rglob("*") if each.is_file())
    taken = [each for each in inside if os.path.lexists(folder / each)]
    if taken:
        raise DataRefused(
            "a file of the archive is there already",
            where=folder / taken[0],
            why=f"{len(taken)} of {len(inside)} files",
            mend="move them away first; nothing was unpacked",
        )
    for each in inside:
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        (draft / each).rename(folder / each)


# --- members of each kind of archive --------------------------------------------------------------------------------


def _members(path: Path) -> AbstractContextManager[Iterator[_Member]]:
    with path.open("rb") as file:
        head = file.read(HEADER_LIMIT)
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _zip(path)
    for magic, opened in _PACKED.items():
        if head.startswith(magic):
            return _tar(path, opened)
    if head[257:262] == b"ustar":
        return _tar(path, open)
    raise DataFormatError(
        f"the content is {sniff(head) if head else 'empty, 0 bytes'}, not an archive",
        why=f"the first bytes are {head[:16]!r}; {', '.join(SUFFIXES)} are unpacked",
        mend="download the archive itself",
    )


@contextmanager
def _zip(path: Path) -> Iterator[Iterator[_Member]]:
    with zipfile.ZipFile(path) as archive:
        announced, listed = _announced(path), len(archive.infolist())
        if announced != min(listed, 0xFFFF):  # more are counted elsewhere
            raise zipfile.BadZipFile(f"{announced} members announced, {listed} listed")
        yield (_zipped(archive, member) for member in archive.infolist())


def _announced(path: Path) -> int:
    """How many members the end of a zip counts."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, HEADER_LIMIT + 22), os.SEEK_END)
        tail = file.read()
    end = tail.rfind(b"PK\5\6")
    return int.from_bytes(tail[end + 10 : end + 12], "little")


def _zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> _Member:
    if not member.filename:
        raise _refused("", "a name")
    kind = member.external_attr >> 28  # the type of file of a Unix mode; 0 where it was packed elsewhere
    if kind not in (0, 4, 8):
        raise _refused(member.filename, "plain files and folders only, no links, no devices")
    if member.flag_bits & 1 or member.compress_type not in PLAIN_ZIP:
        raise _refused(member.filename, "stored or deflated, and not encrypted")
    if member.is_dir():
        return _Member(member.filename, 0, None)
    return _Member(member.filename, member.file_size, partial(archive.open, member))


@contextmanager
def _tar(path: Path, opened: Callable[..., Any]) -> Iterator[Iterator[_Member]]:
    with opened(path, "rb") as stream:
        bounded = _Bounded(stream)
        with tarfile.open(fileobj=cast("IO[bytes]", bounded), mode="r|") as archive:
            yield _tarred(archive, bounded)


def _tarred(archive: tarfile.TarFile, stream: _Bounded) -> Iterator[_Member]:
    """Members in the order of the tape; the data of one are read before the next one is asked for."""
    while member := archive.next():
        stream.until = member.offset_data + max(member.size, 0)
        if member.isdir():
            yield _Member(member.name, 0, None)
        elif member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse():
            yield _Member(member.name, member.size, partial(_data, archive, member))
        else:
            raise _refused(member.name, "plain files and folders only, no links, no devices")
        archive.members = []  # type: ignore[attr-defined]  # a stream is never asked for them again
    if stream.block(archive.offset) != bytes(tarfile.BLOCKSIZE):  # `tarfile` takes damage for the end
        raise EOFError(f"neither a header nor the end of the archive at byte {archive.offset}")
    stream.refuse_more(archive.offset)


def _data(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    found = archive.extractfile(member)
    assert found is not None  # it is a plain file
    return found


class _Bounded:
    """A stream that is not read much further than the content that is known of: headers can announce any length."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.at, self.until, self.last = stream, 0, 0, b""

    def read(self, size: int) -> bytes:
        try:
            content = bytes(self.stream.read(size))
        except OSError as error:  # what decompressors raise of damage
            raise EOFError(str(error)) from error
        self.at += len(content)
        self.last = self.last[-len(content) :] + content
        if self.at > self.until + CHUNK:
            raise EOFError(f"a header of more than {CHUNK} bytes, at byte {self.until}")
        return content

    def refuse_more(self, end: int) -> None:
        """After the end only zeros may come, and with the last byte the check sum of what was packed."""
        rest = self.last[end - (self.at - len(self.last)) :]
        while rest:
            if rest.strip(b"\0") or self.at > end + MOST_PADDING:
                raise EOFError(f"content after the end of the archive, before byte {self.at}")
            self.until = self.at
            rest = self.read(CHUNK)

    def block(self, at: int) -> bytes:
        """The block at a byte that was just read."""
        start = at - (self.at - len(self.last))
        return self.last[start : start + tarfile.BLOCKSIZE] if start >= 0 else b""


def _zstd(path: Path, mode: str) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.OSFile(str(path), mode), "zstd")


_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\x28\xb5\x2f\xfd": _zstd}
