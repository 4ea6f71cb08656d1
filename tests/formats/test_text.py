from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.errors import DataFormatError
from myoshift.formats import text

ODD = [0.0, -0.0, 1e20, 1e-7, 5e-324, 1.7976931348623157e308, np.nan, np.inf, -np.inf, 1 / 3, 123456789012345680.0]


@pytest.fixture
def large(monkeypatch):
    """Every body counts as large."""
    monkeypatch.setattr(text, "_LARGE", 0)


@given(values=st.lists(st.lists(st.floats() | st.sampled_from(ODD), min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_parsed_alike_by_both_parsers(values):
    values = np.array(values)
    body = text.rows(values)
    np.testing.assert_array_equal(text.parse_fast(body, 3), values)
    np.testing.assert_array_equal(text.parse(body), values)


CELLS = ["1", "-2.5e3", "nan", "inf", "-Infinity", "+1", " 3 ", ".5", "1.", "", "x", "1,5", "0x10", "1_0", "nan(ind)"]


@given(
    cells=st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=3), min_size=1, max_size=4),
    end=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    between=st.sampled_from(["\t", " ", "\t\t"]),
)
@settings(max_examples=300, deadline=None)
def test_the_fast_parser_accepts_nothing_that_the_other_refuses_or_reads_otherwise(cells, end, between):
    body = (end.join(between.join(row) for row in cells) + end).encode()
    fast = text.parse_fast(body, 2)
    if fast is not None and len(fast):  # a body without rows is refused before it is parsed
        np.testing.assert_array_equal(fast, text.parse(body))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    "body", [b"0\t1\n1\t2\n", b"0\t1\r\n1\t2\r\n", b"0 1\n1 2\n", b" 0\t 1\t\n 1\t2 \t\n", b"0\t+1\n1\t2\n"]
)
def test_large_bodies_of_every_dialect(body):
    np.testing.assert_array_equal(text.numbers(body, 2, 1), [[0, 1], [1, 2]])


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"0\t1\n1\n", r"last row is truncated.*1 cells"),
        (b"0\t1\n1\t2\t3\n4\t5\n", r"row is ragged.*3 cells"),
        (b"0\t1\n1\tx\n", r"line 7, column 2: a cell is not a number"),
        (b"0\t1,5\n", r"decimal comma"),
        (b"\n\t\n", r"no rows"),
    ],
)
def test_large_bodies_say_where_they_go_wrong(body, message):
    with pytest.raises(DataFormatError, match=message):
        text.numbers(body, 2, 6)


def test_a_large_body_is_parsed_fast(monkeypatch):
    values = np.random.default_rng(0).normal(size=(6000, 3))
    monkeypatch.setattr(text, "parse", None)
    np.testing.assert_array_equal(text.numbers(text.rows(values), 3, 1), values)
