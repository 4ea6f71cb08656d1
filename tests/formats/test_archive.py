"""Archives: unpacked whole and confined, or refused with the member and the rule, and nothing left behind."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import stat
import tarfile
import zipfile

import pyarrow as pa
import pytest

from myoshift import formats
from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats import archive as module
from myoshift.formats.archive import Limits, unpack

USUAL = Limits()
CONTENT = {"a/one.txt": b"one", "a/b/two.txt": b"two" * 1000, "three.txt": b""}


def tar(members=CONTENT, *, shape=tarfile.PAX_FORMAT, **changes):
    """The bytes of a tar; `changes` are set on the last member."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=shape) as packed:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if name == list(members)[-1]:
                for key, value in changes.items():
                    setattr(info, key, value)
            packed.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zipped(members=CONTENT, *, method=zipfile.ZIP_DEFLATED, mode=None):
    """The bytes of a zip; `mode` is the Unix mode of its members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            info.external_attr = (mode or 0) << 16
            packed.writestr(info, data)
    return buffer.getvalue()


def zstd(raw):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(raw)
    return sink.getvalue().to_pybytes()


KINDS = {
    "a.tar": tar,
    "a.tar.gz": lambda *a, **k: gzip.compress(tar(*a, **k)),
    "a.tar.bz2": lambda *a, **k: bz2.compress(tar(*a, **k)),
    "a.tar.zst": lambda *a, **k: zstd(tar(*a, **k)),
    "a.zip": zipped,
}


def everything(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refused(tmp_path, raw, match, *, limits=USUAL, error=DataFormatError, name="a.bin"):
    """Unpack must fail so, and leave nothing but the archive."""
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(error, match=match) as caught:
        unpack(tmp_path / name, tmp_path / "out", limits=limits)
    assert name in str(caught.value)
    assert set(everything(tmp_path)) == {name}
    assert [path.name for path in tmp_path.iterdir()] == [name]
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_unpacked(kind, tmp_path):
    (tmp_path / kind).write_bytes(KINDS[kind]())
    told = []
    assert unpack(tmp_path / kind, tmp_path / "deep" / "out", progress=told.append) == 3
    assert everything(tmp_path / "deep") == {f"out/{name}": data for name, data in CONTENT.items()}
    assert told == list(CONTENT)


def test_the_kind_is_told_by_the_content(tmp_path):
    (tmp_path / "a.zip").write_bytes(tar())
    assert unpack(tmp_path / "a.zip", tmp_path / "out") == 3


def test_owners_and_permissions_are_ignored(tmp_path):
    (tmp_path / "a.tar").write_bytes(tar({"x": b"1"}, mode=0o6777, uid=0, mtime=5))
    unpack(tmp_path / "a.tar", tmp_path / "out")
    mode = (tmp_path / "out" / "x").stat().st_mode
    assert not mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IXUSR | stat.S_IWOTH)


NAMES = ("../x", "a/../../x", "/etc/x", "a\\..\\x", "C:/x", "C:x", "a\nb", "x" * 256, "/".join(["d" * 200] * 30))


@pytest.mark.parametrize("kind", ["a.tar", "a.zip"])
@pytest.mark.parametrize("name", NAMES)
def test_bad_06_a_name_that_leads_out_is_refused(kind, name, tmp_path):
    error = refused(tmp_path, KINDS[kind]({"fine": b"1", name: b"2"}), r"not allowed.*rule: ")
    assert repr(name)[:50].rstrip("'") in error.where


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"Z"]
)
def test_bad_06_links_and_devices_are_refused(kind, tmp_path):
    error = refused(tmp_path, tar({"fine": b"", "evil": b""}, type=kind, linkname="/etc/passwd"), "no links, no dev")
    assert "member 'evil'" in error.where


def test_bad_06_a_link_and_a_file_behind_it(tmp_path):
    raw = tar({"d": b""}, type=tarfile.SYMTYPE, linkname=str(tmp_path))[:512] + tar({"d/evil": b"x"})
    refused(tmp_path, raw, "member 'd'.*no links")


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o666, stat.S_IFIFO | 0o666])
def test_bad_06_links_and_devices_of_a_zip_are_refused(mode, tmp_path):
    refused(tmp_path, zipped({"evil": b"/etc/passwd"}, mode=mode), "member 'evil'.*no links")


@pytest.mark.parametrize("kind", ["a.tar", "a.tar.gz", "a.tar.zst", "a.zip"])
def test_bad_06_too_many_and_too_much(kind, tmp_path):
    few = Limits(members=2, small=0, ratio=1e9)
    assert "'three.txt'" in refused(tmp_path, KINDS[kind](), "limit of 2 members", limits=few).where
    small = Limits(bytes=1000)
    assert "'a/b/two.txt'" in refused(tmp_path, KINDS[kind](), "limit of 1000 bytes", limits=small).where


@pytest.mark.parametrize("kind", ["a.tar.gz", "a.tar.bz2", "a.tar.zst", "a.zip"])
def test_bad_06_a_bomb_is_refused_by_its_ratio(kind, tmp_path):
    raw = KINDS[kind]({"bomb": bytes(8 << 20)})
    refused(tmp_path, raw, "member 'bomb'.*ratio", limits=Limits(small=1 << 20))


def test_a_bomb_that_lies_about_its_size(tmp_path):
    """A zip whose directory announces less than there is."""
    raw = bytearray(zipped({"bomb": bytes(4 << 20)}))
    at = raw.find(b"PK\1\2") + 24
    raw[at : at + 4] = (10).to_bytes(4, "little")
    refused(tmp_path, bytes(raw), "damaged")


def test_a_header_of_any_length_is_not_read_into_memory(tmp_path):
    """A pax header that announces 64 GB, of a compressed stream that could give them."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 36
    refused(tmp_path, gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(64 << 20)), "header of more than")


