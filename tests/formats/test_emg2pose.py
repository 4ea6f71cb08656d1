from __future__ import annotations

import tracemalloc

import h5py
import numpy as np
import pytest

from formats.mutants import mutants
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import emg2pose_layout, open_emg2pose, read_emg2pose

ROWS, RATE = 200, 2000.0
TYPE = np.dtype([("time", "<f8"), ("joint_angles", "<f8", (20,)), ("emg", "<f4", (16,))])
ATTRIBUTES = {
    "filename": "session-1_left",
    "session": "session-1",
    "stage": "FistMaking",
    "user": "u1",
    "side": "left",
    "sample_rate": RATE,
    "num_channels": 16,
}


def series(rows=ROWS, start=1.67e9):
    random = np.random.default_rng(3)
    found = np.zeros(rows, TYPE)
    found["time"] = start + np.arange(rows) / RATE
    found["joint_angles"] = random.uniform(-1, 1, (rows, 20))
    found["emg"] = random.normal(size=(rows, 16))
    return found


def write(path, data=None, *, without=(), group="emg2pose", stated=None, **options):
    with h5py.File(path, "w") as file:
        home = file.create_group(group)
        home.attrs.update({k: v for k, v in {**ATTRIBUTES, **(stated or {})}.items() if k not in without})
        home.create_dataset("timeseries", data=series() if data is None else data, **options)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "recording.hdf5"


@pytest.mark.parametrize("options", [{}, {"chunks": (64,)}, {"chunks": (64,), "compression": "gzip"}])
def test_both_tables(path, options):
    data = series()
    found = read_emg2pose(write(path, data, **options))
    np.testing.assert_array_equal(found.joint_angles.values, data["joint_angles"])
    np.testing.assert_array_equal(found.emg.values, data["emg"])
    assert found.joint_angles.names[0] == "thumb_cmc_fe"
    assert found.joint_angles.names[-2:] == ("pinky_pip_fe", "pinky_dip_fe")
    assert (found.emg.names[0], found.emg.names[-1]) == ("wrist16_01", "wrist16_16")
    assert set(found.joint_angles.units) == {"rad"}
    assert set(found.emg.units) == {""}
    assert found.emg.rate == found.joint_angles.rate == RATE
    np.testing.assert_allclose(found.emg.time, np.arange(ROWS) / RATE)
    assert (found.side, found.user, found.session, found.stage) == ("left", "u1", "session-1", "FistMaking")
    assert found.flags == ()
    assert formats.read(path).filename == "session-1_left"


def test_a_hand_that_was_not_solved_is_missing(path):
    data = series()
    data["joint_angles"][:50] = 1e-9
    data["joint_angles"][60, :19] = 0.0
    found = read_emg2pose(write(path, data))
    assert np.isnan(found.joint_angles.values[:50]).all()
    assert np.isfinite(found.joint_angles.values[50:]).all()
    assert np.isfinite(found.emg.values).all()
    assert [flag.message for flag in found.flags] == ["no hand was solved in 25.0% of the time, which is much"]


def test_angles_beyond_half_a_turn_are_flagged(path):
    data = series()
    data["joint_angles"][5, 3] = 3.3
    assert [(f.code, f.where) for f in read_emg2pose(write(path, data)).flags] == [("out_of_range", "thumb_ip_fe")]


def test_bad_18_equal_stamps_are_flagged(path):
    data = series()
    data["time"][11] = data["time"][10]
    found = read_emg2pose(write(path, data))
    assert [flag.message for flag in found.flags] == ["1 time stamps repeat the one before"]
    np.testing.assert_allclose(np.diff(found.emg.time), 1 / RATE)


def test_stamps_that_count_rows_must_be_declared(path):
    data = series()
    data["time"] = np.arange(ROWS)
    with pytest.raises(DataFormatError, match=r"time: .*declared 2000 Hz, median step 1 s.*stamps='samples'"):
        read_emg2pose(write(path, data))
    found = read_emg2pose(path, stamps="samples")
    assert (found.emg.rate, found.flags[0].code) == (RATE, "stamps")


