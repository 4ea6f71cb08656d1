from __future__ import annotations

import os
import pickle
import zipfile

import numpy as np
import pytest

from formats.mutants import mutants
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import npz


class Trap:
    """Creates a folder when it is unpickled."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_plain_arrays(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", t=np.arange(3.0), names=np.array(["x", "y"]))
    np.save(tmp_path / "b.npy", np.eye(2))
    found = formats.read(tmp_path / "a.npz")
    np.testing.assert_array_equal(found["t"], [0, 1, 2])
    assert found["names"].tolist() == ["x", "y"]
    np.testing.assert_array_equal(formats.read(tmp_path / "b.npy")["b"], np.eye(2))


@pytest.mark.parametrize("protocol", range(6))
def test_bad_04_pickles_are_named_and_never_run(tmp_path, protocol):
    path, trap = tmp_path / "data.pkl", tmp_path / "sprung"
    path.write_bytes(pickle.dumps({"emg": Trap(trap)}, protocol))
    assert formats.detect(path) == "pickle"
    with pytest.raises(DataFormatError, match=rf"data\.pkl.*not allowed.*{os.name}\.mkdir.*numpy\.savez"):
        formats.read(path)
    assert not trap.exists()


def test_bad_04_harmless_pickles_are_refused_too(tmp_path):
    path = tmp_path / "data.pkl"
    path.write_bytes(pickle.dumps([1.0, 2.0]))
    with pytest.raises(DataFormatError, match=r"not allowed.*no module.*numpy\.savez"):
        formats.read(path)


def test_bad_04_pickles_inside_an_archive(tmp_path):
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(DataFormatError, match=r"model\.pt.*mkdir"):
        formats.read(path)


def test_bad_05_object_arrays(tmp_path):
    trap = tmp_path / "sprung"
    np.savez(tmp_path / "o.npz", emg=np.array([Trap(trap)], object))
    np.save(tmp_path / "o.npy", np.array([Trap(trap)], object), allow_pickle=True)
    for name, key in (("o.npz", "emg"), ("o.npy", "o")):
        with pytest.raises(
            DataFormatError, match=rf"{name}, array {key}: an object array.*allow_pickle is off.*savez"
        ):
            formats.read(tmp_path / name)
    assert not trap.exists()


def test_bad_02_truncated(tmp_path):
    np.savez(tmp_path / "a.npz", t=np.arange(1000.0))
    raw = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(raw[:3000])
    with pytest.raises(DataFormatError, match=r"cut\.npz.*damaged or truncated.*3000 bytes"):
        formats.read(tmp_path / "cut.npz")


@pytest.mark.parametrize("shape", ["(3000000000, 3)", "(41, 3)", "(-40, -3)", "(40, 2)"])
def test_bad_07_counts_that_the_file_cannot_hold(tmp_path, shape):
    path = tmp_path / "a.npy"
    np.save(path, np.ones((40, 3)))
    path.write_bytes(path.read_bytes().replace(b"(40, 3), }".ljust(len(shape) + 3), f"{shape}, }}".encode()))
    with pytest.raises(DataFormatError, match=r"a\.npy, array a: .*truncated or damaged.*bytes present"):
        formats.read(path)


def test_bad_06_an_array_larger_than_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("myoshift.formats.npz.LIMIT", 1000)
    np.savez_compressed(tmp_path / "bomb.npz", t=np.zeros(10_000))
    with pytest.raises(DataFormatError, match=r"bomb\.npz, t\.npy.*too large.*80128 bytes unpacked, limit 1000"):
        formats.read(tmp_path / "bomb.npz")


@pytest.mark.parametrize("kind", ["npz", "npy"])
def test_damaged_files_are_refused(tmp_path, kind):
    path = tmp_path / f"whole.{kind}"
    values = np.random.default_rng(1).normal(size=(40, 3))
    if kind == "npz":
        np.savez(path, a=values)
    else:
        np.save(path, values)
    refused = []
    for mutant in mutants(path.read_bytes(), 150, seed=4, header=128):
        path.write_bytes(mutant)
        try:
            formats.read(path)
        except DataFormatError as error:
            refused.append(str(error))
    assert len(refused) > 40
    assert all(str(path) in message for message in refused)


def test_a_damaged_pickle_in_an_archive_is_refused_as_a_pickle(tmp_path):
    path = tmp_path / "weights.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"print": print}))
    for old, new in ((b"builtins", b"builtinz"), (b"\x80\x04", b"\x80\xff")):
        path.write_bytes(path.read_bytes().replace(old, new))
        with pytest.raises(DataFormatError, match=r"weights\.pt: a pickle can run any program"):
            formats.read(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_bad_12_two_arrays_of_one_name_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3))
    with zipfile.ZipFile(tmp_path / "twice.npz", "w") as archive:
        archive.write(tmp_path / "a.npy", "a.npy")
        archive.write(tmp_path / "a.npy", "a.npy")
    with pytest.raises(DataFormatError, match=r"twice\.npz.*duplicate array names.*a\.npy.*\[1, 2\]"):
        formats.read(tmp_path / "twice.npz")


def test_bad_06_many_small_arrays_are_a_bomb_too(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "bomb.npz", **{f"a{i}": np.zeros(50) for i in range(5)})
    monkeypatch.setattr("myoshift.formats.npz.LIMIT", 1000)
    with pytest.raises(DataFormatError, match=r"too large.*2640 bytes unpacked, limit 1000"):
        formats.read(tmp_path / "bomb.npz")


def test_an_array_that_the_directory_lost_is_refused(tmp_path):
    """The first entry's comment swallows the second entry, and the archive seems to hold one array."""
    path = tmp_path / "lost.npz"
    np.savez(path, a=np.zeros(3), b=np.zeros(4))
    raw = bytearray(path.read_bytes())
    first, end = raw.index(b"PK\1\2"), raw.index(b"PK\5\6")
    raw[first + 32 : first + 34] = (end - raw.index(b"PK\1\2", first + 4)).to_bytes(2, "little")
    path.write_bytes(raw)
    with pytest.raises(DataFormatError, match=r"lost\.npz.*2 arrays announced, 1 listed"):
        formats.read(path)


def test_an_archive_without_a_pickle_is_refused_too(tmp_path):
    path = tmp_path / "a.pkl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(DataFormatError, match="no module"):
        npz.refuse_pickle(path)
