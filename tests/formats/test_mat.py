from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.io import savemat
from scipy.io.matlab import MatlabFunction
from scipy.sparse import eye

from formats.mutants import mutants
from myoshift.errors import DataFormatError
from myoshift.formats import mat_child, read_mat


def test_structs_cells_texts_and_numbers(tmp_path):
    path = tmp_path / "data.mat"
    values = np.arange(24.0).reshape(4, 3, 2)
    values[1, 2, 0] = np.nan
    savemat(
        path,
        {
            "EMG": {"subject1": {"all": values, "colheaders": np.array(["Soleus", "Vastus"], object)}},
            "number": 3.5,
            "count": np.int32(7),
            "flag": np.array([True, False]),
            "text": "walking",
            "ragged": np.array([np.arange(2.0), np.arange(3.0)], object),
            "trials": [{"rate": 100.0}, {"rate": 50.0}],
            "complex": np.array([1 + 2j, 3]),
        },
    )
    found = read_mat(path)
    np.testing.assert_array_equal(found["EMG"]["subject1"]["all"], values)
    assert found["EMG"]["subject1"]["colheaders"] == ["Soleus", "Vastus"]
    assert (found["number"], found["count"], found["text"]) == (3.5, 7, "walking")
    np.testing.assert_array_equal(found["flag"], [1, 0])
    assert [len(part) for part in found["ragged"]] == [2, 3]
    assert [trial["rate"] for trial in found["trials"]] == [100, 50]
    np.testing.assert_array_equal(found["complex"], [1 + 2j, 3])


def test_kul_cycles_keep_their_missing_samples(data_root):
    emg = read_mat(data_root / "kul-3dpredictsim/ExperimentalData/ExperimentalData.mat")["ExperimentalData"]["EMG"]
    values, names = emg["subject1"]["all"], emg["subject1"]["colheaders"]
    assert values.shape == (100, 14, 11)
    assert np.isnan(values).sum() == 5600
    missing = {name: np.flatnonzero(np.isnan(values[:, k]).all(axis=0)).tolist() for k, name in enumerate(names)}
    assert missing["Soleus"] == missing["Vastus-lateralis"] == []
    assert missing["Peroneus-longus"] == missing["Hamstrings-medialis"] == [1, 3, 10]
    others = set(names) - {"Soleus", "Vastus-lateralis", "Peroneus-longus", "Hamstrings-medialis"}
    assert all(missing[name] == [1, 3, 5, 8, 10] for name in others)


def test_kul_child_trials(data_root):
    path = data_root / "kul-predictcpgait/OpenSimModel/subject1/EMG/Gait/EMG_filt.mat"
    trials = read_mat(path)["EMG_filt"]
    assert {name: trial["data"].shape for name, trial in trials.items()} == {
        "gait_10": (6650, 17),
        "gait_11": (8690, 17),
        "gait_12": (6780, 17),
        "gait_13": (5950, 17),
        "gait_22": (5050, 17),
    }
    assert trials["gait_10"]["colheaders"][:2] == ["Time", "RREF"]


def test_bad_03_a_newer_mat_file_that_is_none(tmp_path):
    path = tmp_path / "new.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n" + bytes(600))
    with pytest.raises(DataFormatError, match=r"new\.mat: the HDF5 file is damaged"):
        read_mat(path)


def test_bad_02_truncated(tmp_path):
    path = tmp_path / "cut.mat"
    savemat(path, {"a": np.arange(1000.0)})
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(DataFormatError, match=r"cut\.mat: the MATLAB file cannot be read"):
        read_mat(path)


def test_sparse_matrices_are_refused_by_name(tmp_path):
    path = tmp_path / "sparse.mat"
    savemat(path, {"outer": {"inner": eye(3).tocsc()}})
    with pytest.raises(DataFormatError, match=r"outer\.inner is a sparse matrix"):
        read_mat(path)


def test_function_handles_are_refused_by_name():
    handle = np.zeros(1, object).view(MatlabFunction)
    with pytest.raises(mat_child.Refused, match="f is a MATLAB object or function handle"):
        mat_child.encode(handle, {}, "f")


def test_the_child_has_a_time_limit(tmp_path):
    path = tmp_path / "slow.mat"
    savemat(path, {"a": 1.0})
    with pytest.raises(DataFormatError, match=r"slow\.mat.*too long.*0\.01 s"):
        read_mat(path, seconds=0.01)


def test_the_child_has_a_memory_limit(tmp_path):
    path = tmp_path / "bomb.mat"
    savemat(path, {"zeros": np.zeros(100_000_000, np.uint8)}, do_compression=True)
    assert path.stat().st_size < 200_000
    with pytest.raises(DataFormatError, match=r"bomb\.mat.*more than 0\.25 GB of memory"):
        read_mat(path, gigabytes=0.25)


def test_damaged_files_never_crash_the_caller(tmp_path):
    path = tmp_path / "whole.mat"
    savemat(path, {"s": {"values": np.random.default_rng(0).normal(size=(50, 4)), "names": ["a", "b"]}, "t": "x"})

    def outcome(numbered):
        number, mutant = numbered
        damaged = tmp_path / f"{number}.mat"
        damaged.write_bytes(mutant)
        try:
            return isinstance(read_mat(damaged, seconds=20, gigabytes=2), dict)
        except DataFormatError as error:
            return str(damaged) in str(error)

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(outcome, enumerate(mutants(path.read_bytes(), 32, seed=9, header=400))))