def test_sparse_and_negative_sizes(tmp_path):
    info = tarfile.TarInfo("x")
    info.size = -512
    refused(tmp_path, info.tobuf(tarfile.GNU_FORMAT) + bytes(2048), "0 or more|damaged|empty")
    refused(tmp_path, tar({"x": b""}, type=tarfile.GNUTYPE_SPARSE), "no links|damaged")


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_twice_is_refused(kind, tmp_path):
    single = {"x": b"1", "y": b"2"}
    raw = KINDS[kind](single)
    if kind == "a.tar":
        raw = tar({"x": b"1"})[:1024] + tar({"x": b"2"})
        refused(tmp_path, raw, "one name once")
    refused(tmp_path, KINDS[kind]({"d": b"1", "d/x": b"2"}), "no file that is a folder too")


def test_encrypted_and_uncommon_compression_are_refused(tmp_path):
    refused(tmp_path, zipped(method=zipfile.ZIP_LZMA), "stored or deflated")
    raw = bytearray(zipped())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.find(mark) + at] |= 1
    refused(tmp_path, bytes(raw), "not encrypted")


def test_what_stands_after_the_end_is_refused(tmp_path):
    refused(tmp_path, tar() + b"more", "after the end of the archive")
    refused(tmp_path, gzip.compress(tar() + bytes(32 << 20)), "after the end of the archive")


def test_the_check_sum_of_what_was_packed_is_read(tmp_path):
    packed = bytearray(gzip.compress(tar()))
    packed[-8] ^= 1
    refused(tmp_path, bytes(packed), "CRC")


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_archive_is_refused(kind, tmp_path):
    raw = KINDS[kind]({"one": os.urandom(200_000), "two": os.urandom(200_000)})
    refused(tmp_path, raw[: len(raw) // 2], "damaged|not an archive|truncated")


@pytest.mark.parametrize(
    ("raw", "what"),
    [(b"<!doctype html><html>log in", "html"), (b"", "0 bytes"), (b"1,2\n", "csv"), (b"\x80\x04.", "pickle")],
)
def test_bad_03_what_is_no_archive_is_named(raw, what, tmp_path):
    refused(tmp_path, raw, f"content is .*{what}|{what}.*not an archive")


def test_an_archive_without_files_is_refused(tmp_path):
    refused(tmp_path, gzip.compress(tar({})), "empty")
    refused(tmp_path, zipped({}), "empty")


def test_an_archive_joins_a_folder_that_is_there(tmp_path):
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a" / "mine").write_bytes(b"mine")
    (tmp_path / "a.tar").write_bytes(tar())
    assert unpack(tmp_path / "a.tar", tmp_path / "out") == 3
    assert everything(tmp_path / "out") == CONTENT | {"a/mine": b"mine"}


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a" / "one.txt").write_bytes(b"mine")
    (tmp_path / "a.tar").write_bytes(tar())
    with pytest.raises(DataRefused, match=r"there already.*1 of 3"):
        unpack(tmp_path / "a.tar", tmp_path / "out")
    assert everything(tmp_path / "out") == {"a/one.txt": b"mine"}


def test_a_folder_that_cannot_be_made_and_an_archive_that_is_not_there(tmp_path):
    (tmp_path / "a.tar").write_bytes(tar())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataRefused, match="cannot be unpacked"):
        unpack(tmp_path / "a.tar", tmp_path / "file" / "out")
    with pytest.raises(DataRefused, match="cannot be read"):
        unpack(tmp_path / "no.tar", tmp_path / "out")


def test_a_full_disk_is_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 100}))
    refused(tmp_path, tar(), "room on the disk")


def test_it_is_a_part_of_the_formats():
    assert formats.unpack is unpack
