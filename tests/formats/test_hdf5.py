from __future__ import annotations

import h5py
import numpy as np
import pytest

from formats.mutants import mutants
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import hdf5, read_hdf5


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trial.h5"


@pytest.fixture(autouse=True)
def one_process(request, monkeypatch):
    """What has no damaged file needs no child process, which takes a second."""
    if "damaged" not in request.node.name:
        monkeypatch.setattr("myoshift.formats.hdf5.rehearse", lambda *arguments: None)


def write(path, **options):
    random = np.random.default_rng(8)
    with h5py.File(path, "w") as file:
        file.create_dataset("trial/emg", data=random.normal(size=(400, 4)), **options)
        file.create_dataset("trial/angles", data=random.normal(size=(100, 2)).astype("f4"), **options)
    return path


@pytest.mark.parametrize("options", [{}, {"chunks": True}, {"chunks": (50, 2), "compression": "gzip"}])
def test_arrays_by_path(path, options):
    found = read_hdf5(write(path, **options))
    assert {name: (array.shape, array.dtype.str) for name, array in found.items()} == {
        "trial/angles": ((100, 2), "<f4"),
        "trial/emg": ((400, 4), "<f8"),
    }
    np.testing.assert_array_equal(found["trial/emg"], np.random.default_rng(8).normal(size=(400, 4)))
    assert list(formats.read(path)) == list(found)


def test_compound_fields_texts_flags_and_empty_ones(path):
    with h5py.File(path, "w") as file:
        file["rows"] = np.array([(0.5, 1), (0.25, 2)], [("time", "f8"), ("count", "i4")])
        file["name"] = "soleus"
        file["names"] = ["a", "b"]
        file["there"] = np.array([True, False])
        file["none"] = h5py.Empty("f8")
        file["zero"] = np.empty((0, 3))
        file["one"] = 7
    found = read_hdf5(path)
    assert (found["name"], found["names"], found["one"].item()) == ("soleus", ["a", "b"], 7)
    assert found["rows/time"].tolist() == [0.5, 0.25]
    assert found["there"].tolist() == [True, False]
    assert found["zero"].shape == (0, 3)
    assert "none" not in found


@pytest.mark.parametrize("link", [h5py.ExternalLink("other.h5", "/trial"), h5py.SoftLink("/trial")])
def test_links_are_not_followed(path, tmp_path, link):
    write(tmp_path / "other.h5")
    write(path)
    with h5py.File(path, "a") as file:
        file["more"] = link
    with pytest.raises(DataFormatError, match=rf"trial\.h5, more: a link in place of data.*{type(link).__name__}"):
        read_hdf5(path)


@pytest.mark.parametrize("kind", ["virtual", "external"])
def test_data_in_other_files_are_not_read(path, tmp_path, kind):
    write(tmp_path / "other.h5")
    np.ones(10).tofile(tmp_path / "raw.bin")
    with h5py.File(path, "w") as file:
        if kind == "virtual":
            layout = h5py.VirtualLayout(shape=(400, 4), dtype="f8")
            layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "trial/emg", shape=(400, 4))
            file.create_virtual_dataset("emg", layout)
        else:
            file.create_dataset("emg", (10,), "f8", external=[(str(tmp_path / "raw.bin"), 0, 80)])
    with pytest.raises(DataFormatError, match="the data lie in other files"):
        read_hdf5(path)


def _reference(file):
    file.create_dataset("odd", (1,), h5py.ref_dtype)[0] = file["a"].ref


def _ragged(file):
    file.create_dataset("odd", (1,), h5py.vlen_dtype("f8"))[0] = np.ones(3)


def _opaque(file):
    file["odd"] = np.array([b"12345678"], "V8")


@pytest.mark.parametrize("made", [_reference, _ragged, _opaque])
def test_objects_are_refused(path, made):
    with h5py.File(path, "w") as file:
        file["a"] = np.ones(2)
        made(file)
    with pytest.raises(DataFormatError, match=r"odd: neither numbers nor texts"):
        read_hdf5(path)


def test_a_named_type_is_no_data(path):
    with h5py.File(path, "w") as file:
        file["kind"] = np.dtype("f8")
    with pytest.raises(DataFormatError, match="neither group nor data set"):
        read_hdf5(path)


def test_groups_that_hold_themselves_end(path):
    with h5py.File(path, "w") as file:
        group = file.create_group("a")
        group["b"] = group
    with pytest.raises(DataFormatError, match="groups without end"):
        read_hdf5(path)


def test_too_many_members(path, monkeypatch):
    monkeypatch.setattr(hdf5, "MEMBERS", 2)
    with pytest.raises(DataFormatError, match="too many members"):
        read_hdf5(write(path))


def test_bad_07_more_than_the_file_can_hold_is_refused_before_it_is_allocated(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("emg", (10**9, 16), "f8", chunks=(64, 16))[:64] = 1
    with pytest.raises(DataFormatError, match=r"larger than the file can hold.*128000000000 bytes.*the file has"):
        read_hdf5(path)


def test_bad_06_what_unpacks_to_far_too_much(path, monkeypatch):
    monkeypatch.setattr(hdf5, "SPREAD", 0)
    monkeypatch.setattr(hdf5, "RATIO", 2)
    with h5py.File(path, "w") as file:
        file.create_dataset("emg", data=np.zeros(10**5), chunks=(10**5,), compression="gzip")
    with pytest.raises(DataFormatError, match=r"emg: the arrays are too large.*800000 bytes unpacked, limit"):
        read_hdf5(path)


def test_bad_02_chunks_that_were_never_written_are_no_zeros(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("emg", (200,), "f8", chunks=(50,), compression="gzip")[:150] = np.arange(150)
    with pytest.raises(DataFormatError, match="truncated"):
        read_hdf5(path)


def test_bad_01_and_03_nothing_or_another_format(path):
    path.write_bytes(b"")
    with pytest.raises(DataFormatError, match="0 bytes"):
        read_hdf5(path)
    path.write_text("time,a\n0,1\n")
    with pytest.raises(DataFormatError, match=r"the content is csv, not hdf5.*first bytes"):
        read_hdf5(path)


def test_bad_02_damaged_files_are_refused_or_read_alike(path):
    raw = write(path, chunks=(50, 2), compression="gzip", fletcher32=True).read_bytes()
    refused = 0
    for mutant in mutants(raw, 8, seed=13, header=2400):
        path.write_bytes(mutant)
        try:
            found = read_hdf5(path)
        except DataFormatError:
            refused += 1
            continue
        assert [array.shape for array in found.values()] == [(100, 2), (400, 4)]
    assert refused > 2
