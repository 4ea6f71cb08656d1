from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from formats.c3d_writer import c3d_bytes
from myoshift.datasets.lab.load import as_table, columns, load
from myoshift.datasets.lab.parts import File
from myoshift.errors import ConfigError, DataRefused, UnknownNameError


def text(folder, content="a;b\n1,5;2\n2,5;3\n3,5;4\n", name="x.csv"):
    (folder / name).write_text(content)
    return folder / name


def table(path, file, wanted=None, role="emg", **more):
    return as_table(load(path, role, file), path, role, file, wanted, **more)


def test_text_is_read_as_the_spec_says(tmp_path):
    file = File(path="x", rate=10.0, delimiter=";", decimal=",")
    found = table(text(tmp_path), file, ("b", "a"))
    np.testing.assert_array_equal(found.values, [[2, 1.5], [3, 2.5], [4, 3.5]])
    assert (found.names, found.rate) == (("b", "a"), 10.0)


def test_start_up_rows_are_cut_and_said(tmp_path):
    file = File(path="x", rate=10.0, delimiter=";", decimal=",", start_within={"a": (2, 3)})
    found = table(text(tmp_path), file)
    assert len(found.values) == 2
    assert found.time[0] == 0.1
    assert [flag.code for flag in found.flags] == ["start_up"]


@pytest.mark.parametrize("suffix", ["mat", "npz"])
def test_variables_of_arrays(tmp_path, suffix):
    values = np.arange(12.0).reshape(3, 4)
    if suffix == "mat":
        path = tmp_path / "x.mat"
        names = np.array(["a", "b", "c"], dtype=object)
        savemat(path, {"EMG": {"data": values, "names": names, "fs": 100.0, "one": values[0]}})
        file = File(path="x", variable="EMG.data", names="EMG.names", axes=("channel", "time"), rate="EMG.fs")
    else:
        path = tmp_path / "x.npz"
        np.savez(path, data=values, names=np.array(["a", "b", "c"]), t=np.arange(4) / 100)
        file = File(path="x", variable="data", names="names", axes=("channel", "time"), time="t")
    found = table(path, file, ("c", "a"))
    np.testing.assert_array_equal(found.values, values[[2, 0]].T)
    assert found.rate == pytest.approx(100.0)
    assert columns(load(path, "emg", file), path, "emg", file) == ("a", "b", "c")


def test_a_variable_for_each_column(tmp_path):
    np.savez(tmp_path / "x.npz", ta=np.arange(5.0), so=np.ones(5))
    file = File(path="x", variable={"TA": "ta", "SO": "so"}, rate=100.0)
    assert table(tmp_path / "x.npz", file).names == ("TA", "SO")


def test_one_cycle_of_an_array(tmp_path):
    values = np.arange(24.0).reshape(4, 2, 3)
    np.savez(tmp_path / "x.npz", data=values)
    file = File(path="x", variable="data", names=("a", "b"), axes=("time", "channel", "cycle"))
    np.testing.assert_array_equal(table(tmp_path / "x.npz", file, cycle=2).values, values[:, :, 2])


REFUSED = [
    (File(path="x", delimiter=";"), DataRefused, "no sampling rate.*files.emg"),
    (File(path="x", rate="fs", delimiter=";"), ConfigError, "files.emg.rate"),
]


@pytest.mark.parametrize(("file", "kind", "match"), REFUSED)
def test_text_without_a_clock_is_refused(tmp_path, file, kind, match):
    with pytest.raises(kind, match=match):
        load(text(tmp_path), "emg", file)


@pytest.mark.parametrize(
    ("file", "match"),
    [
        (File(path="x", rate=1.0), "which variable holds the emg.*data, t.*files.emg.variable"),
        (File(path="x", rate=1.0, variable="dta", names=("a",)), "no variable 'dta'.*data, t"),
        (File(path="x", rate=1.0, variable="data"), "no names.*files.emg.names"),
        (File(path="x", variable="data", names=("a", "b")), "no sampling rate"),
        (File(path="x", rate=1.0, variable="data", names=("a",)), "2 names|1 names"),
        (File(path="x", variable="data", names=("a", "b"), time="t"), "differ in length"),
        (File(path="x", rate=1.0, variable="t", names=("a", "b")), "shape"),
    ],
)
def test_arrays_that_are_not_as_the_spec_says_are_refused(tmp_path, file, match):
    np.savez(tmp_path / "x.npz", data=np.ones((5, 2)), t=np.arange(4.0))
    with pytest.raises(DataRefused, match=match):
        table(tmp_path / "x.npz", file)


def test_what_means_nothing_for_a_format_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", data=np.ones((5, 2)))
    with pytest.raises(ConfigError, match=r"files.emg.delimiter.*npz"):
        load(tmp_path / "x.npz", "emg", File(path="x", delimiter=";"))


def test_a_column_that_is_not_there_names_the_nearest(tmp_path):
    file = File(path="x", rate=10.0, delimiter=";", decimal=",")
    with pytest.raises(UnknownNameError, match=r"'c'.*nearest"):
        table(text(tmp_path), file, ("c",))


