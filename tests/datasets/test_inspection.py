from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from formats.c3d_writer import c3d_bytes
from miniatures.bids import ENDS, write_emg
from miniatures.edf import edf_bytes, signal
from myoshift.datasets.inspection import inspect
from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats import hash_file, write_sto
from myoshift.types import Table


def write(path, columns, *, rate=100.0, in_degrees=False, time=None):
    values = np.column_stack(list(columns.values()))
    time = np.arange(len(values)) / rate if time is None else time
    table = Table(values=values, names=tuple(columns), units=("",) * len(columns), rate=rate, time=time)
    write_sto(path, table, in_degrees=in_degrees)
    return path


def channel(found, name):
    return next(channel for channel in found.channels if channel.name == name)


WAVE = np.sin(np.arange(200) / 10)


def test_a_table(tmp_path):
    path = write(tmp_path / "a.mot", {"hip_flexion_r": 0.5 * WAVE, "pelvis_tx": WAVE, "force": 800 * WAVE})
    found = inspect(path)
    assert (found.format, found.events, found.gaps, found.flags) == ("sto", 0, (), ())
    assert found.sha256 == hash_file(path)
    assert found.duration == pytest.approx(1.99)
    hip = channel(found, "hip_flexion_r")
    assert (hip.samples, hip.unit, hip.missing, hip.verdict) == (200, "rad", 0, "pass")
    assert hip.rate == pytest.approx(100)
    assert hip.low == pytest.approx(0.5 * WAVE.min())
    assert hip.high == pytest.approx(0.5 * WAVE.max())
    assert channel(found, "pelvis_tx").unit == "m"
    assert (channel(found, "force").unit, channel(found, "force").verdict) == ("", "")


@pytest.mark.parametrize(
    ("values", "in_degrees", "verdict", "reason"),
    [
        (30 * WAVE, False, "flag", "too large for radians: degrees (factor 57.3)"),
        (0.05 * WAVE, True, "flag", "hardly moves for degrees: radians (factor 57.3)"),
        (30 * WAVE, True, "pass", ""),
        (0.5 * WAVE, False, "pass", ""),
        (np.full(200, 9.0), False, "", ""),
        (np.full(200, 0.01), True, "", ""),
    ],
)
def test_bad_26_the_unit_of_an_angle(tmp_path, values, in_degrees, verdict, reason):
    path = write(tmp_path / "a.mot", {"/jointset/hip_r/hip_flexion_r/value": values}, in_degrees=in_degrees)
    (found,) = inspect(path).channels
    assert found.verdict == verdict
    assert reason in " ".join(found.reasons)


def test_bad_26_coupled_columns_are_never_used(tmp_path):
    found = inspect(write(tmp_path / "a.mot", {"knee_angle_r_beta": WAVE}))
    assert found.channels[0].verdict == "flag"
    assert "not used" in found.channels[0].reasons[0]


def test_bad_24_an_angle_without_unit(tmp_path):
    path = tmp_path / "a.sto"
    path.write_text("x\nendheader\ntime\tknee_angle_r\temg\n0\t0.1\t1\n0.01\t0.2\t2\n")
    assert "without unit" in channel(inspect(path), "knee_angle_r").reasons[0]
    assert channel(inspect(path, angle_unit="deg"), "knee_angle_r").unit == "deg"
    assert channel(inspect(path), "emg").verdict == ""


def test_bad_19_gaps(tmp_path):
    time = np.delete(np.arange(202) / 100, [50, 51])
    found = inspect(write(tmp_path / "a.sto", {"a": WAVE}, time=time))
    assert found.gaps == (pytest.approx((0.49, 0.52)),)
    assert [flag.code for flag in found.flags] == ["irregular"]


def test_bad_29_missing_samples(tmp_path):
    holes = WAVE.copy()
    holes[:20] = np.nan
    found = inspect(write(tmp_path / "a.sto", {"holes": holes}))
    assert channel(found, "holes").missing == pytest.approx(0.1)
    assert channel(found, "holes").reasons == ("10.0% of the samples missing",)


def test_columns_may_be_declared_as_emg(tmp_path):
    envelope = np.clip(np.sin(np.arange(2000) / 20), 0, None) + 0.05
    path = write(tmp_path / "a.sto", {"soleus": envelope, "copy": envelope, "flat": np.zeros(2000)})
    found = inspect(path, emg="envelope")
    assert [channel.verdict for channel in found.channels] == ["pass", "masked", "masked"]
    assert "copy of 'soleus'" in channel(found, "copy").reasons[0]


