from __future__ import annotations

import hashlib

import pytest

from myoshift.formats import hash_file, source, write_atomic


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
