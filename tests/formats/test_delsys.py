from __future__ import annotations

import codecs

import numpy as np
import pytest

from miniatures.delsys import EMG_RATE, IMU_RATE, discover, emgworks, streams
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import read_delimited, read_delsys

NAMES = ("R TIB: EMG 1", "L SOL: EMG 2")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export.csv"


def check(found, names=NAMES, slow="R TIB: ACC X 1", units=("V", "V")):
    emg, imu = found.tables
    assert (emg.names, emg.units, imu.names, imu.units) == (names, units, (slow,), ("g",))
    assert emg.rate == pytest.approx(EMG_RATE, rel=1e-6)
    assert imu.rate == pytest.approx(IMU_RATE, rel=1e-6)
    first, third, second = (values for _, _, values in streams())
    np.testing.assert_allclose(emg.values, np.stack([first, second], 1), rtol=1e-11)
    np.testing.assert_allclose(imu.values[:, 0], third, rtol=1e-11)
    np.testing.assert_allclose(imu.time, np.arange(len(third)) / IMU_RATE, atol=1e-9)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("above", [False, True], ids=["labels", "lines-above"])
def test_emgworks(path, above, mark):
    path.write_text(emgworks(above=above, mark=mark))
    assert formats.detect(path) == "delsys"
    found = formats.read(path)
    check(found)
    assert found.flags == ()


@pytest.mark.parametrize("markers", [False, True])
def test_discover(path, markers):
    path.write_text(discover(markers=markers))
    found = read_delsys(path)
    check(found, tuple(f"Avanti Sensor {k} (7592{k}): EMG 1" for k in (0, 2)), "Avanti Sensor 1 (75921): ACC X",
          ("mV", "mV"))  # fmt: skip
    assert [flag.message for flag in found.flags] == (["1 rows hold something beyond the labels"] if markers else [])


def test_one_time_column_for_several_channels(path):
    path.write_text("X[s],A (mV),B (mV)\n" + "".join(f"{k / 100},{k},{2 * k}\n" for k in range(20)))
    found = read_delsys(path)
    assert (len(found.tables), found.names, found.tables[0].rate) == (1, ("A", "B"), pytest.approx(100))


def test_decimal_commas_are_declared(path):
    path.write_text(emgworks(mark=";").replace(".", ","))
    with pytest.raises(DataFormatError, match=r"decimal comma.*line 2|line 2.*decimal comma"):
        read_delsys(path)
    check(read_delsys(path, decimal=","))


def test_bad_24_a_label_without_unit(path):
    path.write_text(emgworks(units=False))
    with pytest.raises(DataFormatError, match=r"export\.csv.*'R TIB: EMG 1'.*no unit.*accepted: V, mV.*unit='uV'"):
        read_delsys(path)
    check(read_delsys(path, unit=dict.fromkeys(NAMES, "V") | {"R TIB: ACC X 1": "g"}))
    assert read_delsys(path, unit="mV").tables[0].units == ("mV", "mV")


def test_a_sensor_type_in_brackets_is_no_unit(path):
    path.write_text(emgworks(units=False).replace("EMG 1", "EMG 1 (IM)"))
    with pytest.raises(DataFormatError, match=r"'R TIB: EMG 1 \(IM\)'"):
        read_delsys(path)


def test_bad_19_dropouts_are_missing_and_flagged(path):
    first, imu, second = streams()
    short = (second[0], second[1], second[2][:-5])
    path.write_text(emgworks([first, imu, short], lost=[(7, 0), (8, 0)]))
    found = read_delsys(path)
    assert np.flatnonzero(np.isnan(found.tables[0].values[:, 0])).tolist() == [7, 8]
    assert np.isnan(found.tables[0].values[:, 1]).sum() == 5
    assert [(f.code, f.message, f.where) for f in found.flags] == [
        ("dropout", "2 of 962 samples are blank", NAMES[0]),
        ("dropout", "ends 5 samples before others", NAMES[1]),
    ]


def test_bad_08_another_number_of_points_is_flagged(path):
    path.write_text(emgworks(above=True, points=3))
    flags = read_delsys(path).flags
    assert {flag.code for flag in flags} == {"rows"}
    assert flags[0].message == "965 points declared, 962 present: those are used"


def test_a_last_line_without_end_is_flagged(path):
    path.write_text(emgworks().rstrip("\n"))
    assert [flag.code for flag in read_delsys(path).flags] == ["end"]


