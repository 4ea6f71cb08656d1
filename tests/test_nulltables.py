"""The measurements of false claims and coverage, on few tables."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from myoshift.bench import inference
from nulltables import coverage, null, virtual

RESULTS = Path(__file__).parent.parent / "docs" / "results"


@pytest.mark.parametrize("world", null.WORLDS)
@pytest.mark.parametrize("sizes", [null.SIZES["8 / 4"], null.SIZES["18 / 8, 10 in one"]])
def test_many_at_once_are_what_a_family_gives(world, sizes):
    table = null.scores(np.random.default_rng(0), sizes, 4, world)
    people, places = null.p_values(table[:, 1:] - table[:, :1], sizes)
    found = inference.family(null.differences(table, sizes))
    np.testing.assert_allclose(found["p"], people)
    np.testing.assert_allclose(found["p_institutions"], places)
    np.testing.assert_allclose(found["p_holm"], inference.holm(np.maximum(people, places)))


def test_alike_methods_are_seldom_claimed_to_differ():
    found = dict(
        zip(null.COLUMNS[4:], map(float, null.row(null.SIZES["8 / 4"], 6, "institutions", 200)), strict=True)
    )
    assert found["p_institutions"] < 0.11
    assert found["any: claimed"] <= found["any: p_holm"] <= found["any: p after Holm"]
    assert found["any: claimed"] < 0.08


def test_intervals_hold_more_often_than_plain_percentiles():
    names = coverage.COLUMNS[3:]
    row = dict(zip(names, map(float, coverage.row(coverage.normal(0.3), (3, 2, 2, 1), 100)), strict=True))
    for name in coverage.NAMES:
        assert row[f"stretched, {name}"] >= row[f"percentiles, {name}"]
    assert row["stretched, by_person_hierarchical"] > 0.88


def test_virtual_laboratories_are_those_of_the_committed_scores():
    table = pd.read_csv(RESULTS / "virtual_r.csv")
    assert list(table.columns) == list(virtual.COLUMNS)
    assert len(table) == virtual.LABS * virtual.PEOPLE
    draw, mean = coverage.populations(table)["virtual laboratories, r of knn"]
    many = draw(np.random.default_rng(0), np.repeat(np.arange(2000), 2))
    assert many.mean() == pytest.approx(mean, abs=0.01)


def committed(name):
    with (RESULTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_committed_holds_what_the_documents_say():
    for row in committed("interval_coverage.csv"):
        if row["population"].startswith("virtual"):
            assert 0.92 <= float(row["stretched, by_person_hierarchical"]) <= 0.985
    for row in committed("nulltables.csv"):
        assert int(row["tables"]) == null.TABLES
        if row["differences by"] != "seeds":
            assert float(row["any: claimed"]) <= 0.07
            assert 0.03 <= float(row["p_institutions"]) <= 0.07
