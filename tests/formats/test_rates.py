"""Two rates in one table."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.errors import DataFormatError
from myoshift.formats import read_delimited
from myoshift.formats.rates import refuse_blank, refuse_held

RANDOM = np.random.default_rng(0)
FAST = RANDOM.normal(size=400)
SLOW = np.repeat(RANDOM.normal(size=40), 10)


def write(path, rows):
    path.write_text("emg,acc\n" + "".join(f"{a},{b}\n" for a, b in rows))
    return path


def test_repeated_values_are_another_rate(tmp_path):
    path = write(tmp_path / "a.csv", zip(FAST, SLOW, strict=True))
    with pytest.raises(DataFormatError, match=r"several rates.*2000 Hz: emg; 200 Hz: acc.*held="):
        read_delimited(path, rate=2000.0)
    assert read_delimited(path, rate=2000.0, held=("acc",)).names == ("emg", "acc")


@pytest.mark.parametrize("every", [True, False], ids=["in between", "at the end"])
def test_blank_cells_are_another_rate(tmp_path, every):
    blanks = [f"{v:g}" if (k % 10 == 0 if every else k < 40) else "" for k, v in enumerate(SLOW)]
    path = write(tmp_path / "a.csv", zip(FAST, blanks, strict=True))
    with pytest.raises(DataFormatError, match=r"several rates.*2000 Hz: emg; 200 Hz: acc"):
        read_delimited(path, rate=2000.0)


def test_one_short_row_is_ragged_as_ever(tmp_path):
    path = write(tmp_path / "a.csv", [*zip(FAST, FAST, strict=True), (1.0, "")])
    with pytest.raises(DataFormatError, match="truncated"):
        read_delimited(path, rate=2000.0)


def test_quantised_steady_and_equally_slow_columns_pass():
    counts, trigger = np.round(FAST), np.repeat([0.0, 1.0], 200)
    refuse_held(np.stack([FAST, counts, trigger], axis=1), ("a", "b", "c"), 100.0)
    refuse_held(np.stack([SLOW, SLOW], axis=1), ("a", "b"), 100.0)
    irregular = np.repeat(RANDOM.normal(size=150), RANDOM.integers(2, 5, 150))[:400]
    refuse_held(np.stack([FAST[: len(irregular)], irregular], axis=1), ("a", "b"), 100.0)


def test_equal_counts_pass():
    refuse_blank({"a": 100, "b": 100}, None)
    refuse_blank({"a": 100, "b": 99}, None)
    with pytest.raises(DataFormatError, match=r"1 of the rows: a; 0.5 of the rows: b"):
        refuse_blank({"a": 100, "b": 50}, None)
