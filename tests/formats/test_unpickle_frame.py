from __future__ import annotations

import io
import os
import pickle

import numpy as np
import pytest

from formats.mutants import mutants
from formats.test_unpickle import Asks
from myoshift.errors import DataFormatError
from myoshift.formats import unpickle, unpickle_frame
from myoshift.formats.unpickle_frame import read_frame

pd = pytest.importorskip("pandas")

OLD = {
    "pandas": {"DataFrame": "pandas.core.frame", "Index": "pandas.core.indexes.base"},
    "numpy._core.multiarray": {"_reconstruct": "numpy.core.multiarray"},
    "numpy._core.numeric": {"_frombuffer": "numpy.core.numeric"},
}
"""Where pandas 2 and numpy 1 keep what pandas 3 and numpy 2 write."""
NEW = {
    "pandas.core.frame": {"DataFrame": "pandas"},
    "pandas.core.indexes.base": {"Index": "pandas"},
    "numpy.core.multiarray": {"_reconstruct": "numpy._core.multiarray"},
    "numpy.core.numeric": {"_frombuffer": "numpy._core.numeric"},
}


class Renaming(pickle._Pickler):
    """A pickler that says names as other versions of pandas and numpy do."""

    def __init__(self, file, protocol, table):
        super().__init__(file, protocol)
        self.table = table

    def save_global(self, obj, name=None):
        name = name or getattr(obj, "__qualname__", obj.__name__)
        module = pickle.whichmodule(obj, name)
        module = self.table.get(module, {}).get(name, module)
        if self.proto < 3 and module == "builtins":
            module = "__builtin__"
        if self.proto >= 4:
            self.save(module)
            self.save(name)
            self.write(pickle.STACK_GLOBAL)
        else:
            self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(obj)


Renaming.dispatch = {**pickle._Pickler.dispatch, type: Renaming.save_global}
Renaming.dispatch[type(len)] = Renaming.dispatch[type(lambda: 0)] = Renaming.save_global


def written(frame, protocol, table=None):
    file = io.BytesIO()
    Renaming(file, protocol, table or {}).dump(frame)
    return file.getvalue()


def frame(rows=6):
    index = np.round(0.14 + 0.02 * np.arange(rows + 1), 2)
    values = np.random.default_rng(0).random((rows, 3))
    return pd.DataFrame(values, index=np.delete(index, 3), columns=["LU_soleus_r", "LU_soleus_l", "TL_Ps_L1_VB_r"])


def columns_of(kind):
    """The columns' names as an array of objects (pandas 2), or as pandas 3 keeps them without and with Arrow."""
    found = frame()
    if kind == "objects":
        return found.set_axis(pd.Index(list(found.columns), dtype=object), axis=1)
    storage = "python" if kind == "python" else "pyarrow"
    if storage == "pyarrow":
        pytest.importorskip("pyarrow")
    words = pd.array(list(found.columns), dtype=pd.StringDtype(storage, na_value=np.nan))
    return found.set_axis(pd.Index(words), axis=1)


def same(path, expected):
    found = read_frame(path)
    assert found.names == tuple(expected.columns)
    np.testing.assert_array_equal(found.values, expected.to_numpy(float))
    np.testing.assert_array_equal(found.index, expected.index)


@pytest.mark.parametrize("protocol", range(2, 6))
def test_what_the_installed_pandas_writes(tmp_path, protocol):
    path = tmp_path / "frame.pkl"
    path.write_bytes(pickle.dumps(frame(), protocol))
    same(path, frame())


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("table", [OLD, NEW], ids=["pandas 2, numpy 1", "pandas 3, numpy 2"])
@pytest.mark.parametrize("kind", ["objects", "python", "pyarrow"])
def test_names_of_other_versions(tmp_path, kind, table, protocol):
    path, found = tmp_path / "frame.pkl", columns_of(kind)
    path.write_bytes(written(found, protocol, table))
    same(path, found)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.astype("float32"),
        lambda f: f[["TL_Ps_L1_VB_r", "LU_soleus_r"]],
        lambda f: f.assign(LU_soleus_l=f["LU_soleus_l"].astype("float32")),
        lambda f: f.assign(LU_soleus_l=1),
        lambda f: f.assign(one=1.0, two=2.0),
        lambda f: pd.DataFrame({name: f[name].to_numpy() for name in f}, index=f.index),
        lambda f: f.astype(">f8"),
        lambda f: f.rename_axis("time"),
    ],
)
def test_blocks_of_every_kind(tmp_path, change):
    path, found = tmp_path / "frame.pkl", change(frame())
    path.write_bytes(pickle.dumps(found))
    same(path, found)


def test_bad_04_a_payload_in_a_frame_touches_nothing(tmp_path):
    path, trap = tmp_path / "frame.pkl", tmp_path / "sprung"
    found = frame()
    found.attrs["note"] = Asks(os.mkdir, str(trap))
    path.write_bytes(pickle.dumps(found))
    with pytest.raises(DataFormatError, match=rf"frame\.pkl.*not allowed.*{os.name}\.mkdir.*to_csv"):
        read_frame(path)
    assert not trap.exists()


def test_a_joblib_dump_is_recognised(tmp_path):
    joblib = pytest.importorskip("joblib")
    path = tmp_path / "frame.pkl"
    joblib.dump(frame(), path)
    with pytest.raises(DataFormatError, match=r"joblib dump.*not allowed.*joblib\.numpy_pickle.*joblib\.load"):
        read_frame(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ([1.0, 2.0], "no table"),
        (frame().assign(word="a"), "no table|not numbers|not allowed"),
        (frame().reset_index(drop=True), r"RangeIndex"),
        (frame().set_axis([1, 2, 3], axis=1), "no table|words"),
        (frame()["LU_soleus_r"], "Series"),
    ],
)
def test_what_is_no_table_of_numbers(tmp_path, content, why):
    path = tmp_path / "frame.pkl"
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(DataFormatError, match=why):
        read_frame(path)


def test_no_pickle_at_all(tmp_path):
    path = tmp_path / "frame.pkl"
    path.write_text("<html>log in</html>")
    with pytest.raises(DataFormatError, match="html, not pickle"):
        read_frame(path)


def test_shared_content_cannot_grow():
    """One array that stands for very many columns is more numbers than the file has bytes."""
    root = unpickle.record(pickle.dumps(frame(), 4))
    with pytest.raises(DataFormatError, match=r"truncated.*6 x 3 numbers in 17 bytes"):
        unpickle_frame._frame(root, 17)


def test_damaged_copies_are_refused_or_alike(tmp_path):
    path, expected = tmp_path / "frame.pkl", frame()
    raw, read = pickle.dumps(expected, 4), 0
    for mutant in mutants(raw, 500, seed=0, header=len(raw)):
        path.write_bytes(mutant)
        try:
            found = read_frame(path)
        except DataFormatError:
            continue
        read += 1
        assert found.values.shape == expected.shape
    assert read > 20