def _shifted(data, rows, seconds):
    data["time"][rows] += seconds
    return data


@pytest.mark.parametrize(
    ("change", "tokens"),
    [
        pytest.param({"without": ("side",)}, ["attribute is missing", "side"], id="no-side"),
        pytest.param({"without": ("sample_rate",)}, ["attribute is missing", "sample_rate"], id="bad_17-none"),
        pytest.param({"stated": {"sample_rate": 2004.0}}, ["2004 Hz", "step 0.0004999"], id="bad_17-contradicts"),
        pytest.param({"stated": {"sample_rate": -1.0}}, ["impossible", "-1"], id="bad_17-negative"),
        pytest.param({"stated": {"sample_rate": "fast"}}, ["damaged", "ValueError"], id="bad_17-word"),
        pytest.param({"stated": {"num_channels": 8}}, ["num_channels 8", "16"], id="channels"),
        pytest.param({"group": "emg"}, ["another layout", "'emg2pose' expected", "emg found"], id="group"),
        pytest.param({"data": np.zeros(5)}, ["another layout", "time, joint_angles, emg"], id="fields"),
        pytest.param({"data": series().reshape(2, -1)}, ["another layout", "rows"], id="two-dimensions"),
        pytest.param({"data": series(0)}, ["no rows"], id="no-rows"),
        pytest.param(
            {"data": _shifted(series(), slice(100, None), -1.0)}, ["goes back", "row 101"], id="bad_18-back"
        ),
        pytest.param({"data": _shifted(series(), 7, np.nan)}, ["no number", "row 8", "nan"], id="bad_18-nan"),
        pytest.param({"data": _shifted(series(), slice(100, None), 0.1)}, ["mean step"], id="bad_19-gap"),
    ],
)
def test_bad_recordings_are_refused(path, change, tokens):
    write(path, **change)
    with pytest.raises(DataFormatError) as caught:
        read_emg2pose(path)
    for token in [str(path), *tokens]:
        assert token in str(caught.value)


def test_links_are_not_followed(path, tmp_path):
    write(tmp_path / "other.hdf5")
    for link in (h5py.ExternalLink("other.hdf5", "/emg2pose"), h5py.SoftLink("/elsewhere")):
        with h5py.File(path, "w") as file:
            file["elsewhere"] = 1
            file["emg2pose"] = link
        with pytest.raises(DataFormatError, match=f"a link in place of data.*{type(link).__name__}"):
            read_emg2pose(path)


@pytest.mark.parametrize("kind", ["virtual", "external"])
def test_data_in_other_files_are_not_read(path, tmp_path, kind):
    data = series()
    write(tmp_path / "other.hdf5", data)
    data.tofile(tmp_path / "raw.bin")
    with h5py.File(path, "w") as file:
        group = file.create_group("emg2pose")
        group.attrs.update(ATTRIBUTES)
        if kind == "virtual":
            layout = h5py.VirtualLayout(shape=(ROWS,), dtype=TYPE)
            layout[:] = h5py.VirtualSource(str(tmp_path / "other.hdf5"), "emg2pose/timeseries", shape=(ROWS,))
            group.create_virtual_dataset("timeseries", layout)
        else:
            parts = [(str(tmp_path / "raw.bin"), 0, data.nbytes)]
            group.create_dataset("timeseries", (ROWS,), TYPE, external=parts)
    with pytest.raises(DataFormatError, match="the data lie in other files"):
        read_emg2pose(path)


def test_bad_07_more_than_the_file_can_hold_is_refused_before_it_is_allocated(path):
    with h5py.File(path, "w") as file:
        group = file.create_group("emg2pose")
        group.attrs.update(ATTRIBUTES)
        sparse = group.create_dataset("timeseries", (10**9,), TYPE, chunks=(64,))
        sparse[:64] = series(64)
    with pytest.raises(DataFormatError, match="larger than the file can hold"):
        read_emg2pose(path)