def test_c3d_channels_in_volts_are_judged_as_emg(tmp_path):
    random = np.random.default_rng(0)
    points = random.uniform(0, 900, (300, 2, 3))
    points[:30, 1] = np.nan
    analogs = random.normal(size=(3000, 3)) * [1e-4, 0, 400]
    path = tmp_path / "a.c3d"
    path.write_bytes(c3d_bytes(points, analogs, first_frame=11, ANALOG={"UNITS": ["V", "V", "N"]}))
    found = inspect(path)
    assert found.duration == pytest.approx(2.99)
    assert [channel.name for channel in found.channels] == ["P0", "P1", "A0", "A1", "A2"]
    assert channel(found, "P1").missing == pytest.approx(0.1)
    assert channel(found, "A0").verdict != ""
    assert (channel(found, "A1").verdict, channel(found, "A1").unit) == ("masked", "V")
    assert channel(found, "A2").verdict == ""
    assert channel(found, "A2").rate == 1000


def test_c3d_without_analogs(tmp_path):
    path = tmp_path / "a.c3d"
    path.write_bytes(c3d_bytes(np.ones((5, 1, 3))))
    assert [channel.name for channel in inspect(path).channels] == ["P0"]


def test_arrays_without_time(tmp_path):
    savemat(tmp_path / "a.mat", {"emg": {"all": np.ones((4, 3)), "names": "x", "trial": [{"v": np.ones(2)}] * 2}})
    np.savez(tmp_path / "b.npz", q=np.array([[1.0, np.nan]]), label=np.array(["a"]))
    mat, npz = inspect(tmp_path / "a.mat"), inspect(tmp_path / "b.npz")
    assert [channel.name for channel in mat.channels] == [
        "emg.all (4 x 3)",
        "emg.trial[0].v (2)",
        "emg.trial[1].v (2)",
    ]
    assert [(channel.name, channel.missing) for channel in npz.channels] == [("q (1 x 2)", 0.5)]
    assert mat.duration is npz.duration is None
    assert [flag.code for flag in mat.flags] == ["rate"]


def test_what_cannot_be_read_is_refused(tmp_path):
    path = tmp_path / "a.sto"
    path.write_text("<html>")
    with pytest.raises(DataFormatError, match=r"a\.sto.*html"):
        inspect(path)


def test_every_real_file_can_be_inspected(data_root):
    suffixes = {".sto": 31, ".mot": 9, ".trc": 1, ".c3d": 34, ".npz": 1}
    for suffix, count in suffixes.items():
        paths = sorted(data_root.rglob(f"*{suffix}"))
        assert len(paths) == count
        for path in paths if suffix != ".c3d" else paths[::6]:
            found = inspect(path)
            assert found.channels
            assert (found.duration is None) == (suffix == ".npz")


def test_the_two_units_of_the_walking_example(data_root):
    path = data_root / "opensim-core-moco/OpenSim/Examples/Moco/example3DWalking/coordinates.sto"
    flagged = [channel.name for channel in inspect(path).channels if channel.verdict == "flag"]
    assert flagged == [f"/jointset/patellofemoral_{side}/knee_angle_{side}_beta/value" for side in "rl"]


def test_bad_29_a_table_with_a_column_of_nan_is_refused_with_channel_and_row(tmp_path):
    rows = "".join(f"{i / 100}\t{i % 7}\t{'nan' if i > 40 else 1 + i}\n" for i in range(100))
    path = tmp_path / "nan.sto"
    path.write_text(f"nan\ninDegrees=no\nendheader\ntime\tsoleus_r\ttibant_r\n{rows}")
    with pytest.raises(DataRefused, match=r"nan\.sto, channel 'tibant_r', row 42: mostly NaN \(59% of 100 rows"):
        inspect(path)


def test_signals_of_several_rates(tmp_path):
    path = write_emg(tmp_path, rows=ENDS | {"EMG1": "EMG\tuV\tsoleus\tbad\tloose\tn/a"})
    found = inspect(path)
    assert (found.format, found.events) == ("edf", 2)
    assert found.duration == pytest.approx(0.2, abs=0.01)
    assert [(c.name, c.rate, c.unit, c.samples) for c in found.channels] == [
        ("EMG0", 2000.0, "uV", 400),
        ("EMG1", 2000.0, "uV", 400),
        ("ACC", 200.0, "g", 40),
    ]
    assert channel(found, "EMG0").verdict
    assert channel(found, "EMG1").missing == 1
    assert channel(found, "ACC").verdict == ""
    assert [flag.code for flag in found.flags] == ["masked"]


def test_a_unit_is_stated_for_signals_without(tmp_path):
    path = tmp_path / "a.edf"
    path.write_bytes(edf_bytes([signal(0, unit="")]))
    with pytest.raises(DataFormatError, match="no unit"):
        inspect(path)
    assert inspect(path, unit="mV").channels[0].unit == "mV"
