"""What a file is, by its content: names and extensions lie."""

from __future__ import annotations

import codecs
import io
import pickletools
import re
import struct
import zipfile
import zlib
from pathlib import Path

from myoshift.errors import DataFormatError
from myoshift.formats.source import Bytes, content, named

_MAGIC = {
    b"\x93NUMPY": "npy",
    b"\x89HDF\r\n\x1a\n": "hdf5",
    b"PathFileType": "trc",
    b"\xffBIOSEMI": "bdf",
    b"0       ": "edf",
    b"MATLAB 5.0": "mat5",
    b"MATLAB 7.3": "mat7.3",
    b"PAR1": "parquet",
    b"%PDF": "pdf",
    b"\x1f\x8b": "gzip",
}
HEADER_LIMIT = 1 << 16
END_OF_HEADER = re.compile(rb"^[ \t]*endheader[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
DELSYS_TIME = rb"(?:^|[,;\t])[ \"]*(?:X ?\[s\](?:\.\d+)?|[^,;\t\n]*Time Series \(s\))[ \"]*(?:[,;\t]|$)"
_DELSYS = re.compile(DELSYS_TIME, re.MULTILINE)
BAD_ARCHIVE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
_TEXT = ("csv", "text")


def detect(path: str | Path) -> str:
    """The format of a file by its content: "sto" (also .mot), "trc", "c3d", "mat5", "mat7.3", "npz", "npy", "pickle",
    "hdf5", "edf", "bdf", "parquet", "delsys", "html", "xml", "osim", "zip", "gzip", "pdf", "csv", "text" or
    "unknown".
    """
    with named(path):
        return sniff(content(path))


def sniff(raw: Bytes) -> str:
    """As `detect`, for bytes already read."""
    head = raw[:HEADER_LIMIT].removeprefix(codecs.BOM_UTF8)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if head[126:128] in (b"IM", b"MI") and 1 in head[124:126]:
        return "mat5"
    if head[1:2] == b"\x50" and 0 < head[0] < 0x20 and b"\0" in head[:512]:
        return "c3d"
    if head.startswith(b"PK\x03\x04"):
        return _archive(raw)
    if _is_pickle(raw):
        return "pickle"
    return _text(head)


def expect(raw: Bytes, kind: str) -> None:
    """Refuse content that is recognisably something else.

    Raises
    ------
    DataFormatError
        With the detected and the expected format and the first bytes.
    """
    found = sniff(raw)
    if found == kind or (found in _TEXT and kind in ("sto", "trc", "csv")):
        return
    raise DataFormatError(
        f"the content is {found}, not {kind}",
        why=f"the first bytes are {raw[:16]!r}",
        mend="give the file that its name promises, or use the reader of its format",
    )


def _archive(raw: Bytes) -> str:
    try:
        members = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    except BAD_ARCHIVE:
        return "npz" if b".npy" in raw[:512] else "zip"
    if any(member.endswith(".pkl") for member in members):
        return "pickle"
    return "npz" if members and all(member.endswith(".npy") for member in members) else "zip"


def _is_pickle(raw: Bytes) -> bool:
    """Binary pickles by their first opcode, text pickles by opcodes that parse to the end; nothing is executed."""
    if raw[:1] == b"\x80":
        return len(raw) > 1 and raw[1] <= 5
    if len(raw) > 1 << 20 or not raw[:].rstrip().endswith(b"."):
        return False
    try:
        return any(opcode.name == "STOP" for opcode, _, _ in pickletools.genops(raw[:]))
    except Exception:  # whatever a stream of arbitrary bytes makes the disassembler say, it is no pickle
        return False


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", errors="replace").encode()
    if b"\0" in head:
        return "unknown"
    if END_OF_HEADER.search(head):
        return "sto"
    start = head.lstrip()[:512].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if start.startswith((b"<?xml", b"<opensimdocument")):
        return "osim" if b"<opensimdocument" in start else "xml"
    printable = sum(byte >= 32 or byte in b"\t\r\n\f" for byte in start)
    if printable < len(start):
        return "unknown"
    if _DELSYS.search(head.replace(b"\r", b"")):
        return "delsys"
    first = start.split(b"\n", 1)[0]
    return "csv" if any(mark in first for mark in b",;\t") else "text"
