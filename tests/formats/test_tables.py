from __future__ import annotations

import numpy as np
import pytest

from myoshift.errors import DataFormatError, UnknownNameError
from myoshift.formats import Tables
from myoshift.types import Table


def table(names, rate):
    time = np.arange(4) / rate
    return Table(values=np.ones((4, len(names))), names=names, units=("V",) * len(names), rate=rate, time=time)


def test_channels_are_taken_out_of_the_table_that_holds_them():
    found = Tables(tables=(table(("a", "b"), 2000.0), table(("x",), 148.0)))
    assert found.names == ("a", "b", "x")
    assert found.select(["b", "a"]).names == ("b", "a")
    assert found.select(["x"]).rate == 148
    with pytest.raises(UnknownNameError, match=r"unknown channel 'y'.*nearest known names: x"):
        found.select(["y"])


def test_bad_22_channels_of_two_rates_make_no_table():
    found = Tables(tables=(table(("a",), 2000.0), table(("x",), 148.0)))
    with pytest.raises(DataFormatError, match=r"2000 Hz: a; 148 Hz: x"):
        found.select(["a", "x"])


def test_bad_12_a_name_in_two_tables():
    with pytest.raises(DataFormatError, match="duplicate channel names"):
        Tables(tables=(table(("a",), 2000.0), table(("a",), 148.0)))
