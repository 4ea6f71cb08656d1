from __future__ import annotations

import hashlib
import os
import threading

import pytest

from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats import hash_file, source, write_atomic
from myoshift.formats.source import content, mapped, named


def test_hash_and_relative_path(tmp_path):
    path = tmp_path / "a" / "b.bin"
    path.parent.mkdir()
    path.write_bytes(b"abc")
    assert hash_file(path) == hashlib.sha256(b"abc").hexdigest()
    assert source(path, tmp_path).path == "a/b.bin"
    assert source(path).sha256 == hash_file(path)


def test_whole_file_or_nothing(tmp_path, monkeypatch):
    path = tmp_path / "out.txt"
    write_atomic(path, b"first")
    write_atomic(path, b"second")
    assert path.read_bytes() == b"second"

    def full(_):
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomic(path, b"third")
    assert path.read_bytes() == b"second"
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "nowhere" / "out.txt", b"")


@pytest.mark.parametrize("read", [content, mapped])
def test_bytes_read_and_mapped_are_the_same_and_refused_alike(tmp_path, read):
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    assert read(path)[:] == b"abc"
    path.write_bytes(b"")
    with pytest.raises(DataFormatError, match=r"a\.bin: the file is empty"):
        read(path)
    with pytest.raises(DataRefused, match=r"nowhere: the file cannot be read"):
        read(tmp_path / "nowhere")
    with pytest.raises(DataRefused, match=r"the file cannot be read"):
        read(tmp_path)


def test_a_pipe_is_read_where_it_cannot_be_mapped(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"abc",))
    writer.start()
    assert mapped(pipe) == b"abc"
    writer.join()


@pytest.mark.parametrize("where", ["", "a.bin", "row 3"])
def test_a_file_is_named_once_however_deep_the_error_lies(where):
    with pytest.raises(DataFormatError) as caught, named("a.bin"), named("a.bin"):
        raise DataFormatError("wrong", where=where)
    assert str(caught.value).count("a.bin") == 1
