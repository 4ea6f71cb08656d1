"""Tables as .csv and .parquet: what is written is what comes back, here and in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.types import Table


def table(names=("soleus_r", "thigh, outer"), rate=50.0):
    values = np.random.default_rng(0).random((40, len(names)))
    values[3, 1] = np.nan
    units = ("1",) * len(names)
    return Table(values=values, names=names, units=units, rate=rate, time=2.0 + np.arange(40) / rate)


def test_a_csv_comes_back_with_every_digit(tmp_path):
    path, given = tmp_path / "a.csv", table()
    formats.write_csv(path, given)
    ours = formats.read_delimited(path, time="time", unit="1")
    assert (ours.names, ours.rate) == (given.names, pytest.approx(50.0))
    np.testing.assert_array_equal(ours.values, given.values)
    theirs = pd.read_csv(path)
    assert tuple(theirs.columns) == ("time", *given.names)
    np.testing.assert_allclose(theirs.to_numpy(), np.column_stack([given.time, given.values]), rtol=1e-15)


def test_parquet_comes_back_with_units_rate_and_what_is_said_of_it(tmp_path):
    path, given = tmp_path / "a.parquet", table()
    formats.write_parquet(path, given, {"model_sha256": "abc"})
    ours = formats.read_parquet(path, time="time")
    assert (ours.names, ours.units, ours.rate) == (given.names, given.units, pytest.approx(50.0))
    np.testing.assert_array_equal(ours.values, given.values)
    np.testing.assert_array_equal(ours.time, given.time)
    np.testing.assert_array_equal(pd.read_parquet(path)["soleus_r"], given.values[:, 0])
    schema = parquet.read_schema(path)
    assert schema.metadata[b"model_sha256"] == b"abc"
    assert schema.metadata[b"rate"] == b"50.0"
    assert schema.field("time").metadata[b"unit"] == b"s"


@pytest.mark.parametrize("name", ["", " ", "time", "two\nlines", "=SUM(A1)", "@x"])
def test_names_that_no_table_can_hold(tmp_path, name):
    for write in (formats.write_csv, lambda path, given: formats.write_parquet(path, given, {})):
        with pytest.raises(DataFormatError, match="a column name that a table cannot hold"):
            write(tmp_path / "a", table(("soleus_r", name)))
    assert not list(tmp_path.iterdir())
