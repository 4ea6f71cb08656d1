from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from formats.mutants import mutants
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import read_delimited

TEXT = "a,b\n1,2\n3,4\n5,6\n"
VALUES = [[1, 2], [3, 4], [5, 6]]


@pytest.fixture
def load(tmp_path):
    def write_and_read(content, **options):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_delimited(path, **{"rate": 100.0, **options})

    return write_and_read


# --- what is read ---------------------------------------------------------------------------------------------------


def test_values_names_units_and_rate(load):
    found = load(TEXT, unit=("mV", "deg"))
    np.testing.assert_array_equal(found.values, VALUES)
    np.testing.assert_allclose(found.time, [0, 0.01, 0.02])
    assert (found.names, found.units, found.rate, found.flags) == (("a", "b"), ("mV", "deg"), 100.0, ())
    assert load(TEXT, unit="N").units == ("N", "N")
    assert load(TEXT).units == ("", "")


VENDOR = 'Project: gait\nSubject: 7\n"time,s";"LT TIB.ANT.,uV";RT SOL. (mV)\n0;1;2\n0.001;3;4\n0.002;5;6\n'


def test_units_out_of_the_labels_of_a_vendor_below_its_lines_of_keys(load):
    found = load(VENDOR, unit=None, time="time", rate=None, preamble=2)
    assert (found.names, found.units) == (("LT TIB.ANT.", "RT SOL."), ("uV", "mV"))
    assert found.rate == pytest.approx(1000)
    assert load(VENDOR.replace(";", ","), unit=None, time="time", preamble=2, rate=None).units == ("uV", "mV")


def test_bad_24_a_label_without_unit(load):
    with pytest.raises(DataFormatError, match=r"channel 'RT SOL\. \(IM\)'.*no unit.*unit='uV'"):
        load(VENDOR.replace("(mV)", "(IM)"), unit=None, time="time", rate=None, preamble=2)


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (TEXT.replace(",", "\t"), {}),
        (TEXT.replace(",", ";"), {}),
        (TEXT.replace(",", " "), {"delimiter": " "}),
        (TEXT.replace(",", ";").replace("\n3", "\n3,0"), {"decimal": ","}),
        (TEXT.replace("\n", ",\n"), {}),
        (TEXT.replace("\n", "\t\n").replace(",", "\t"), {}),
        (TEXT.replace("a,b", '"a" , "b"'), {}),
        (TEXT + "\n\n", {}),
        (TEXT.partition("\n")[2], {"names": ("a", "b")}),
        ("File Name: x\nChannel 1, mV\n\n" + TEXT, {"preamble": 3}),
        ("File Name: x\n\n" + TEXT.partition("\n")[2], {"preamble": 2, "names": ("a", "b")}),
    ],
)
def test_dialects(load, content, options):
    found = load(content, **options)
    np.testing.assert_array_equal(found.values, VALUES)
    assert (found.names, found.flags) == (("a", "b"), ())


def test_one_column(load):
    np.testing.assert_array_equal(load("a\n1\n2\n").values, [[1], [2]])


@given(arrays(np.float64, (5, 3), elements=st.floats(allow_infinity=False)), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=40, deadline=None)
def test_every_digit_survives(tmp_path_factory, values, mark):
    path = tmp_path_factory.mktemp("csv") / "out.txt"
    path.write_text("\n".join(mark.join(map(repr, row)) for row in values.tolist()) + "\n")
    np.testing.assert_array_equal(read_delimited(path, names=("a", "b", "c"), rate=1.0).values, values)


def test_a_column_of_time(load):
    found = load("s,a\n0.5,1\n0.6,2\n0.7,3\n", time="s", rate=None)
    assert found.names == ("a",)
    assert found.rate == pytest.approx(10)
    np.testing.assert_array_equal(found.time, [0.5, 0.6, 0.7])
    assert load("s,a\n0,1\n0.1,2\n0.9,3\n1.0,4\n", time="s", rate=None).flags[0].code == "irregular"


# --- rows in which numbers are missing ------------------------------------------------------------------------------

HOLES = "a,b\n1,2\n3,\n5,6\n7\n,\n"


def test_short_rows_are_refused_unless_the_caller_says_so(load):
    with pytest.raises(DataFormatError, match=r"line 3.*1 numbers where 2 columns.*short_rows='drop'"):
        load(HOLES)


def test_short_rows_among_others_are_missing_those_at_the_end_are_gone(load):
    found = load(HOLES, short_rows="drop")
    np.testing.assert_array_equal(found.values, [[1, 2], [np.nan, np.nan], [5, 6]])
    np.testing.assert_allclose(found.time, [0, 0.01, 0.02])
    assert [flag.message for flag in found.flags] == [
        "3 of 5 rows hold fewer than 2 numbers and were left out, the first on line 3"
    ]


def test_short_rows_of_a_table_with_time_are_gone(load):
    found = load("t,a\n0,1\n0.1,\n0.2,3\n", time="t", rate=None, short_rows="drop")
    np.testing.assert_array_equal(found.time, [0, 0.2])
    assert found.flags[0].code == "short_rows"


