from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from formats.mutants import mutants
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import parquet, read_parquet

VALUES = np.random.default_rng(3).normal(size=(300, 2))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trial.parquet"


@pytest.fixture(autouse=True)
def one_process(request, monkeypatch):
    """What has no damaged file needs no child process, which takes a second."""
    if "damaged" not in request.node.name:
        monkeypatch.setattr("myoshift.formats.child.run", lambda *arguments: None)


def write(path, columns=None, *, units=("uV", "deg"), rate="2000", pandas=None, **options):
    columns = columns or {"emg": VALUES[:, 0], "knee": VALUES[:, 1]}
    fields = [
        pa.field(name, pa.array(values).type, metadata={"unit": unit} if unit else None)
        for (name, values), unit in zip(columns.items(), (*units, *[""] * len(columns)), strict=False)
    ]
    metadata = ({"rate": rate} if rate else {}) | ({"pandas": pandas} if pandas else {})
    table = pa.table([pa.array(values) for values in columns.values()], schema=pa.schema(fields, metadata=metadata))
    pq.write_table(table, path, **options)
    return path


def test_what_the_schema_states(path):
    found = formats.read(write(path))
    assert (found.names, found.units, found.rate, found.flags) == (("emg", "knee"), ("uV", "deg"), 2000.0, ())
    np.testing.assert_array_equal(found.values, VALUES)
    np.testing.assert_allclose(found.time, np.arange(300) / 2000)


def test_what_the_caller_states(path):
    time = np.arange(300) / 100
    write(path, {"t": time, "emg": VALUES[:, 0], "name": ["x"] * 300}, units=(), rate="")
    found = read_parquet(path, columns=["emg"], unit={"emg": "mV"}, time="t")
    assert (found.names, found.units, found.rate) == (("emg",), ("mV",), pytest.approx(100))
    np.testing.assert_array_equal(found.time, time)
    assert read_parquet(path, columns=["emg"], unit="V", rate=100).units == ("V",)


def test_nulls_are_missing_and_whole_numbers_are_numbers(path):
    found = read_parquet(write(path, {"emg": [1, None, 3], "on": [True, False, True]}))
    np.testing.assert_array_equal(found.values, [[1, 1], [np.nan, 0], [3, 1]])


def test_what_pandas_says_is_not_looked_at(path):
    odd = json.dumps({"index_columns": ["emg"], "columns": [{"name": "emg", "pandas_type": "object"}]})
    assert read_parquet(write(path, pandas=odd)).names == ("emg", "knee")


def test_bad_24_no_unit(path):
    with pytest.raises(DataFormatError, match=r"trial\.parquet, channel 'knee'.*no unit.*unit='uV'"):
        read_parquet(write(path, units=("uV", "")))


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        pytest.param({"rate": ""}, {}, r"no sampling rate.*'rate'.*rate=", id="bad_17-none"),
        pytest.param({"rate": "fast"}, {}, r"no number.*'fast'", id="bad_17-word"),
        pytest.param({"rate": "nan"}, {}, r"impossible.*nan", id="bad_17-nan"),
        pytest.param({"rate": "0"}, {}, r"impossible.*0 Hz", id="bad_17-zero"),
        pytest.param({}, {"rate": 1000}, r"stated 1000 Hz, declared 2000 Hz", id="bad_17-contradicts"),
        pytest.param({}, {"time": "emg"}, r"time does not increase", id="bad_18"),
        pytest.param({}, {"time": "t"}, r"no column 't'.*emg, knee", id="no-time"),
        pytest.param({}, {"columns": ["hip"]}, r"no column 'hip'.*emg, knee", id="no-column"),
        pytest.param({"columns": {"emg": [1.0], "name": ["x"]}}, {}, r"'name'.*string.*columns=|numbers", id="text"),
        pytest.param({"columns": {"emg": [[1.0, 2.0]]}}, {}, r"does not hold numbers.*list", id="nested"),
        pytest.param({"columns": {"emg": np.empty(0)}}, {}, r"no rows", id="empty"),
    ],
)
def test_bad_files_are_refused(path, change, options, message):
    with pytest.raises(DataFormatError, match=message):
        read_parquet(write(path, **change), **options)


def test_bad_12_a_name_twice(path):
    table = pa.table([pa.array([1.0]), pa.array([2.0])], names=["emg", "emg"])
    pq.write_table(table, path)
    with pytest.raises(DataFormatError, match=r"duplicate column names.*'emg': \[1, 2\]"):
        read_parquet(path)


def test_bad_07_what_unpacks_to_far_too_much(path, monkeypatch):
    monkeypatch.setattr(parquet, "SPREAD", 0)
    write(path, {"emg": np.zeros(10**6)}, compression="zstd")
    with pytest.raises(DataFormatError, match=r"too large.*1000000 rows of 1 columns are 8000000 bytes, limit"):
        read_parquet(path)


def test_bad_01_to_03_nothing_a_part_or_another_format(path):
    path.write_bytes(b"")
    with pytest.raises(DataFormatError, match="0 bytes"):
        read_parquet(path)
    path.write_bytes(write(path).read_bytes()[:-50])
    with pytest.raises(DataFormatError, match="damaged or truncated"):
        read_parquet(path)
    path.write_text("time,a\n0,1\n")
    with pytest.raises(DataFormatError, match=r"the content is csv, not parquet.*first bytes"):
        read_parquet(path)


def test_bad_02_damaged_files_are_refused_or_read_alike(path):
    raw = write(path, write_page_checksum=True).read_bytes()
    refused = 0
    for mutant in mutants(raw, 8, seed=3, header=200):
        path.write_bytes(mutant)
        try:
            found = read_parquet(path)
        except DataFormatError:
            refused += 1
            continue
        assert (found.values.shape, found.rate) == ((300, 2), 2000.0)
    assert refused > 2
