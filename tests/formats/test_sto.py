from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from formats.mutants import mutants
from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats import read_sto, short_name, write_sto
from myoshift.types import Table

TIME = np.arange(5) / 100


def table(values, names=None, rate=100.0):
    names = names or tuple(f"c{i}" for i in range(values.shape[1]))
    return Table(values=values, names=names, units=("",) * len(names), rate=rate, time=np.arange(len(values)) / rate)


def text(*, head="Coordinates\nversion=1\nnRows=3\nnColumns=3\ninDegrees=no", labels="time\ta\tb", rows=None):
    rows = rows or ["0.00\t1\t2", "0.01\t3\t4", "0.02\t5\t6"]
    return "\n".join([head, "endheader", labels, *rows]) + "\n"


@pytest.fixture
def load(tmp_path):
    def write_and_read(content, **options):
        path = tmp_path / "table.sto"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_sto(path, **options)

    return write_and_read


# --- what is read ---------------------------------------------------------------------------------------------------


def test_values_names_units_and_rate(load):
    found = load(text())
    np.testing.assert_array_equal(found.values, [[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(found.time, [0, 0.01, 0.02])
    assert found.names == ("a", "b")
    assert found.units == ("rad", "rad")
    assert found.rate == pytest.approx(100)
    assert found.flags == ()


@pytest.mark.parametrize(
    "content",
    [
        text(head="name somewhere\ndatacolumns 3\ndatarows 3\nrange 0.0 0.02", labels="time\ta\tb"),
        "\n" + text(head="DataType=double\nversion=3\nOpenSimVersion=4.3"),
        text(head="EmgsFilter \nnRows=3 \nnColumns=3 \n"),
        text(labels="time\t  a\t b\t"),
        text(labels="time\t\ta\t\tb\t", rows=["0\t1\t2\t", "0.01\t3\t4\t", "0.02\t5\t6\t"]),
        text(labels="      time\t a\t b", rows=["   0.0 \t 1 \t 2", " 0.01\t 3\t 4", " 0.02\t 5\t 6"]),
        text(labels="time a b", rows=["0 1 2", "0.01 3 4", "0.02 5 6"]),
        text().replace("\n", "\r\n"),
        text().replace("endheader", "ENDHEADER"),
        text(head="Coordinates\nnRows=3\n\nUnits are S.I. units (second, meters, ...)\nAngles are in radians.\n"),
        text().rstrip("\n"),
        text() + "\n\n",
    ],
)
def test_dialects(load, content):
    found = load(content)
    np.testing.assert_array_equal(found.values, [[1, 2], [3, 4], [5, 6]])
    assert found.names == ("a", "b")
    assert found.flags == ()


@pytest.mark.parametrize(("stated", "unit"), [("yes", "deg"), ("no", "rad"), ("YES", "deg")])
def test_the_declared_angular_unit(load, stated, unit):
    assert load(text(head=f"x\ninDegrees={stated}")).units == (unit, unit)


def test_an_angular_unit_that_is_not_stated_may_be_given(load):
    assert load(text(head="x")).units == ("", "")
    assert load(text(head="x"), angle_unit="deg").units == ("deg", "deg")


def test_the_caller_overrules_the_header_with_a_flag(load):
    found = load(text(head="x\ninDegrees=no"), angle_unit="deg")
    assert found.units == ("deg", "deg")
    assert "inDegrees=no" in found.flags[0].message
    assert load(text(head="x\ninDegrees=perhaps")).flags[0].code == "unit"


def test_missing_samples(load):
    found = load(text(rows=["0\tnan\t2", "0.01\t-nan(ind)\t4", "0.02\t1.#QNAN\t6"]))
    np.testing.assert_array_equal(found.mask[:, 0], [False] * 3)
    np.testing.assert_array_equal(found.values[:, 1], [2, 4, 6])


def test_rate_undoes_the_rounding_of_printed_times(load):
    rows = [f"{k / 60:.3f}\t0\t0" for k in range(121)]
    assert load(text(rows=rows)).rate == pytest.approx(60)


def test_rate_ignores_gaps_but_flags_them(load):
    times = [0, 1, 2, 3, 7, 8, 9, 10]
    found = load(text(rows=[f"{t / 100}\t0\t0" for t in times]))
    assert found.rate == pytest.approx(100)
    codes = {flag.code: flag.message for flag in found.flags}
    assert "1 of 7 steps" in codes["irregular"]
    assert "longest 0.04 s, 0.03 s missing" in codes["irregular"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("/jointset/hip_r/hip_flexion_r/value", "hip_flexion_r"),
        ("/jointset/hip_r/hip_flexion_r/speed", "hip_flexion_r/speed"),
        ("/forceset/soleus_r/activation", "soleus_r"),
        ("/forceset/soleus_r", "soleus_r"),
        ("/forceset/soleus_r/normalized_tendon_force", "soleus_r/normalized_tendon_force"),
        ("soleus_r.activation", "soleus_r"),
        ("hip_flexion_r", "hip_flexion_r"),
        ("/a", "a"),
    ],
)
def test_short_names(label, name):
    assert short_name(label) == name


# --- writing --------------------------------------------------------------------------------------------------------


@given(arrays(np.float64, (4, 3), elements=st.floats(allow_infinity=False)), st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_digit_survives(tmp_path_factory, values, in_degrees):
    path = tmp_path_factory.mktemp("sto") / "out.sto"
    write_sto(path, table(values), in_degrees=in_degrees, name="two\nlines")
    back = read_sto(path)
    np.testing.assert_array_equal(back.values, values)
    assert back.names == ("c0", "c1", "c2")
    assert back.units == ("deg" if in_degrees else "rad",) * 3
    assert [f.name for f in path.parent.iterdir()] == ["out.sto"]


@pytest.mark.parametrize("name", ["a\tb", "a\nb", "", "time"])
def test_names_that_a_table_cannot_hold(tmp_path, name):
    with pytest.raises(DataFormatError, match="rename the column"):
        write_sto(tmp_path / "out.sto", table(np.zeros((2, 1)), names=(name,)))
    assert list(tmp_path.iterdir()) == []


# --- bad input ------------------------------------------------------------------------------------------------------

ROWS = ["0.00\t1\t2", "0.01\t3\t4", "0.02\t5\t6"]


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        pytest.param("", ["empty", "0 bytes"], id="bad_01"),
        pytest.param(text(rows=[*ROWS, "0.03\t7"]), ["truncated", "line 11", "2 cells", "3"], id="bad_02"),
        pytest.param("<!DOCTYPE html><html></html>", ["html", "sto", "<!DOCTYPE"], id="bad_03-html"),
        pytest.param(b"\x89HDF\r\n\x1a\n" + bytes(600), ["hdf5", "sto", "HDF"], id="bad_03-hdf5"),
        pytest.param(text(head="x\nnRows=2147483648"), ["nRows", "2147483648", "bytes"], id="bad_07-rows"),
        pytest.param(text(head="x\nnColumns=99999"), ["nColumns", "99999", "bytes"], id="bad_07-columns"),
        pytest.param(text().replace("endheader\n", ""), ["endheader", "line 1", "'Coordinates'"], id="bad_09-header"),
        pytest.param(
            text(rows=["0\t1\t2", "0.01\t3", *ROWS[2:]]), ["line 9", "ragged", "2 cells"], id="bad_09-short"
        ),
        pytest.param(text(rows=["0\t1\t2\t9", *ROWS[1:]]), ["line 8", "ragged", "4 cells"], id="bad_09-long"),
        pytest.param(
            text(rows=["0\t1\t2", f"0.01\t{'x' * 60}\t4"]),
            ["line 9, column 2", "x" * 40 + "...", "not a number"],
            id="bad_09-cell",
        ),
        pytest.param(text(rows=["0\t1,5\t2", "0.01\t3\t4"]), ["line 8, column 2", "'1,5'", "decimal"], id="bad_10"),
        pytest.param(text(rows=["0;1;2", "0,01;3;4"]), ["line 8, column 1", "'0;1;2'"], id="bad_10-delimiter"),
        pytest.param(text(labels="time\ta\ta"), ["duplicate", "'a': [2, 3]"], id="bad_12"),
        pytest.param(text(labels="t\ta\tb"), ["first column", "time"], id="no-time"),
        pytest.param(text(rows=["0\t1\t2"]), ["no sampling rate", "1 row"], id="bad_17-none"),
        pytest.param(text(head="x\nDataRate=200"), ["declared 200 Hz", "measured 100 Hz"], id="bad_17-contradicts"),
        pytest.param(text(head="x\nDataRate=0"), ["impossible", "0 Hz"], id="bad_17-zero"),
        pytest.param(text(head="x\nDataRate=fast"), ["DataRate", "'fast'"], id="bad_17-word"),
        pytest.param(
            text(rows=["0.02\t5\t6", "0.01\t3\t4", "0\t1\t2"]), ["row 2", "0.02 s", "0.01 s", "increase"], id="bad_18"
        ),
        pytest.param(
            text(rows=["0\t1\t2", "0\t3\t4", "0.01\t1\t1"]), ["row 2", "0 s is followed by 0 s"], id="bad_18-twice"
        ),
        pytest.param(text(rows=["0\t1\t2", "nan\t3\t4", "0.01\t1\t1"]), ["row 2", "nan"], id="bad_18-nan"),
        pytest.param(text().split("0.00")[0], ["no rows"], id="no-rows"),
        pytest.param(text().encode("utf-16")[:-1], ["UTF-16", "byte"], id="bad_11-cut"),
        pytest.param(text().encode("utf-16-le"), ["unknown", "sto"], id="bad_11-binary"),
    ],
)
def test_bad_tables_are_refused(load, tmp_path, content, tokens):
    with pytest.raises(DataFormatError) as caught:
        load(content)
    for token in [str(tmp_path / "table.sto"), *tokens]:
        assert token in str(caught.value)


def test_bad_08_lying_counts_are_flagged(load):
    found = load(text(head="x\nnRows=20\nnColumns=4"))
    assert found.values.shape == (3, 2)
    assert [flag.message for flag in found.flags] == [
        "the header announces 20 rows, 3 are present and were used",
        "the header announces 4 columns, 3 are present and were used",
    ]


def test_bad_10_decimal_commas_can_be_declared(load):
    found = load(text(rows=["0,00\t1,5\t2", "0,01\t3\t4"]), decimal=",")
    assert found.values[0, 0] == 1.5


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"\xef\xbb\xbf" + text().encode(), "byte-order mark"),
        (text().encode("utf-16"), "UTF-16"),
        (text(head="M\u00fcller").encode("latin-1"), "latin-1"),
    ],
)
def test_bad_11_other_encodings_are_noted(load, content, note):
    found = load(content)
    assert found.values.shape == (3, 2)
    assert note in found.flags[0].message


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataRefused, match=r"nowhere\.sto.*No such file"):
        read_sto(tmp_path / "nowhere.sto")