def test_a_row_that_does_not_end_as_the_others_is_unfinished(load):
    """`5,6` may be the beginning of `5,60`."""
    content = "a,b\n1,2,\n3,4,\n5,6"
    with pytest.raises(DataFormatError, match="last row is truncated"):
        load(content)
    found = load(content, short_rows="drop")
    np.testing.assert_array_equal(found.values, [[1, 2], [3, 4]])
    assert {flag.code for flag in found.flags} == {"short_rows", "end"}


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "options", "tokens"),
    [
        pytest.param("", {}, ["empty", "0 bytes"], id="bad_01"),
        pytest.param("a,b\n1,2\n3", {}, ["line 3", "truncated", "1 numbers", "2"], id="bad_02"),
        pytest.param("<!DOCTYPE html><html></html>", {}, ["html", "csv", "<!DOCTYPE"], id="bad_03"),
        pytest.param("a,b\n1,2\n3,4,5\n", {}, ["line 3", "ragged", "3 cells", "2"], id="bad_09-long"),
        pytest.param("a,b\n1,2,3\n4,5\n", {}, ["line 2", "ragged", "3 cells"], id="bad_09-long-first"),
        pytest.param(f"a,b\n1,{'x' * 60}\n", {}, ["line 2, column 2", "x" * 40 + "..."], id="bad_09-cell"),
        pytest.param("a;b\n1,5;2\n", {}, ["line 2, column 1", "'1,5'", "decimal"], id="bad_10"),
        pytest.param("a\tb\n1 2\n", {}, ["line 2, column 1", "'1 2'"], id="bad_10-delimiter"),
        pytest.param("a,a\n1,2\n", {}, ["line 1", "duplicate", "'a': [1, 2]"], id="bad_12"),
        pytest.param("1,2\n", {"names": ("a", "a")}, ["names", "duplicate", "'a': [1, 2]"], id="bad_12-stated"),
        pytest.param("1,2\n3,4\n", {}, ["line 1", "labels", "names="], id="no-labels"),
        pytest.param("a,,c\n1,2,3\n", {}, ["line 1", "labels"], id="empty-label"),
        pytest.param(TEXT, {"rate": None}, ["no sampling rate", "rate=", "time="], id="bad_17-none"),
        pytest.param(TEXT, {"rate": 0.0}, ["impossible", "0 Hz"], id="bad_17-zero"),
        pytest.param(TEXT, {"rate": float("nan")}, ["impossible", "nan"], id="bad_17-nan"),
        pytest.param("t,a\n0,1\n1,2\n2,3\n", {"time": "t"}, ["declared 100 Hz", "measured 1 Hz"], id="bad_17-other"),
        pytest.param("t,a\n0,1\n0,2\n", {"time": "t", "rate": None}, ["row 2", "increase"], id="bad_18"),
        pytest.param(TEXT, {"time": "s"}, ["no column 's'", "a, b"], id="no-such-time"),
        pytest.param(TEXT, {"unit": ("V",)}, ["1 units, 2 columns"], id="units"),
        pytest.param(TEXT, {"decimal": ","}, ["delimiter"], id="comma-twice"),
        pytest.param(TEXT, {"delimiter": "::"}, ["delimiter"], id="two-characters"),
        pytest.param("a,b\n", {}, ["line 2", "no rows"], id="no-rows"),
        pytest.param("a,b\n", {"preamble": 5}, ["line 2", "6 lines"], id="short-preamble"),
        pytest.param("a,b\n,\n,\n", {"short_rows": "drop"}, ["cannot be read as numbers"], id="nothing-left"),
        pytest.param(TEXT.encode("utf-16")[:-1], {}, ["UTF-16", "byte"], id="bad_11-cut"),
    ],
)
def test_bad_tables_are_refused(load, tmp_path, content, options, tokens):
    with pytest.raises(DataFormatError) as caught:
        load(content, **options)
    for token in [str(tmp_path / "table.csv"), *tokens]:
        assert token in str(caught.value)


@pytest.mark.parametrize(
    ("content", "code", "note"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode(), "encoding", "byte-order mark"),
        (TEXT.encode("utf-16"), "encoding", "UTF-16"),
        (TEXT.replace("a", "M\u00fc").encode("latin-1"), "encoding", "latin-1"),
        (TEXT.replace("\n", "\r\n").encode(), "encoding", "carriage return"),
        (TEXT.rstrip().encode(), "end", "may be cut"),
    ],
)
def test_bad_11_what_is_odd_is_noted(load, content, code, note):
    found = load(content)
    np.testing.assert_array_equal(found.values, VALUES)
    assert [flag.code for flag in found.flags] == [code]
    assert note in found.flags[0].message


@pytest.mark.parametrize("name", ["table.csv", "table.txt"])
def test_any_text_is_read_by_this_reader_unless_its_suffix_says_more(tmp_path, name):
    path = tmp_path / name
    path.write_text(TEXT)
    assert formats.read(path, rate=10.0).rate == 10


@pytest.mark.parametrize("short_rows", ["refuse", "drop"])
def test_damaged_tables_are_refused_or_flagged(tmp_path, short_rows):
    path = tmp_path / "damaged.txt"
    values = np.random.default_rng(5).normal(size=(60, 4)).round(4)
    rows = "\n".join("\t".join(map(str, row)) for row in values.tolist())
    raw = f"File Name: a\n\none\ttwo\tthree\tfour\n{rows}\n".encode()
    refused = []
    for mutant in mutants(raw, 500, seed=11, header=90):
        path.write_bytes(mutant)
        try:
            found = read_delimited(path, delimiter="\t", preamble=2, rate=100.0, short_rows=short_rows)
        except DataFormatError as error:
            refused.append(str(error))
            continue
        whole = found.values.shape == (60, 4) and found.rate == 100
        assert whole or found.flags or (raw.startswith(mutant) and mutant.endswith(b"\n"))
    assert len(refused) > 100
    assert all(str(path) in message for message in refused)


def test_what_bids_writes_for_nothing_is_nan(tmp_path):
    (tmp_path / "a.tsv").write_text("time\ta\tb\n0\t1\tn/a\n0.1\tn/a\t2\n0.2\t3\t4\n")
    table = read_delimited(tmp_path / "a.tsv", time="time")
    np.testing.assert_array_equal(table.values, [[1, np.nan], [np.nan, 2], [3, 4]])
