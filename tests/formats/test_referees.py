"""Equality with the reference readers on the real recordings: ezc3d and OpenSim."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.formats import read_c3d, read_sto, read_trc, write_sto
from myoshift.types import Table


@pytest.fixture(scope="module")
def opensim():
    module = pytest.importorskip("opensim")
    module.Logger.setLevelString("off")
    return module


@pytest.fixture(scope="module")
def ezc3d():
    return pytest.importorskip("ezc3d")


def files(root, *suffixes):
    return sorted(path for path in root.rglob("*") if path.suffix in suffixes)


def labels(group, name):
    return [label for part in (name, f"{name}2", f"{name}3") for label in group.get(part, {}).get("value", [])]


def test_every_c3d_equals_ezc3d(data_root, ezc3d):
    paths = files(data_root, ".c3d")
    assert len(paths) == 34
    for path in paths:
        ours, theirs = read_c3d(path), ezc3d.c3d(str(path))
        point, analog = theirs["parameters"]["POINT"], theirs["parameters"]["ANALOG"]
        points, analogs = theirs["data"]["points"][:3].transpose(2, 1, 0), theirs["data"]["analogs"][0].T
        np.testing.assert_allclose(ours.points, points, rtol=2e-7, err_msg=str(path))
        np.testing.assert_allclose(ours.analogs, analogs, rtol=2e-7, err_msg=str(path))
        assert ours.point_rate == theirs["header"]["points"]["frame_rate"]
        assert ours.analog_rate == theirs["header"]["analogs"]["frame_rate"]
        assert ours.first_frame == theirs["header"]["points"]["first_frame"] + 1
        assert list(ours.point_names) == labels(point, "LABELS")[: len(ours.point_names)]
        for k, label in enumerate(analog["LABELS"]["value"]):
            assert ours.analog_names[k] == (label or f"analog_{k + 1}")
        assert list(ours.analog_units) == analog["UNITS"]["value"]
        assert ours.point_unit == point["UNITS"]["value"][0]


def test_every_event_equals_ezc3d(data_root, ezc3d):
    seen = 0
    for path in files(data_root, ".c3d"):
        group = ezc3d.c3d(str(path))["parameters"].get("EVENT", {})
        if "TIMES" not in group:
            assert read_c3d(path).events == ()
            continue
        minutes, seconds = np.reshape(group["TIMES"]["value"], (2, -1))
        names = [label.lower().replace("-", " ").replace(" ", "_") for label in labels(group, "LABELS")]
        sides = [{"Left": "l", "Right": "r"}.get(context) for context in labels(group, "CONTEXTS")]
        expected = sorted(zip(60 * minutes + seconds, names, map(str, sides), strict=True))
        ours = [(event.time, event.name, str(event.side)) for event in read_c3d(path).events]
        assert sorted(ours) == [(pytest.approx(time), name, side) for time, name, side in expected]
        seen += len(ours)
    assert seen > 200


def test_every_table_equals_opensim(data_root, opensim):
    refused = []
    paths = files(data_root, ".sto", ".mot")
    assert len(paths) == 40
    for path in paths:
        ours = read_sto(path)
        try:
            theirs = opensim.TimeSeriesTable(str(path))
        except RuntimeError:
            refused.append(path.name)
            continue
        np.testing.assert_array_equal(ours.values, theirs.getMatrix().to_numpy(), err_msg=str(path))
        np.testing.assert_array_equal(ours.time, np.array(theirs.getIndependentColumn()), err_msg=str(path))
        assert ours.names == tuple(theirs.getColumnLabels())
        if theirs.hasTableMetaDataKey("inDegrees"):
            degrees = theirs.getTableMetaDataString("inDegrees") == "yes"
            assert set(ours.units) == {"deg" if degrees else "rad"}
        else:
            assert set(ours.units) == {""}
    assert refused == []


def test_markers_equal_opensim(data_root, opensim):
    (path,) = files(data_root, ".trc")
    theirs = opensim.TimeSeriesTableVec3(str(path))
    ours = read_trc(path)
    assert ours.names == tuple(theirs.getColumnLabels())
    np.testing.assert_array_equal(ours.time, np.array(theirs.getIndependentColumn()))
    flat = theirs.flatten()  # kept: the matrix below is a view of its memory
    millimetres = flat.getMatrix().to_numpy().reshape(ours.values.shape)
    np.testing.assert_allclose(ours.values * 1000, millimetres, rtol=1e-12)


def test_opensim_reads_what_we_write(data_root, opensim, tmp_path):
    from myoshift.formats import write_sto

    source = read_sto(data_root / "stanford-matlabso/TestData/EMG_allMuscles.sto")
    write_sto(tmp_path / "out.sto", source)
    theirs = opensim.TimeSeriesTable(str(tmp_path / "out.sto"))
    np.testing.assert_array_equal(source.values, theirs.getMatrix().to_numpy())
    assert source.names == tuple(theirs.getColumnLabels())
    assert theirs.getTableMetaDataString("inDegrees") == "no"


def test_what_is_missing_is_nan_in_a_table_of_opensim_and_the_end_of_its_storage(tmp_path, opensim):
    path, values = tmp_path / "a.sto", np.array([[0.1], [0.2], [np.nan], [0.4], [0.5]])
    write_sto(path, Table(values=values, names=("soleus_r",), units=("1",), rate=100.0, time=np.arange(5) / 100))
    table, storage, column = opensim.TimeSeriesTable(str(path)), opensim.Storage(str(path)), opensim.ArrayDouble()
    assert [table.getRowAtIndex(k)[0] for k in range(5)] == pytest.approx(values[:, 0], nan_ok=True)
    storage.getDataColumn("soleus_r", column)
    assert [column.get(k) for k in range(column.getSize())] == [0.1, 0.2, 0.0]