def test_damaged_tables_are_refused_or_flagged(tmp_path):
    path = tmp_path / "damaged.sto"
    random = np.random.default_rng(5)
    write_sto(path, table(random.normal(size=(60, 4)).round(6)))
    raw = path.read_bytes()
    refused = []
    for mutant in mutants(raw, 200, seed=11, header=90):
        path.write_bytes(mutant)
        try:
            found = read_sto(path)
        except DataRefused as error:
            refused.append(str(error))
            continue
        same = found.values.shape == (60, 4) and found.rate == pytest.approx(100, rel=1e-3)
        assert same or found.flags
    assert len(refused) > 50
    assert all(str(path) in message for message in refused)


def test_a_count_of_many_digits_is_refused(load):
    with pytest.raises(DataFormatError, match=r"nRows.*impossible count.*9999\.\.\. rows"):
        load(text(head=f"Coordinates\nversion=1\nnRows={'9' * 5000}\nnColumns=3\ninDegrees=no"))


@pytest.mark.parametrize("stamp", ["inf", "-inf", "nan"])
def test_time_that_is_no_number_is_refused(load, stamp):
    with pytest.raises(DataFormatError, match=rf"row 2: a time stamp is no number \({stamp}\)"):
        load(text(rows=["0\t1\t2", f"{stamp}\t1\t2", "0.02\t1\t2"]))
