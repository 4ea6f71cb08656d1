"""The tables of the findings are what the committed scores say."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from myoshift.bench import spec, stats

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "findings.md").read_text()
ROW = re.compile(r"^\| (\w\S*) \| ([\d.]+) \[([\d.]+), ([\d.]+)\] \| ([\d.]+) \| ([\d.]+) \|(.*)$", re.MULTILINE)
SECTIONS = re.findall(r"^### (\S+), (.+?)\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def board():
    results = pd.read_parquet(ROOT / "docs" / "results" / "gait.parquet")
    return stats.leaderboard(results, spec.read(ROOT / "benchmarks" / "gait.yaml"))


def test_the_tables_are_found():
    assert len(SECTIONS) == 5


@pytest.mark.parametrize(("protocol", "condition", "text"), SECTIONS, ids=[f"{p}, {c}" for p, c, _ in SECTIONS])
def test_table(protocol, condition, text, board):
    rows = board[(board.protocol == protocol) & (board.condition == condition)].set_index("method")
    written = re.findall(
        r"^\| (\w\S*) \| ([\d.]+) \[([\d.]+), ([\d.]+)\] \| ([\d.]+) \| ([\d.]+) \|(.*)$", text, re.M
    )
    assert [row[0] for row in written] == list(rows.index)
    for method, r, low, high, by_institution, best, rest in written:
        row = rows.loc[method]
        assert float(r) == pytest.approx(row.r, abs=6e-4)
        assert float(low) == pytest.approx(row.r_hierarchical_low, abs=6e-3)
        assert float(high) == pytest.approx(row.r_hierarchical_high, abs=6e-3)
        assert float(by_institution) == pytest.approx(row.r_institution, abs=6e-4)
        assert float(best) == pytest.approx(row.r_best, abs=6e-4)
        if difference := re.match(r" ([+-][\d.]+) \[([+-][\d.]+), ([+-][\d.]+)\]", rest):
            expected = (row.difference, row.difference_hierarchical_low, row.difference_hierarchical_high)
            assert [float(x) for x in difference.groups()] == pytest.approx(expected, abs=6e-4)


def test_the_scores_are_those_of_the_benchmark_as_it_stands():
    assert spec.read(ROOT / "benchmarks" / "gait.yaml").digest in PAGE
