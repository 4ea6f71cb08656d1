"""The tables of the findings are what the committed scores say."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from myoshift.bench import curves, forecast, markdown, spec, stats

ROOT = Path(__file__).parent.parent
FEW = {"calibration", "calibration_knee", "calibration_simulated"}
EVALUATION = {"learning_curve", "forecast"}
BENCHMARKS = {*EVALUATION, "gait", "knee", "trunk", "wrist", "shipped", "synthetic", "synthetic_knee", *FEW}
PAGES = {name: (ROOT / "docs" / "findings" / f"{name}.md").read_text() for name in sorted(BENCHMARKS)}
SECTIONS = [
    (name, heading, text.strip())
    for name, page in PAGES.items()
    for heading, text in re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
]


def committed(name):
    results = pd.read_parquet(ROOT / "docs" / "results" / f"{name}.parquet")
    return results, spec.read(ROOT / "benchmarks" / f"{name}.yaml")


@cache
def board(name: str, against: str = "") -> pd.DataFrame:
    results, benchmark = committed(name)
    return stats.leaderboard(results, benchmark.against(against) if against else benchmark)


@cache
def tables(name: str, against: str = "") -> dict[str, str]:
    return markdown.tables(board(name, against))


def test_every_benchmark_with_scores_has_a_page_with_tables():
    assert {path.stem for path in (ROOT / "docs" / "results").glob("*.parquet")} == BENCHMARKS
    assert {name for name, _, _ in SECTIONS} == BENCHMARKS


@pytest.mark.parametrize(("name", "heading", "text"), SECTIONS, ids=[f"{name}: {h}" for name, h, _ in SECTIONS])
def test_table(name, heading, text):
    section, _, against = heading.partition(" against ")
    assert text.startswith(tables(name, against)[section])


AMOUNT = r"^## r against the amount: ([^\n]+), (\w+) trials\n(.*?)(?=^##|\Z)"
AMOUNTS = re.findall(AMOUNT, PAGES["calibration"], re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("condition", "scope", "text"), AMOUNTS, ids=[f"{c}, {s}" for c, s, _ in AMOUNTS])
def test_r_against_the_amount(condition, scope, text):
    assert text.strip().startswith(markdown.amounts(board("calibration"), condition, scope))


@pytest.mark.parametrize("name", PAGES)
def test_the_scores_are_those_of_the_benchmark_as_it_stands(name):
    assert spec.read(ROOT / "benchmarks" / f"{name}.yaml").digest in PAGES[name]


@pytest.mark.parametrize("kind", [curves.REAL, curves.MINUTES, curves.VIRTUAL])
def test_learning_curves(kind):
    curve = curves.learning_curve(*committed("learning_curve"))
    assert markdown.grid(curves.wide(curve, kind, "level walking")) in PAGES["learning_curve"]


FORECAST = ["condition", "forecast", "people", "institutions", "mae", "mae_institution", "covered80", "covered95"]


@pytest.mark.parametrize("method", ["ensemble, with neighbours", "knn"])
def test_forecasts(method):
    found = forecast.summary(forecast.table(*committed("forecast")))
    shown = found[found["method"] == method][[*FORECAST, "width80", "rank", "abstained", "mae_given"]]
    assert markdown.grid(shown) in PAGES["forecast"]
