from __future__ import annotations

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from myoshift.errors import DataFormatError
from myoshift.formats import detect, read_mat

HEADER = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon May  6 07:08:09 2024 HDF5 schema 1.00 ."
VARIABLES = {
    "emg": np.arange(12.0).reshape(4, 3),
    "rate": 2000.0,
    "flag": np.array([[True, False]]),
    "counts": np.arange(6, dtype=np.int16).reshape(2, 3),
    "name": "soleus é",
    "wave": np.array([[1 + 2j, 3 - 4j]]),
    "subject": {"mass": 70.0, "muscles": {"id": np.arange(3.0)}},
    "cube": np.arange(24.0).reshape(2, 3, 4),
}


def store(group, name, value):
    """One variable as MATLAB v7.3 stores it: transposed, its class in an attribute."""
    if isinstance(value, dict):
        made = group.create_group(name)
        made.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, each in value.items():
            store(made, key, each)
        return
    kind = "char"
    if isinstance(value, str):
        array = np.frombuffer(value.encode("utf-16-le"), np.uint16)[None]
    else:
        array = np.atleast_2d(value)
        names = {"f8": "double", "b1": "logical", "i2": "int16", "c16": "double"}
        kind = names[array.dtype.str[1:]]
    if array.dtype.kind == "c":
        array = array.view([("real", "f8"), ("imag", "f8")])
    made = group.create_dataset(name, data=(array.astype("u1") if kind == "logical" else array).T)
    made.attrs["MATLAB_class"] = np.bytes_(kind)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trial.mat"


@pytest.fixture(autouse=True)
def one_process(request, monkeypatch):
    """What has no damaged file needs no child process, which takes a second."""
    if "damaged" not in request.node.name:
        monkeypatch.setattr("myoshift.formats.hdf5.rehearse", lambda *arguments: None)


def write(path, variables, more=None):
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in variables.items():
            store(file, name, value)
        if more:
            more(file)
    raw = path.read_bytes()
    path.write_bytes(HEADER.ljust(124) + b"\x00\x02IM" + raw[128:])
    return path


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and np.shape(one) == np.shape(other) and np.all(np.asarray(one) == other)


def test_equal_to_the_same_variables_in_version_5(path, tmp_path):
    found = read_mat(write(path, VARIABLES))
    assert detect(path) == "mat7.3"
    savemat(tmp_path / "v5.mat", VARIABLES)
    older = read_mat(tmp_path / "v5.mat")
    assert found.keys() == older.keys()
    for name, value in older.items():
        assert same(found[name], value), name


def test_empty_arrays_and_several_rows_of_text(path):
    def more(file):
        made = file.create_dataset("none", data=np.array([0, 0], np.uint64))
        made.attrs.update({"MATLAB_class": np.bytes_("double"), "MATLAB_empty": 1})
        rows = np.frombuffer("ab cd ".encode("utf-16-le"), np.uint16).reshape(2, 3)
        file.create_dataset("rows", data=rows.T).attrs["MATLAB_class"] = np.bytes_("char")

    found = read_mat(write(path, {}, more))
    assert (found["none"].size, found["rows"]) == (0, ["ab ", "cd "])


@pytest.mark.parametrize(
    ("kind", "token"), [("cell", "a cell array"), ("table", "a MATLAB object"), ("", "no variable")]
)
def test_references_and_objects_are_refused(path, kind, token):
    def more(file):
        file["#refs#/a"] = np.ones(2)
        made = file.create_dataset("odd", (1, 1), h5py.ref_dtype)
        made[0, 0] = file["#refs#/a"].ref
        if kind:
            made.attrs["MATLAB_class"] = np.bytes_(kind)

    with pytest.raises(DataFormatError, match=rf"trial\.mat, odd: {token}.*-v7'"):
        read_mat(write(path, {}, more))


def test_links_are_not_followed(path):
    def more(file):
        file["away"] = h5py.ExternalLink("other.mat", "/a")

    with pytest.raises(DataFormatError, match="a link in place of data"):
        read_mat(write(path, {}, more))


def test_no_variables(path):
    with pytest.raises(DataFormatError, match="no variables"):
        read_mat(write(path, {}))


def test_bad_02_a_file_that_is_cut(path):
    raw = write(path, VARIABLES).read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(DataFormatError, match=r"damaged|truncated"):
        read_mat(path)