def test_bad_02_chunks_that_were_never_written_are_no_zeros(path):
    with h5py.File(path, "w") as file:
        group = file.create_group("emg2pose")
        group.attrs.update(ATTRIBUTES)
        whole = group.create_dataset("timeseries", (ROWS,), TYPE, chunks=(50,), compression="gzip")
        whole[:150] = series(150)
    with pytest.raises(DataFormatError, match="truncated"):
        read_emg2pose(path)


def test_bad_03_another_format(path):
    path.write_text("time,a\n0,1\n")
    with pytest.raises(DataFormatError, match="the content is csv, not hdf5"):
        read_emg2pose(path)


@pytest.mark.parametrize("options", [{}, {"chunks": (64,), "compression": "gzip", "fletcher32": True}])
def test_damaged_recordings_are_refused_or_flagged(path, options):
    raw = write(path, **options).read_bytes()
    refused = []
    for mutant in mutants(raw, 16, seed=13, header=2400):
        path.write_bytes(mutant)
        try:
            found = read_emg2pose(path)
        except DataFormatError as error:
            refused.append(str(error))
            continue
        same = found.emg.values.shape == (ROWS, 16) and found.joint_angles.values.shape == (ROWS, 20)
        assert same
        assert found.emg.rate == pytest.approx(RATE, rel=1e-3)
    assert len(refused) > 4
    assert all(str(path) in message for message in refused)


def test_an_opened_recording_hands_out_rows_in_the_precision_of_a_network(path):
    data = series()
    data["joint_angles"][:50] = 0.0
    data["joint_angles"][120:125] = 1e-9
    data["joint_angles"][150, 3] = np.nan
    found = open_emg2pose(write(path, data))
    assert (found.rows, found.rate, found.side, found.stage) == (ROWS, RATE, "left", "FistMaking")
    assert found.solved == ((50, 120), (125, 150), (151, ROWS))
    angles, emg = found.read(118, 127)
    assert (angles.dtype, emg.dtype, angles.shape, emg.shape) == (np.float32, np.float32, (9, 20), (9, 16))
    np.testing.assert_array_equal(np.isnan(angles).all(axis=1), [False, False, *[True] * 5, False, False])
    np.testing.assert_array_equal(emg, data["emg"][118:127])
    np.testing.assert_allclose(angles[:2], data["joint_angles"][118:120], rtol=1e-6)


def test_rows_that_are_not_there_are_an_error(path):
    found = open_emg2pose(write(path))
    for start, stop in ((-1, 5), (5, 4), (0, ROWS + 1)):
        with pytest.raises(IndexError, match=f"of {ROWS}"):
            found.read(start, stop)


def test_pieces_make_the_same_whole(path, monkeypatch):
    """However little is read at a time, blocks and flags are those of the whole."""
    data = series()
    data["joint_angles"][40:90] = 0.0
    data["joint_angles"][5, 3] = 3.3
    write(path, data)
    whole = open_emg2pose(path)
    monkeypatch.setattr(emg2pose_layout, "STEP", 7)
    assert (open_emg2pose(path).solved, open_emg2pose(path).flags) == (whole.solved, whole.flags)


def test_an_opened_recording_stays_on_disk(path):
    """Two minutes, 56 MB: no more is in memory than the stamps and a piece."""
    with h5py.File(write(path), "r+") as file:
        home = file["emg2pose"]
        del home["timeseries"]
        large = home.create_dataset("timeseries", (240_000,), TYPE, chunks=(2000,))
        for start in range(0, 240_000, 2000):
            large[start : start + 2000] = series(2000, 1.67e9 + start / RATE)
    tracemalloc.start()
    try:
        found = open_emg2pose(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.rows == 240_000
    assert peak < path.stat().st_size / 2