def test_a_rate_that_contradicts_the_stamps_of_a_file_is_refused(tmp_path):
    from datasets.lab.lab_files import trial_files

    trial_files(tmp_path)
    with pytest.raises(DataRefused, match=r"contradicts the file.*files.motion.rate. 50 Hz"):
        table(tmp_path / "s1" / "slow_1_ik.sto", File(path="x", rate=50.0), role="motion")


def test_parquet_and_hdf5(tmp_path):
    import h5py
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"t": np.arange(5) / 100, "TA": np.arange(5.0)}), tmp_path / "x.parquet")
    found = table(tmp_path / "x.parquet", File(path="x", time="t"), ("TA",))
    assert (found.rate, found.values[:, 0].tolist()) == (pytest.approx(100.0), [0, 1, 2, 3, 4])
    with pytest.raises(DataRefused, match=r"rate.*files.emg"):
        load(tmp_path / "x.parquet", "emg", File(path="x"))
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["trial/emg"] = np.arange(10.0).reshape(5, 2)
    found = table(tmp_path / "x.h5", File(path="x", variable="trial/emg", names=("a", "b"), rate=50.0), ("b",))
    assert found.values[:, 0].tolist() == [1, 3, 5, 7, 9]


def test_streams_of_several_rates_go_by_the_columns_asked_for(tmp_path):
    rows = ["X[s],A: EMG 1 [V],X[s],A: ACC [g]"]
    rows += [f"{k / 1000:.3f},{k},{k / 100:.2f},{-k}" if k < 10 else f"{k / 1000:.3f},{k},," for k in range(100)]
    path = text(tmp_path, "\n".join(rows) + "\n")
    found = load(path, "emg", File(path="x"))
    assert columns(found, path, "emg", File(path="x")) == ("A: EMG 1", "A: ACC")
    assert as_table(found, path, "emg", File(path="x"), ("A: EMG 1",)).rate == pytest.approx(1000.0)
    with pytest.raises(DataRefused, match=r"several rates.*emg\.sites"):
        as_table(found, path, "emg", File(path="x"), None)


def vicon(folder, *labels):
    points = np.arange(len(labels) * 15.0).reshape(5, len(labels), 3)
    (folder / "x.c3d").write_bytes(c3d_bytes(points, None, subframes=1, POINT={"LABELS": list(labels)}))
    return folder / "x.c3d"


def test_the_one_subject_before_the_names_of_points_may_be_left_out(tmp_path):
    path = vicon(tmp_path, "S 1:LHipAngles", "S 1:LANK", "*112")
    found = load(path, "motion", File(path="x"))
    assert "LHipAngles" in columns(found, path, "motion", File(path="x"), "plug_in_gait")
    bare, full = (
        as_table(found, path, "motion", File(path="x"), (name,)) for name in ("LHipAngles:1", "S 1:LHipAngles:1")
    )
    np.testing.assert_array_equal(bare.values, full.values)
    assert bare.names == ("LHipAngles:1",)


@pytest.mark.parametrize("labels", [("a:LHipAngles", "b:LHipAngles"), ("a:LHipAngles", "a:LANK", "LANK")])
def test_names_of_points_stay_where_they_would_not_be_clear(tmp_path, labels):
    path = vicon(tmp_path, *labels)
    with pytest.raises(UnknownNameError, match="a:LHipAngles"):
        as_table(load(path, "motion", File(path="x")), path, "motion", File(path="x"), ("LHipAngles",))


def test_struct_arrays_by_element_and_as_one(tmp_path):
    data = [{"emg": np.full((4, 2), k), "fs": 100.0} for k in (1.0, 2.0)]
    savemat(tmp_path / "x.mat", {"s": {"data": data, "task": "walk"}})
    more = {"path": "x", "names": ("a", "b"), "rate": "s.data.fs"}
    one = File(variable="s.data[1].emg", **more)
    assert table(tmp_path / "x.mat", one).values.tolist() == [[2, 2]] * 4
    all_ = File(variable="s.data.emg", axes=("cycle", "time", "channel"), **more)
    assert table(tmp_path / "x.mat", all_, cycle=0).values.tolist() == [[1, 1]] * 4
    for variable, match in (("s.data[2].emg", "2 elements"), ("s.data.grf", "2 elements"), ("s.task", "no array")):
        with pytest.raises(DataRefused, match=match):
            table(tmp_path / "x.mat", File(variable=variable, **more))


def test_elements_of_several_lengths_are_named_one_by_one(tmp_path):
    savemat(tmp_path / "x.mat", {"data": [{"emg": np.ones((4, 2))}, {"emg": np.ones((5, 2))}]})
    with pytest.raises(DataRefused, match=r"no array of numbers.*\(4, 2\).*data\[0\].emg"):
        table(tmp_path / "x.mat", File(path="x", variable="data.emg", names=("a", "b"), rate=1.0))
