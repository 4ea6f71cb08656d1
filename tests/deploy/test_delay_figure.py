"""The figure of delays."""

from __future__ import annotations

import csv

import pytest

from myoshift.deploy.delay_figure import COLUMNS, write
from myoshift.deploy.timing import COMMON, Timing
from myoshift.errors import ConfigError


def row(muscle, delay, verdict="identifiable", where="Lab $1$: healthy, walk"):
    low, high = (None, None) if delay is None else (delay - 0.01, delay + 0.01)
    return Timing(
        recording="lab/s1/walk",
        muscle=muscle,
        delay=delay,
        low=low,
        high=high,
        against="simulated",
        verdict=verdict,
        where=where,
    )


ROWS = [
    row("soleus_r", 0.06),
    row("vasti_r", 0.15, "at its bound"),
    row("gastrocnemius_r", None, "silent"),
    row(COMMON, 0.06),
]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for name in ("a/one.svg", "b/two.svg"):
        write(tmp_path / name, ROWS)
    assert (tmp_path / "a/one.svg").read_bytes() == (tmp_path / "b/two.svg").read_bytes()
    drawn = (tmp_path / "a/one.svg").read_text()
    assert "Lab $1$: healthy, walk (1)" in drawn
    assert "<dc:date>" not in drawn


def test_the_numbers_lie_beside_it(tmp_path):
    write(tmp_path / "delays.svg", ROWS)
    table = list(csv.DictReader((tmp_path / "delays.csv").read_text().splitlines()))
    assert tuple(table[0]) == COLUMNS
    assert table[0]["delay"] == "0.0600"
    assert table[2]["delay"] == ""


def test_nothing_to_draw(tmp_path):
    with pytest.raises(ConfigError, match="no delay to draw"):
        write(tmp_path / "delays.svg", [])