def test_bad_08_fewer_seconds_than_declared_are_flagged(path):
    path.write_text(discover().replace("(seconds):,0.5", "(seconds):,0.6"))
    assert [flag.message for flag in read_delsys(path).flags] == [
        "0.6 s declared, 0.4995 s present: rows are missing"
    ]


def test_bad_22_two_rates_under_one_time_column(path):
    rows = [f"{k / 2000},{k},{k if k % 13 == 0 else ''}" for k in range(200)]
    path.write_text("\n".join(["X[s],EMG (mV),ACC (g)", *rows, ""]))
    with pytest.raises(DataFormatError, match=r"two rates under one time column.*2000 Hz: EMG; 160 Hz: ACC"):
        read_delsys(path)
    rows = [f"{k / 2000},{k},{k if k < 15 else ''}" for k in range(200)]
    path.write_text("\n".join(["X[s],EMG (mV),ACC (g)", *rows, ""]))
    with pytest.raises(DataFormatError, match=r"two rates under one time column.*2000 Hz: EMG; 150 Hz: ACC"):
        read_delsys(path)
    with pytest.raises(DataFormatError, match="the content is delsys, not csv"):
        read_delimited(path, rate=2000)


def test_bad_17_a_declared_rate_that_the_time_contradicts(path):
    path.write_text(emgworks(above=True).replace("1925.93", "2000"))
    with pytest.raises(DataFormatError, match=r"time of R TIB: EMG 1.*declared 2000 Hz, measured 1925\.9"):
        read_delsys(path)
    path.write_text(discover().replace("1925.926 Hz", "1000 Hz", 1))
    with pytest.raises(DataFormatError, match=r"declared 1000 Hz"):
        read_delsys(path)


def test_bad_11_encodings(path):
    text = emgworks().replace("(V)", "(µV)").replace("\n", "\r\n")
    for raw, codes in (
        (codecs.BOM_UTF8 + text.encode(), ["encoding"]),
        (text.encode("utf-16"), ["encoding"]),
        (text.encode("latin-1"), ["encoding"]),
        (text.encode(), []),
    ):
        path.write_bytes(raw)
        found = read_delsys(path)
        assert [flag.code for flag in found.flags] == codes
        assert found.tables[0].units == ("uV", "uV")
    path.write_bytes(text.encode("utf-16")[:-1])
    with pytest.raises(DataFormatError, match=r"cannot be decoded.*UTF-16"):
        read_delsys(path)


def _row(number, text):
    return lambda lines: [*lines[:number], text, *lines[number + 1 :]]


@pytest.mark.parametrize(
    ("change", "tokens"),
    [
        pytest.param(_row(4, "0.001,x,,,,"), ["line 5, column 2", "'x'"], id="bad_09-word"),
        pytest.param(_row(4, "0.001,1"), ["ragged", "line 5", "2 cells, 6 expected"], id="bad_09-ragged"),
        pytest.param(_row(4, ",".join("0,00155" for _ in range(6))), ["ragged", "decimal="], id="bad_10"),
        pytest.param(lambda lines: [*lines[:-2], lines[-2][:9]], ["ragged"], id="bad_02"),
        pytest.param(_row(4, "0.0005,1,0.02,1,0.0015,1"), ["time does not increase", "R TIB: EMG 1"], id="bad_18"),
        pytest.param(lambda lines: lines[:1], ["no rows", "line 2"], id="no-rows"),
        pytest.param(_row(0, "X[s],A (V),X[s],B (g),X[s],A (V)"), ["duplicate", "'A': [1, 3]"], id="bad_12"),
        pytest.param(_row(0, "A (V),X[s],B (g),X[s],C (g)"), ["in front of all time columns", "'A (V)'"], id="front"),
        pytest.param(_row(4, ",1,0.02,1,0.0015,1"), ["time stamp is missing", "row 4"], id="no-time"),
    ],
)
def test_bad_tables_are_refused(path, change, tokens):
    path.write_text("\n".join(change(emgworks().split("\n"))))
    with pytest.raises(DataFormatError) as caught:
        read_delsys(path)
    assert all(token in str(caught.value) for token in [str(path), *tokens])


def test_a_number_without_time(path):
    path.write_text("X[s],A (V)\n0,1\n0.1,2\n,3\n")
    with pytest.raises(DataFormatError, match=r"no number|no rows|has no time"):
        read_delsys(path)


def test_bad_01_and_03_nothing_or_another_format(path):
    path.write_text("")
    with pytest.raises(DataFormatError, match="0 bytes"):
        read_delsys(path)
    path.write_text("time,a\n0,1\n")
    with pytest.raises(DataFormatError, match=r"the content is csv, not delsys.*first bytes"):
        read_delsys(path)
